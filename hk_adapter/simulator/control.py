"""The side door: what a test arranges and looks up at the venue without sending it a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, localcontext

from .core import SeenRequest, Simulator
from .faults import error_answer, make_fault
from .money import EXACT, ZERO, exact
from .orders import Order
from .shapes import average_price
from .wire import NetworkFault

Number = Decimal | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """Show an order as it truly stands: the venue's words, amounts in base and cost in quote currency, times in ms."""

    order_id: str
    client_order_id: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    price: Decimal
    amount: Decimal
    filled: Decimal
    remaining: Decimal
    cost: Decimal
    average: Decimal
    status: str
    cancel_reason: str
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class BalanceView:
    """Show what the account has of one asset."""

    free: Decimal
    locked: Decimal
    total: Decimal


class SimulatorControl:
    """Arrange a simulator's state and see its truth. Wrong arguments raise ValueError and change nothing."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests that arrived, oldest first, without key and signature. May be cleared."""
        return self._simulator.requests

    def fill(
        self, order_id: str, amount: Number | None = None, price: Number | None = None, *, now: int | None = None
    ) -> OrderView:
        """Trade an open order. None: all that remains; at its own limit; at the latest time the venue has seen.

        Units: `amount` base currency, `price` quote currency and never worse than the limit, `now` ms.
        """
        with self._at_the_venue():
            order = self._open_order(order_id)
            filled = order.remaining if amount is None else exact(amount, "amount")
            traded_at = order.terms.price if price is None else exact(price, "price")
            if not ZERO < filled <= order.remaining:
                raise ValueError(f"amount must be above 0 and at most the remaining {order.remaining}: {filled}")
            if traded_at == ZERO or (traded_at - order.terms.price) * (1 if order.terms.side == "BUY" else -1) > ZERO:
                raise ValueError(f"price is worse than the order's limit {order.terms.price}, or 0: {traded_at}")
            self._simulator.venue.book.fill(order, filled, traded_at, self._time(now))
            return _view(order)

    def cancel(self, order_id: str, reason: str = "SYSTEM_CANCEL", *, now: int | None = None) -> OrderView:
        """Take an open order off the book from the venue's side; `reason` is the venue's ordCxlReason."""
        with self._at_the_venue():
            order = self._open_order(order_id)
            self._simulator.venue.book.cancel(order, reason, self._time(now))
            return _view(order)

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
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
    ) -> None:
        """Let the next `times` requests of `method` and `path` (None: any) go wrong.

        Either `kind`, a network fault (`refuse`, `cut`, `stall`, `truncate`), or an answer: a documented `code`
        (HTTP 400 and the tabled text unless `status` and `msg` say otherwise), a raw `body` (HTTP 200 unless
        `status` says otherwise), or a bare `status` with a gateway's HTML page. `truncate` takes an answer too.
        `acted`: the venue carries the request out first, and only its answer is lost, cut or replaced.
        Other requests pass; faults for the same request are used in the order they were asked for.
        """
        answer = error_answer(status, code, msg, body, headers)
        fault = make_fault(kind, answer, acted=acted, method=method, path=path, times=times)
        with self._at_the_venue():
            self._simulator.faults.add(fault)

    def order(self, order_id: str) -> OrderView:
        """Show an order as it truly stands."""
        with self._at_the_venue():
            return _view(self._known_order(order_id))

    def orders(self) -> list[OrderView]:
        """Show every order the venue has known, oldest first."""
        with self._at_the_venue():
            return [_view(order) for order in self._simulator.venue.book]

    def balance(self, asset: str) -> BalanceView:
        """Show what the account has of an asset, nothing when it never had any."""
        with self._at_the_venue():
            balance = self._simulator.account.balance(asset)
            return BalanceView(balance.free, balance.locked, balance.total)

    def deposit(self, asset: str, amount: Number) -> BalanceView:
        """Give the account more of an asset."""
        with self._at_the_venue():
            self._simulator.account.receive(asset, exact(amount, "amount"))
            return self.balance(asset)

    @contextmanager
    def _at_the_venue(self) -> Iterator[None]:
        with self._simulator.lock, localcontext(EXACT):
            yield

    def _time(self, now: int | None) -> int:
        return self._simulator.latest if now is None else now

    def _known_order(self, order_id: str) -> Order:
        order = self._simulator.venue.book.by_id(order_id)
        if order is None:
            raise ValueError(f"the venue knows no order {order_id!r}")
        return order

    def _open_order(self, order_id: str) -> Order:
        order = self._known_order(order_id)
        if not order.is_open:
            raise ValueError(f"order {order_id} is {order.status}, no longer open")
        return order


def _view(order: Order) -> OrderView:
    return OrderView(
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        symbol=order.terms.market.symbol,
        side=order.terms.side,
        type=order.terms.type,
        time_in_force=order.terms.time_in_force,
        price=order.terms.price,
        amount=order.terms.amount,
        filled=order.filled,
        remaining=order.remaining,
        cost=order.cost,
        average=average_price(order),
        status=str(order.status),
        cancel_reason=order.cancel_reason,
        created=order.created,
        updated=order.updated,
    )
