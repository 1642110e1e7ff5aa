"""Where orders and cancels are taken in, and where they wait until they have their effect."""

from __future__ import annotations

from functools import partial
from random import Random

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.agenda import Agenda
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.matching import Matching
from hk_adapter.simulator.exchange.orders import CancelAttempt, Order, OrderStatus, OrderTerms
from hk_adapter.simulator.refusals import Refusal


class OrderIntake:
    """Carry out orders and cancels at once or after the dialect's delays, drawn from the given seed."""

    def __init__(self, dialect: Dialect, book: Book, agenda: Agenda, seed: int) -> None:
        self.agenda = agenda
        self.to_reject = 0
        """How many of the next orders are to be rejected."""
        self._dialect = dialect
        self.matching = Matching(book, dialect)
        self._book = book
        self._random = Random(seed)  # noqa: S311 - chance must be repeatable here
        self._too_late = {
            OrderStatus.FILLED: dialect.cancel_filled,
            OrderStatus.CANCELED: dialect.cancel_canceled,
            OrderStatus.PARTIALLY_CANCELED: dialect.cancel_partially_canceled,
            OrderStatus.REJECTED: dialect.cancel_rejected,
        }

    def place(self, account: Account, terms: OrderTerms, client_order_id: str | None, now: int) -> Order:
        """Accept an order and open it, now or later; Refusal when it is not even taken in."""
        crossing = self._dialect.post_only_crossing
        if crossing != "REJECTED" and self._takes_though_maker(terms):
            raise Refusal(crossing)
        order = self._book.take_in(account, terms, client_order_id, now)
        self._soon(self._dialect.accept_delay_ms, now, partial(self._decide, order, self._is_doomed()))
        return order

    def cancel(self, order: Order, now: int) -> None:
        """Accept a cancel, whose effect comes now or later; Refusal when it is not accepted."""
        attempt = CancelAttempt(now, self._refusal(order))
        order.cancels.append(attempt)
        if attempt.code:
            raise Refusal(attempt.code)
        order.cancel_pending = True
        self._soon(self._dialect.cancel_delay_ms, now, partial(self._take_effect, order, attempt))

    def shown_status(self, order: Order) -> str:
        """Return the word that answers use for where an order stands."""
        if order.cancel_pending and order.is_open and self._dialect.cancel_in_flight != "as_before":
            return self._dialect.cancel_in_flight
        return order.status.value

    def _soon(self, delay: tuple[int, int], now: int, action: partial[None]) -> None:
        low, high = delay
        wait = self._random.randint(low, high) if high else 0
        if wait:
            self.agenda.add(now + wait, action)
        else:
            action(now)

    def _is_doomed(self) -> bool:
        if self.to_reject:
            self.to_reject -= 1
            return True
        return self._dialect.reject_share > 0 and self._random.random() < self._dialect.reject_share

    def _takes_though_maker(self, terms: OrderTerms) -> bool:
        return terms.type == "LIMIT_MAKER" and self.matching.would_trade(terms)

    def _decide(self, order: Order, doomed: bool, now: int) -> None:
        if doomed or self._takes_though_maker(order.terms):
            self._book.reject(order, now)
            return
        self.matching.enter(order, now)
        if order.cancel_once_open is not None:
            self._take_effect(order, order.cancel_once_open, now)

    def _refusal(self, order: Order) -> str:
        if order.is_ended:
            return self._too_late[order.status]
        if order.status is OrderStatus.PENDING_NEW and self._dialect.cancel_pending_new != "applied_after":
            return self._dialect.cancel_pending_new
        if order.cancel_pending and self._dialect.cancel_again != "accepted":
            return self._dialect.cancel_again
        return ""

    def _take_effect(self, order: Order, attempt: CancelAttempt, now: int) -> None:
        if order.is_open:
            self._book.cancel(order, "USER_CANCEL", now)
            attempt.effective = True
        elif not order.is_ended and order.cancel_once_open is None:
            order.cancel_once_open = attempt
