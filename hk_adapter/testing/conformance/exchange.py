"""The scripted venue in virtual time: what its orders truly are, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.model import OrderSide, OrderStatus
from hk_adapter.record import Record
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script, ScriptedOrder
from hk_adapter.testing.virtual_time import Story, VirtualTime

EPOCH = 1_790_000_000.0
"""Unix seconds at the virtual clock's 0."""
_HALF_TRIP = 0.01
_LONG_AGO = 3_600_000


class Fate(Record, frozen=True, kw_only=True):
    """What becomes of one request.

    Attributes:
        arrives: whether it reaches the venue.
        acts: whether the venue does what it answers.
        after: seconds from then until it does.
        lost: whether the answer is lost.
        instead: what comes back instead of the venue's own answer.
    """

    arrives: bool = True
    acts: bool = True
    after: float = 0.0
    lost: bool = False
    instead: Response | None = None


class Seen(Record, frozen=True):
    """A request that the venue got, or that was lost on the way to it."""

    asked: Asked
    request: HttpRequest
    at: float


class _Deed(Struct):
    at: float
    do: Callable[[], None]


class ScriptedExchange:
    """Stands where an HTTP library would, and answers as its script says."""

    def __init__(self, script: Script, time: VirtualTime) -> None:
        self._script = script
        self._time = time
        self._fates: dict[Request, list[Fate]] = {}
        self._deeds: list[_Deed] = []
        self.orders: dict[str, ScriptedOrder] = {}
        self.seen: list[Seen] = []

    def place(self, *, created: int | None = None, filled: str = "0", **terms: Any) -> ScriptedOrder:
        """Put an order on the book, an hour ago unless told when; an amount in base currency."""
        number = len(self.orders) + 1
        when = self.now() - _LONG_AGO if created is None else created
        order = ScriptedOrder(
            id=self._script.order_id(number), created=when, updated=when, filled=Decimal(filled), **terms
        )
        self.orders[order.id] = order
        return order

    def end(self, order: ScriptedOrder, status: OrderStatus = OrderStatus.CANCELED) -> None:
        """End an order that has not ended."""
        if not order.is_ended:
            order.status, order.updated = status, self.now()
            if status is OrderStatus.CLOSED:
                order.filled = order.amount

    def meet(self, kind: Request, *fates: Fate) -> None:
        """Let the next requests of a kind meet these fates; the last one stays in force."""
        self._fates[kind] = list(fates)

    def count(self, kind: Request) -> int:
        """Return how many requests of a kind were sent."""
        return sum(one.asked.kind is kind for one in self.seen)

    def now(self) -> int:
        """Return the venue's time in ms UTC."""
        return round((EPOCH + self._time.now) * 1000)

    def settle(self) -> None:
        """Do what is due."""
        due = [deed for deed in self._deeds if deed.at <= self._time.now]
        self._deeds = [deed for deed in self._deeds if deed not in due]
        for deed in due:
            deed.do()

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Play one exchange."""
        asked = self._script.read(request)
        self.seen.append(Seen(asked, request, self._time.now))
        fate = self._fate(asked.kind)
        yield self._time.now + _HALF_TRIP
        if fate.arrives:
            self.settle()
            answer = self._answered(asked, request, fate)
        if not fate.arrives or fate.lost:
            yield deadline
            raise OutcomeUnknown("no answer came before the deadline")
        yield self._time.now + _HALF_TRIP
        return fate.instead or answer

    def _fate(self, kind: Request) -> Fate:
        fates = self._fates.get(kind, [])
        return (fates.pop(0) if len(fates) > 1 else fates[0]) if fates else Fate()

    def _answered(self, asked: Asked, request: HttpRequest, fate: Fate) -> Response:
        match asked.kind:
            case Request.CREATE:
                return self._create(asked, fate)
            case Request.OPEN_ORDERS:
                return self._page(asked)
            case Request.OTHER:
                return self._script.other(request, self.now())
            case _:
                return self._about_one(asked, fate)

    def _about_one(self, asked: Asked, fate: Fate) -> Response:
        order = self._named(asked)
        if order is None:
            return self._script.refusal(Refusal.NO_SUCH_ORDER)
        if asked.kind is Request.QUERY:
            return self._script.order(order)
        if order.is_ended:
            return self._script.refusal(Refusal.ENDED)
        answer = self._script.accepted(order)
        if fate.acts:
            self._deeds.append(_Deed(self._time.now + fate.after, lambda: self.end(order)))
            self.settle()
        return answer

    def _named(self, asked: Asked) -> ScriptedOrder | None:
        if asked.order_id is not None:
            return self.orders.get(asked.order_id)
        named = [one for one in self.orders.values() if one.client_order_id == asked.client_order_id is not None]
        return named[-1] if named else None

    def _create(self, asked: Asked, fate: Fate) -> Response:
        order = ScriptedOrder(
            id=self._script.order_id(len(self.orders) + 1),
            client_order_id=asked.client_order_id,
            side=asked.side or OrderSide.BUY,
            price=asked.price or Decimal(0),
            amount=asked.amount or Decimal(0),
            created=self.now(),
            updated=self.now(),
        )
        if fate.acts:
            self.orders[order.id] = order
        return self._script.created(order)

    def _page(self, asked: Asked) -> Response:
        rows = [one for one in reversed(self.orders.values()) if not one.is_ended]
        ids = [one.id for one in rows]
        begin = ids.index(asked.after_id) + 1 if asked.after_id in ids else 0
        shown = rows[begin : begin + asked.limit]
        return self._script.page(shown, is_last=begin + len(shown) == len(rows))
