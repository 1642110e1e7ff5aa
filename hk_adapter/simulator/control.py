"""The control handle: what a test arranges and looks up at the venue without sending it a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial

from hk_adapter.simulator.control_orders import (
    cancel_if_open,
    check_fill,
    counter_terms,
    fill_what_remains,
    known_order,
    living_order,
    open_order,
)
from hk_adapter.simulator.core import DEFAULT_BALANCES, RecordedRequest, Simulator
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.fees import FeeRates
from hk_adapter.simulator.exchange.money import ZERO, exact
from hk_adapter.simulator.faults import error_answer, make_fault
from hk_adapter.simulator.http import NetworkFault
from hk_adapter.simulator.key_control import KeyControl
from hk_adapter.simulator.limits import Bans
from hk_adapter.simulator.refusals import Refusal
from hk_adapter.simulator.stream_control import StreamControl
from hk_adapter.simulator.views import (
    BalanceView,
    FillView,
    OrderTruth,
    OrderView,
    fill_view,
    order_truth,
    order_view,
)

Number = Decimal | int | str


class SimulatorControl:
    """Arrange a simulator's state and see its truth. Wrong arguments raise ValueError and change nothing.

    `now`, in ms, moves the venue's time like a request does; None is the latest time the venue has seen.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._book = simulator.venue.book

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests that arrived, oldest first, without key and signature. May be cleared."""
        return self._simulator.requests

    @property
    def bans(self) -> Bans:
        """Count what the limits refused so far; false when nothing was, or when there are no limits."""
        with self._at_the_venue():
            return Bans() if self._simulator.limiter is None else replace(self._simulator.limiter.bans)

    @property
    def keys(self) -> KeyControl:
        """Return the handle on the keys: what each may do, from where, and how long."""
        return KeyControl(self._simulator)

    @property
    def streams(self) -> StreamControl:
        """Return the handle on the streams: what goes wrong with them, and who is connected."""
        return StreamControl(self._simulator)

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
            order = open_order(self._book, order_id)
            filled = order.remaining if amount is None else exact(amount, "amount")
            traded_at = order.terms.price if price is None else exact(price, "price")
            check_fill(order, filled, traded_at)
            self._book.fill(order, filled, traded_at, at)
            return order_view(order)

    def fill_at(self, order_id: str, amount: Number | None, at: int) -> None:
        """Fill an order at its limit at a later time, whether or not a cancel of it is on its way then.

        `amount` is in base currency; None, or more than remains by then, fills all that remains. Nothing happens
        when the order is not open at that time.
        """
        with self._at_the_venue():
            order = living_order(self._book, order_id)
            filled = order.remaining if amount is None else exact(amount, "amount")
            check_fill(order, filled, order.terms.price)
            self._schedule(at, partial(fill_what_remains, self._book, order, filled))

    def cancel(self, order_id: str, reason: str = "SYSTEM_CANCEL", *, now: int | None = None) -> OrderView:
        """Remove an open order from the book from the venue's side; `reason` is the venue's ordCxlReason."""
        with self._at_the_venue(now) as at:
            order = open_order(self._book, order_id)
            self._book.cancel(order, reason, at)
            return order_view(order)

    def cancel_at(self, order_id: str, at: int, reason: str = "SYSTEM_CANCEL") -> None:
        """Cancel an order as the venue, at a later time; nothing happens when it is not open then."""
        with self._at_the_venue():
            order = living_order(self._book, order_id)
            self._schedule(at, partial(cancel_if_open, self._book, order, reason))

    def counter_order(
        self, symbol: str, side: str, amount: Number, price: Number, *, now: int | None = None
    ) -> OrderView:
        """Place an order of the other side: it trades with those it reaches, and what is left of it rests.

        It belongs to an account with ample funds, which stands for many and may trade with itself; it obeys no least
        amount or price step, and is open at once.
        """
        venue = self._simulator.venue
        terms = counter_terms(venue.markets, symbol, side, exact(amount, "amount"), exact(price, "price"))
        with self._at_a_time(now) as at:
            try:
                order = venue.book.take_in(self._simulator.counter_party, terms, None, at)
            except Refusal as refusal:
                raise ValueError("more than the other side can pay") from refusal
            venue.intake.matching.enter(order, at)
            return order_view(order)

    def trade(self, symbol: str, amount: Number, price: Number, side: str = "BUY", *, now: int | None = None) -> None:
        """Make others trade among themselves: only what market data shows of it changes. `side` is the taker's."""
        venue = self._simulator.venue
        terms = counter_terms(venue.markets, symbol, side, exact(amount, "amount"), exact(price, "price"))
        with self._at_a_time(now) as at:
            venue.book.print(symbol, terms.amount, terms.price, side == "SELL", at)

    def reject_next(self, times: int = 1) -> None:
        """Reject the next `times` orders, though taken in: REJECTED instead of opened."""
        if times < 1:
            raise ValueError(f"times must be at least 1: {times!r}")
        with self._at_the_venue():
            self._simulator.venue.intake.to_reject += times

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
        """Make the next `times` requests of `method` and `path` (None: any) go wrong.

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
        """Return an order as it truly stands."""
        with self._at_the_venue():
            return order_view(known_order(self._book, order_id))

    def truth(self, order_id: str) -> OrderTruth:
        """Return an order as it truly stands, how it ended, and the cancels that were meant for it."""
        with self._at_the_venue():
            return order_truth(known_order(self._book, order_id))

    def fills(self, order_id: str) -> list[FillView]:
        """Return an order's trades, oldest first."""
        with self._at_the_venue():
            return [fill_view(fill) for fill in known_order(self._book, order_id).fills]

    def orders(self) -> list[OrderView]:
        """Return every order the venue knows but for counter orders, oldest first."""
        with self._at_the_venue():
            outside = self._simulator.counter_party
            return [order_view(order) for order in self._book if order.account is not outside]

    def forget(self, order_id: str) -> None:
        """Forget an order that has ended, as the venue does one that ended long ago."""
        with self._at_the_venue():
            order = known_order(self._book, order_id)
            if not order.is_ended:
                raise ValueError(f"order {order_id} is {order.status}: only what has ended can be forgotten")
            self._book.records.forget(order)

    def open_account(self, api_key: str, secret: str, balances: Mapping[str, Number] | None = None) -> str:
        """Open a further account behind a key of its own, and return its id; balances as for `Simulator`."""
        with self._at_the_venue():
            return self._open(api_key, secret, balances, None)

    def open_sub_account(
        self, api_key: str, secret: str, balances: Mapping[str, Number] | None = None, parent_id: str | None = None
    ) -> str:
        """Open an account whose orders its main account's key (`parent_id` None: the first one's) may read too.

        Otherwise as `open_account`.
        """
        with self._at_the_venue():
            parent = self._account(parent_id)
            if parent.parent is not None or parent.is_outside:
                raise ValueError(f"{parent.account_id} is no main account")
            return self._open(api_key, secret, balances, parent)

    def set_fees(self, maker: Number, taker: Number, account_id: str | None = None) -> None:
        """Set the shares that an account pays of its trades from now on: 0.0029 is 0.29 %.

        None: every account, the other side's too, and those that are opened later. Orders that were taken in before
        keep their rates.
        """
        with self._at_the_venue():
            rates = FeeRates(exact(maker, "maker"), exact(taker, "taker"))
            if rates.highest >= 1:
                raise ValueError(f"rates are shares below 1: {maker} {taker}")
            if account_id is None:
                self._book.fees_at_first = rates
            for account in self._accounts() if account_id is None else [self._account(account_id)]:
                account.fees = rates

    def collected(self, asset: str) -> Decimal:
        """Return how much of an asset all fees together have brought the venue."""
        with self._at_the_venue():
            return self._book.fee_account.balance(asset).total

    def balance(self, asset: str, account_id: str | None = None) -> BalanceView:
        """Return what an account (None: the first) has of an asset, nothing when it never had any."""
        with self._at_the_venue():
            balance = self._account(account_id).balance(asset)
            return BalanceView(balance.free, balance.locked, balance.total)

    def total(self, asset: str) -> Decimal:
        """Sum up what all accounts, the other side and the fees have of an asset; orders that match never change it."""
        with self._at_the_venue():
            accounts = [*self._accounts(), self._book.fee_account]
            return sum((account.balance(asset).total for account in accounts), ZERO)

    def deposit(self, asset: str, amount: Number, account_id: str | None = None) -> BalanceView:
        """Add to what an account (None: the first) has of an asset."""
        with self._at_the_venue():
            self._account(account_id).receive(asset, exact(amount, "amount"))
            return self.balance(asset, account_id)

    @contextmanager
    def _at_the_venue(self, now: int | None = None) -> Iterator[int]:
        with self._simulator.lock:
            at = self._simulator.latest if now is None else now
            with self._simulator.at(at):
                yield at

    @contextmanager
    def _at_a_time(self, now: int | None) -> Iterator[int]:
        with self._at_the_venue(now) as at:
            if not at:
                raise ValueError("no request has brought a time yet: give now, in Unix ms")
            yield at

    def _schedule(self, at: int, action: partial[None]) -> None:
        if at < self._simulator.latest:
            raise ValueError(f"at={at} is past: the venue's time is {self._simulator.latest}")
        self._simulator.agenda.add(at, action)
        self._simulator.advance(self._simulator.latest)

    def _open(self, api_key: str, secret: str, balances: Mapping[str, Number] | None, parent: Account | None) -> str:
        funds = DEFAULT_BALANCES if balances is None else balances
        account = self._simulator.open_account(api_key, secret, funds, parent=parent)
        account.fees = self._book.fees_at_first
        return account.account_id

    def _accounts(self) -> list[Account]:
        return [*self._simulator.accounts.values(), self._simulator.counter_party]

    def _account(self, account_id: str | None) -> Account:
        if account_id is None:
            return self._simulator.account
        account = next((account for account in self._accounts() if account.account_id == account_id), None)
        if account is None:
            raise ValueError(f"the venue knows no account {account_id!r}")
        return account
