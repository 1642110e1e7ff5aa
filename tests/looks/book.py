"""A venue of a few hooks, whose answers are as old as their asking."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hk_adapter.errors import OrderNotFound
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.flow.effects import HttpCall, Sleep
from hk_adapter.flow.http import Response
from hk_adapter.model import FetchOrderRequest, Operation, Order, OrderPage, OrderStatus
from tests.asking import PlainHooks

DEADLINE = 100.0
ROUND_TRIP = 1.0


@dataclass
class Book(OperationHooks):
    """Hooks of a venue whose answers are as old as their asking, and take a second."""

    orders: dict[str, OrderStatus] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    failing_after: tuple[str, Exception] | None = None
    pages: int = 1000
    rubbish: tuple[Any, ...] = ()
    endless: bool = False
    singly: list[str] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(PlainHooks(self), Operation(name="cancel_order", request=None, timeout=DEADLINE))

    async def _exchange(self, what):
        if self.failing_after is not None and what in self.asked and what == self.failing_after[0]:
            raise self.failing_after[1]
        self.asked.append(what)
        if error := self.failures.get(what):
            raise error
        known = dict(self.orders)
        await HttpCall("GET", f"/{what}", deadline=DEADLINE)
        return {name: Order(id=name, client_order_id=f"c{name}", status=status) for name, status in known.items()}

    async def fetch_order(self, request):
        """Show one order."""
        self.singly.append(request.order_id or request.client_order_id)
        known = await self._exchange("one")
        for order in known.values():
            if request.order_id == order.id or request.client_order_id == order.client_order_id:
                return order
        raise OrderNotFound("no such order")

    async def fetch_open_orders(self, request):
        """Show what rests."""
        known = await self._exchange("open")
        page = OrderPage(orders=tuple(one for one in known.values() if not one.status.final), complete=True)
        return replace(page, orders=self.rubbish + page.orders, **self.said)

    async def fetch_orders(self, request):
        """Show what has ended, a page of it."""
        known = await self._exchange("ended")
        ended = sorted((one for one in known.values() if one.status.final), key=lambda one: one.id, reverse=True)
        ended = [one for one in ended if request.before_id is None or one.id < request.before_id]
        page, more = tuple(ended[: self.pages]), len(ended) > self.pages
        cursor = page[-1].id if more else "1" if self.endless else None
        return OrderPage(orders=self.rubbish + page, complete=not more, next_before_id=cursor)


class SlowNet:
    """Answers everything after a second, or later at first."""

    def __init__(self, time):
        self.time = time
        self.first_trips = []

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield self.time.now + (self.first_trips.pop(0) if self.first_trips else ROUND_TRIP)
        return Response(200, {}, b"")


def named(*names):
    """Name orders for a look."""
    return [(FetchOrderRequest(order_id=name),) for name in names]


async def later(seconds, flow, before=lambda: None):
    """Begin a flow later, after something has happened."""
    await Sleep(seconds)
    before()
    return await flow
