"""The side door: what a test arranges and looks up at the venue without sending it a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial

from hk_adapter.simulator.accounts import Account
from hk_adapter.simulator.core import DEFAULT_BALANCES, SeenRequest, Simulator
from hk_adapter.simulator.faults import error_answer, make_fault
from hk_adapter.simulator.limits import Bans
from hk_adapter.simulator.money import EXACT, ZERO, exact
from hk_adapter.simulator.orders import Order, OrderStatus, OrderTerms
from hk_adapter.simulator.refusals import Refusal
from hk_adapter.simulator.views import BalanceView, OrderTruth, OrderView, order_truth, order_view
from hk_adapter.simulator.wire import NetworkFault

Number = Decimal | int | str


class SimulatorControl:
    """Arrange a simulator's state and see its truth. Wrong arguments raise ValueError and change nothing.

    `now`, in ms, moves the venue's time like a request does; None is the latest time the venue has seen.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests that arrived, oldest first, without key and signature. May be cleared."""
        return self._simulator.requests

    @property
    def bans(self) -> Bans:
        """Count what the limits refused so far; false when nothing was, or when there are no limits."""
        with self._at_the_venue():
            return Bans() if self._simulator.limiter is None else replace(self._simulator.limiter.bans)

    def advance(self, now: int) -> None:
        """Move the venue's time, so that everything due by then happens."""
        with self._at_the_venue(now):
            pass

    def fill(
        self, order_id: str, amount: Number | None = None, price: Number | None = None, *, now: int | None = None
    ) -> OrderView:
        """Trade an open order with the outside. None: all that remains; at its own limit.

        Units: `amount` base currency, `price` quote currency and never worse than the limit.
        """
        with self._at_the_venue(now) as at:
            order = self._open_order(order_id)
            filled = order.remaining if amount is None else exact(amount, "amount")
            traded_at = order.terms.price if price is None else exact(price, "price")
            _check_fill(order, filled, traded_at)
            self._simulator.venue.book.fill(order, filled, traded_at, at)
            return order_view(order)

    def fill_at(self, order_id: str, amount: Number | None, at: int) -> None:
        """Let an order trade at its limit at a later time, whether or not a cancel of it is on its way then.

        `amount` is in base currency; None, or more than remains by then, fills all that remains. Nothing happens
        when the order is not open at that time.
        """
        with self._at_the_venue():
            order = self._living_order(order_id)
            filled = order.remaining if amount is None else exact(amount, "amount")
            _check_fill(order, filled, order.terms.price)
            self._schedule(at, partial(self._fill_what_remains, order, filled))

    def cancel(self, order_id: str, reason: str = "SYSTEM_CANCEL", *, now: int | None = None) -> OrderView:
        """Take an open order off the book from the venue's side; `reason` is the venue's ordCxlReason."""
        with self._at_the_venue(now) as at:
            order = self._open_order(order_id)
            self._simulator.venue.book.cancel(order, reason, at)
            return order_view(order)

    def cancel_at(self, order_id: str, at: int, reason: str = "SYSTEM_CANCEL") -> None:
        """Let the venue cancel an order at a later time; nothing happens when it is not open then."""
        with self._at_the_venue():
            order = self._living_order(order_id)
            self._schedule(at, partial(self._cancel_if_open, order, reason))

    def counter_order(
        self, symbol: str, side: str, amount: Number, price: Number, *, now: int | None = None
    ) -> OrderView:
        """Place an order of the other side: it trades with those it reaches, and what is left of it rests.

        It belongs to an account with ample funds, obeys no least amount or price step, and is open at once.
        """
        terms = self._counter_terms(symbol, side, exact(amount, "amount"), exact(price, "price"))
        with self._at_the_venue(now) as at:
            if not at:
                raise ValueError("no request has brought a time yet: give now, in Unix ms")
            try:
                order = self._simulator.venue.book.take_in(self._simulator.counter_party, terms, None, at)
            except Refusal as refusal:
                raise ValueError("more than the other side can pay") from refusal
            self._simulator.venue.book.open(order, at)
            return order_view(order)

    def reject_next(self, times: int = 1) -> None:
        """Let the next `times` orders, though taken in, be REJECTED instead of opened."""
        if times < 1:
            raise ValueError(f"times must be at least 1: {times!r}")
        with self._at_the_venue():
            self._simulator.venue.desk.to_reject += times

    def fail_next(
        self,
        kind: NetworkFault | str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        msg: str | None = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        acted: bool = False,
        acted_after: int = 0,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
    ) -> None:
        """Let the next `times` requests of `method` and `path` (None: any) go wrong.

        Either `kind`, a network fault (`refuse`, `cut`, `stall`, `truncate`), or an answer: a documented `code`
        (HTTP 400 and the tabled text unless `status` and `msg` say otherwise), a raw `body` (HTTP 200 unless
        `status` says otherwise), or a bare `status` with a gateway's HTML page. `truncate` takes an answer too.
        `acted`: the venue carries the request out first, and only its answer is lost, cut or replaced; with
        `acted_after`, that many ms later, as a request that was stuck on its way in.
        Other requests pass; faults for the same request are used in the order they were asked for.
        """
        answer = error_answer(status, code, msg, body, headers)
        fault = make_fault(kind, answer, acted=acted, acted_after=acted_after, method=method, path=path, times=times)
        with self._at_the_venue():
            self._simulator.faults.add(fault)

    def order(self, order_id: str) -> OrderView:
        """Show an order as it truly stands."""
        with self._at_the_venue():
            return order_view(self._known_order(order_id))

    def truth(self, order_id: str) -> OrderTruth:
        """Show an order as it truly stands, how it ended, and the cancels that were meant for it."""
        with self._at_the_venue():
            return order_truth(self._known_order(order_id))

    def orders(self) -> list[OrderView]:
        """Show every order the venue knows but for counter orders, oldest first."""
        with self._at_the_venue():
            outside = self._simulator.counter_party
            return [order_view(order) for order in self._simulator.venue.book if order.account is not outside]

    def forget(self, order_id: str) -> None:
        """Let the venue know an order that has ended no longer, as one that ended long ago."""
        with self._at_the_venue():
            order = self._known_order(order_id)
            if not order.is_ended:
                raise ValueError(f"order {order_id} is {order.status}: only what has ended can be forgotten")
            self._simulator.venue.book.records.forget(order)

    def open_account(self, api_key: str, secret: str, balances: Mapping[str, Number] | None = None) -> str:
        """Open a further account behind a key of its own, and give its id; balances as for `Simulator`."""
        with self._at_the_venue():
            return self._simulator.open_account(
                api_key, secret, DEFAULT_BALANCES if balances is None else balances
            ).account_id

    def balance(self, asset: str, account_id: str | None = None) -> BalanceView:
        """Show what an account (None: the first) has of an asset, nothing when it never had any."""
        with self._at_the_venue():
            balance = self._account(account_id).balance(asset)
            return BalanceView(balance.free, balance.locked, balance.total)

    def total(self, asset: str) -> Decimal:
        """Sum up what all accounts have of an asset, the other side's too; orders that match never change it."""
        with self._at_the_venue():
            return sum((account.balance(asset).total for account in self._accounts()), ZERO)

    def deposit(self, asset: str, amount: Number) -> BalanceView:
        """Give the account more of an asset."""
        with self._at_the_venue():
            self._simulator.account.receive(asset, exact(amount, "amount"))
            return self.balance(asset)

    @contextmanager
    def _at_the_venue(self, now: int | None = None) -> Iterator[int]:
        with self._simulator.lock, localcontext(EXACT):
            at = self._simulator.latest if now is None else now
            self._simulator.advance(at)
            yield at

    def _schedule(self, at: int, action: partial[None]) -> None:
        if at < self._simulator.latest:
            raise ValueError(f"at={at} is past: the venue's time is {self._simulator.latest}")
        self._simulator.agenda.add(at, action)
        self._simulator.advance(self._simulator.latest)

    def _fill_what_remains(self, order: Order, amount: Decimal, at: int) -> None:
        if order.is_open:
            self._simulator.venue.book.fill(order, min(amount, order.remaining), order.terms.price, at)

    def _cancel_if_open(self, order: Order, reason: str, at: int) -> None:
        if order.is_open:
            self._simulator.venue.book.cancel(order, reason, at)

    def _counter_terms(self, symbol: str, side: str, amount: Decimal, price: Decimal) -> OrderTerms:
        market = self._simulator.venue.markets.get(symbol)
        if market is None or side not in ("BUY", "SELL") or not amount or not price:
            raise ValueError(f"need a known pair, BUY or SELL, amounts above 0: {symbol!r} {side!r} {amount} {price}")
        return OrderTerms(
            market=market,
            side=side,
            type="LIMIT",
            time_in_force="GTC",
            stp_mode="EXPIRE_TAKER",
            price=price,
            amount=amount,
        )

    def _accounts(self) -> list[Account]:
        return [*self._simulator.accounts.values(), self._simulator.counter_party]

    def _account(self, account_id: str | None) -> Account:
        if account_id is None:
            return self._simulator.account
        account = next((account for account in self._accounts() if account.account_id == account_id), None)
        if account is None:
            raise ValueError(f"the venue knows no account {account_id!r}")
        return account

    def _known_order(self, order_id: str) -> Order:
        order = self._simulator.venue.book.records.by_id(order_id)
        if order is None:
            raise ValueError(f"the venue knows no order {order_id!r}")
        return order

    def _living_order(self, order_id: str) -> Order:
        order = self._known_order(order_id)
        if order.is_ended:
            raise ValueError(f"order {order_id} is {order.status}, no longer open")
        return order

    def _open_order(self, order_id: str) -> Order:
        order = self._living_order(order_id)
        if order.status is OrderStatus.PENDING_NEW:
            raise ValueError(f"order {order_id} is {order.status}, not open yet")
        return order


def _check_fill(order: Order, amount: Decimal, price: Decimal) -> None:
    if not ZERO < amount <= order.remaining:
        raise ValueError(f"amount must be above 0 and at most the remaining {order.remaining}: {amount}")
    if price == ZERO or (price - order.terms.price) * (1 if order.terms.side == "BUY" else -1) > ZERO:
        raise ValueError(f"price is worse than the order's limit {order.terms.price}, or 0: {price}")
