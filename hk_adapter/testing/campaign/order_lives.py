"""What becomes of an order at the venue of one scenario: filled, completed, refused, ended. The truth is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext

from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.money import EXACT
from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.scenario import end_of
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.views import Past


class OrderLives:
    """Changes orders in the book at a moment, and notes in their cases what truly happened."""

    def __init__(
        self, book: Book, time: Callable[[float], int], timeline: Timeline, pasts: Mapping[str, Past] | None
    ) -> None:
        """``time``: the venue's clock, in Unix ms. ``pasts``: what views may show later; None where none does."""
        self._book, self._time, self._timeline, self._pasts = book, time, timeline, pasts

    def decide(self, case: Case, order: Order, now: float) -> None:
        """Let the matching engine take the order, or refuse it."""
        with localcontext(EXACT):
            if case.plan.refused:
                self._book.reject(order, self._time(now))
            else:
                self._book.open(order, self._time(now))
        if case.plan.refused:
            self._note(case, order, now)
        elif order.cancel_once_open is not None:
            self.end(case, order, "USER_CANCEL", now)

    def fill(self, case: Case, order: Order, amount: Decimal, now: float) -> None:
        """Let an open order trade, as far as there is any of it left."""
        if order.is_open:
            with localcontext(EXACT):
                self._book.fill(order, min(amount, order.remaining), order.terms.price, self._time(now))
            self._note(case, order, now)

    def complete(self, case: Case, order: Order, now: float) -> None:
        """Let an open order be filled whole."""
        if order.is_open:
            with localcontext(EXACT):
                self._book.complete(order, self._time(now))
            self._note(case, order, now)

    def end(self, case: Case, order: Order, reason: str, now: float) -> None:
        """Cancel an open order, for a reason in the words of the venue."""
        if order.is_open:
            with localcontext(EXACT):
                Book.cancel(self._book, order, reason, self._time(now))
            case.truth.canceled_by_us = reason == "USER_CANCEL"
            self._note(case, order, now)

    def _note(self, case: Case, order: Order, now: float) -> None:
        end = end_of(str(order.status))
        case.truth.note(now, order.filled, end)
        if self._pasts is not None:
            self._pasts[order.order_id].keep(now)
        self._timeline.add(now, f"order {case.order_id}: {end or order.status}, filled {order.filled}")
