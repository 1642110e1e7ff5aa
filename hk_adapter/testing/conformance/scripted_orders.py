"""The orders of a scripted venue as they truly are, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.model import OrderSide, OrderStatus, OrderType
from hk_adapter.record import Record
from hk_adapter.testing.conformance.further_script import (
    WritesBatches,
    WritesCountdowns,
    WritesCreates,
    WritesFills,
    WritesHistory,
)
from hk_adapter.testing.conformance.script import Asked, BatchRow, Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedFill, ScriptedOrder
from hk_adapter.testing.conformance.scripted_desk import DATA, ScriptedDesk
from hk_adapter.testing.conformance.written import id_in, refusal_of

Row = TypeVar("Row", ScriptedOrder, ScriptedFill)

_LONG_AGO = 3_600_000


class Reply(Record, frozen=True):
    """An answer, and what it says: why the request was refused, and of a batch, what it says of each order."""

    response: Response
    refusal: Refusal | None = None
    rows: tuple[BatchRow, ...] = ()


class ScriptedOrders:
    """Keeps orders and fills, and answers requests as the script writes it. ``now`` reads the venue's clock, ms UTC."""

    def __init__(self, script: Script, now: Callable[[], int]) -> None:
        self._script = script
        self.now = now
        self.desk = ScriptedDesk(script)
        self.orders: dict[str, ScriptedOrder] = {}
        self.fills: list[ScriptedFill] = []
        self.countdown_ends: int | None = None
        """When all orders will be canceled, by the venue's clock; None without a countdown."""
        self.refused_places: dict[int, Refusal] = {}
        """Which orders of a create of several are refused, by their places."""

    def place(self, *, created: int | None = None, filled: str = "0", **terms: Any) -> ScriptedOrder:
        """Put an order on the book, an hour ago unless told when; an amount in base currency."""
        number = len(self.orders) + 1
        when = self.now() - _LONG_AGO if created is None else created
        given: dict[str, Any] = {"symbol": self._script.symbol} | terms
        order = ScriptedOrder(
            id=id_in(self._script, given["symbol"], number), created=when, updated=when, filled=Decimal(filled), **given
        )
        self.orders[order.id] = order
        return order

    def end(self, order: ScriptedOrder, status: OrderStatus = OrderStatus.CANCELED) -> None:
        """End an order that has not ended."""
        if not order.is_ended:
            order.status, order.updated = status, self.now()
            if status is OrderStatus.CLOSED:
                order.filled = order.amount

    def fill(self, order: ScriptedOrder, amount: Decimal) -> None:
        """Fill some of an order that has not ended, no more than remains of it; an amount in base currency."""
        if not order.is_ended:
            order.filled, order.updated = min(order.amount, order.filled + amount), self.now()
            if order.filled == order.amount:
                order.status = OrderStatus.CLOSED

    def note_fill(self, order: ScriptedOrder, amount: str, *, time: int | None = None, **terms: Any) -> ScriptedFill:
        """Write a fill down, of an order that is filled already, an hour ago unless told when; in base currency."""
        when = self.now() - _LONG_AGO if time is None else time
        number = len(self.fills) + 1
        fill_id = cast("WritesFills", self._script).fill_id(number)
        given: dict[str, Any] = {"price": order.price} | terms
        fill = ScriptedFill(id=fill_id, order=order, amount=Decimal(amount), time=when, **given)
        self.fills.append(fill)
        return fill

    def named(self, asked: Asked) -> ScriptedOrder | None:
        """Find the order that a request names."""
        if asked.order_id is not None:
            named = [self.orders[asked.order_id]] if asked.order_id in self.orders else []
        else:
            own = asked.client_order_id
            named = [one for one in self.orders.values() if one.client_order_id == own is not None]
        there = [one for one in named if asked.symbol in {None, one.symbol}]
        return there[-1] if there else None

    def answer(self, asked: Asked, request: HttpRequest, cancel: Callable[[ScriptedOrder], None]) -> Reply:
        """Answer a request that arrives now; ``cancel`` lets an accepted cancel take effect, now or later."""
        match asked.kind:
            case Request.CREATE:
                return Reply(self._script.created(self.take(asked)))
            case Request.CREATE_MANY:
                return self._create_many(asked)
            case Request.CANCEL_MANY:
                return self._cancel_many(asked, cancel)
            case Request.COUNTDOWN | Request.OTHER:
                is_other = asked.kind is Request.OTHER
                return Reply(self._script.other(request, self.now()) if is_other else self.begin_countdown(asked))
            case Request.CANCEL | Request.QUERY:
                return self._about_one(asked, cancel)
            case _:
                return Reply(self._page(asked))

    def begin_countdown(self, asked: Asked) -> Response:
        """Begin a countdown anew, or take it off."""
        milliseconds = asked.milliseconds or 0
        self.countdown_ends = self.now() + milliseconds if milliseconds else None
        return cast("WritesCountdowns", self._script).countdown(milliseconds)

    def count_down(self) -> None:
        """End all orders where a countdown is over."""
        if self.countdown_ends is not None and self.now() >= self.countdown_ends:
            self.countdown_ends = None
            for order in self.orders.values():
                self.end(order)

    def take(self, asked: Asked) -> ScriptedOrder:
        """Record the order that a create asks for."""
        order = self.meant(asked)
        self.orders[order.id] = order
        return order

    def meant(self, asked: Asked) -> ScriptedOrder:
        """Read the order that a create asks for."""
        symbol = asked.symbol or self._script.symbol
        return ScriptedOrder(
            id=id_in(self._script, symbol, len(self.orders) + 1),
            client_order_id=asked.client_order_id,
            symbol=symbol,
            type=asked.type or OrderType.LIMIT,
            side=asked.side or OrderSide.BUY,
            price=asked.price or Decimal(0),
            amount=asked.amount or Decimal(0),
            created=self.now(),
            updated=self.now(),
        )

    def refuse(self, asked: Asked, refusal: Refusal) -> Reply:
        """Refuse a request."""
        return Reply(refusal_of(self._script, asked, refusal), refusal)

    def _about_one(self, asked: Asked, cancel: Callable[[ScriptedOrder], None]) -> Reply:
        order = self.named(asked)
        if order is None:
            return self.refuse(asked, Refusal.NO_SUCH_ORDER)
        if asked.kind is Request.QUERY:
            return Reply(self._script.order(order))
        if order.is_ended:
            return self.refuse(asked, Refusal.ENDED)
        answer = self._script.accepted(order)
        cancel(order)
        return Reply(answer)

    def _cancel_many(self, asked: Asked, cancel: Callable[[ScriptedOrder], None]) -> Reply:
        rows = tuple(self._row(order_id) for order_id in asked.order_ids)
        answer = cast("WritesBatches", self._script).batch(rows)
        for row in rows:
            if row.refusal is None:
                cancel(self.orders[row.order.id])
        return Reply(answer, rows=rows)

    def _create_many(self, asked: Asked) -> Reply:
        rows = [
            BatchRow(order=self.meant(one), refusal=refusal) if refusal else BatchRow(order=self.take(one))
            for one, refusal in ((one, self.refused_places.get(place)) for place, one in enumerate(asked.orders))
        ]
        return Reply(cast("WritesCreates", self._script).created_many(rows), rows=tuple(rows))

    def _row(self, order_id: str) -> BatchRow:
        order = self.orders.get(order_id)
        if order is None:
            return BatchRow(order=ScriptedOrder(id=order_id, symbol=self._script.symbol), refusal=Refusal.NO_SUCH_ORDER)
        return BatchRow(order=replace(order), refusal=Refusal.ENDED if order.is_ended else None)

    def _page(self, asked: Asked) -> Response:
        if asked.kind in DATA:
            return self.desk.answer(asked)
        if asked.kind is Request.FILLS:
            of_it = (one for one in reversed(self.fills) if asked.order_id in {None, one.order.id})
            fills = [one for one in of_it if asked.symbol in {None, one.order.symbol}]
            shown, is_last = _paged([one for one in fills if _is_within(asked, one.time)], asked)
            return cast("WritesFills", self._script).fills(shown, is_last=is_last)
        orders = [one for one in reversed(self.orders.values()) if asked.symbol in {None, one.symbol}]
        if asked.kind is Request.OPEN_ORDERS:
            listed, is_last = _paged([one for one in orders if not one.is_ended], asked)
            return self._script.page(listed, is_last=is_last)
        ended_only = asked.kind is Request.ENDED_ORDERS
        wanted = [one for one in orders if (one.is_ended or not ended_only) and _is_within(asked, one.created)]
        listed, is_last = _paged(wanted, asked)
        return cast("WritesHistory", self._script).history(listed, is_last=is_last)


def _is_within(asked: Asked, time: int) -> bool:
    return (asked.since is None or asked.since <= time) and (asked.until is None or time <= asked.until)


def _paged(rows: Sequence[Row], asked: Asked) -> tuple[Sequence[Row], bool]:
    """Return the rows of a page, and whether it is the last one."""
    ids = [one.id for one in rows]
    begin = ids.index(asked.after_id) + 1 if asked.after_id in ids else asked.skipped
    shown = rows[begin : begin + asked.limit]
    return shown, begin + len(shown) >= len(rows)
