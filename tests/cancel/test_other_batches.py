"""Many cancels at venues whose plugins have less than HashKey's, or break their contract: one honest report each."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from hk_adapter.errors import InvalidArgument, NotSupported, OrderNotFound, RequestState
from hk_adapter.execution.looks import Looks
from hk_adapter.execution.operate import Core
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.runners import Station
from hk_adapter.flow.virtual import VirtualRunner, VirtualTime
from hk_adapter.flow.wire import HttpRequest, Response
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelOrdersAnswer,
    CancelOutcome,
    CancelRequest,
    Operation,
    Order,
    OrderStatus,
)
from hk_adapter.transport.budget import RateBudget
from hk_adapter.transport.clock import VenueClock
from hk_adapter.transport.line import Line


@dataclass
class Pocket:
    """Hooks of a small venue: orders by id, no lists, and batch cancels that do as ``fault`` says."""

    fault: str = "none"
    status: dict[str, OrderStatus] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)

    async def _send(self, *names):
        self.sent += names
        await HttpCall("DELETE", "/x", deadline=None)
        for name in names:
            self.status[name] = OrderStatus.CANCELED

    def _order(self, name):
        return Order(
            id=name, client_order_id=f"c{name}", status=self.status[name], amount=Decimal(1), filled=Decimal(0)
        )

    async def cancel_order(self, request):
        """Cancel one."""
        if self.fault == "singles refuse their second send" and self.sent:
            raise InvalidArgument("not twice")
        name = request.order_id or (request.client_order_id or "")[1:]
        await self._send(name)
        if self.fault == "singles refuse their second send":
            self.status[name] = OrderStatus.OPEN
            raise KeyError("after")
        return self._order(name)

    async def cancel_orders(self, request):
        """Cancel several, or do something wrong."""
        match self.fault:
            case "answers unsent":
                return CancelOrdersAnswer(refused={})
            case "refuses the argument":
                raise InvalidArgument("not these")
            case "has no batch":
                raise NotSupported("no batch")
            case "breaks before":
                raise KeyError("before")
        await self._send(*request.order_ids)
        if self.fault == "breaks after":
            raise KeyError("after")
        if self.fault == "another type":
            return ["0000"]
        return CancelOrdersAnswer(refused={})

    async def fetch_order(self, request):
        """Show one."""
        await HttpCall("GET", "/x", deadline=None)
        name = request.order_id or (request.client_order_id or "")[1:]
        if name not in self.status:
            raise OrderNotFound("no such order")
        return self._order(name)

    async def fetch_open_orders(self, request):
        """Have none."""
        raise NotSupported("no lists")

    fetch_orders = fetch_open_orders


class Net:
    """Answers everything after 50 ms."""

    def __init__(self, time):
        self.time = time

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield self.time.now + 0.05
        return Response(200, {}, b"")


def cancel(hooks, *requests, batch=10, name="cancel_orders", request=None):
    """Run one call at a venue, in virtual time."""
    core = Core(Looks(), batch)
    core.attach(hooks)
    time = VirtualTime()
    station = Station(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        hearing=Line(),
        rng=random.Random(1),
    )
    operation = Operation(name=name, request=request or CancelManyRequest(orders=requests), timeout=10.0)
    return VirtualRunner(station, Net(time), time).run(core.operate(operation=operation))


def resting(fault, number=3):
    """Give a venue where orders rest, and the requests to cancel them."""
    names = [str(one) for one in range(1, number + 1)]
    return Pocket(fault, dict.fromkeys(names, OrderStatus.OPEN)), [CancelRequest(order_id=name) for name in names]


@pytest.mark.parametrize("batch", [0, 1, 2, 10])
def test_any_size_of_batch(batch):
    """Below two, orders are canceled one by one; without lists, they are looked up one by one."""
    venue, requests = resting("none")
    reports = cancel(venue, *requests, batch=batch)
    assert [(report.outcome, report.order.id) for report in reports] == [
        (CancelOutcome.CANCELED, "1"),
        (CancelOutcome.CANCELED, "2"),
        (CancelOutcome.CANCELED, "3"),
    ]
    assert sorted(venue.sent) == ["1", "2", "3"]


@pytest.mark.parametrize("fault", ["answers unsent", "breaks before"])
def test_a_batch_that_breaks_before_its_send(fault):
    """Nothing left: NOT_SENT for each, by the plugin's fault."""
    venue, requests = resting(fault)
    reports = cancel(venue, *requests)
    assert {(report.outcome, report.attempts) for report in reports} == {(CancelOutcome.NOT_SENT, 0)}
    assert {report.error.request_state for report in reports} == {RequestState.NOT_SENT}
    assert venue.sent == []


@pytest.mark.parametrize("fault", ["breaks after", "another type"])
def test_a_batch_that_breaks_after_its_send(fault):
    """It was sent, and each order's end is looked up."""
    venue, requests = resting(fault)
    reports = cancel(venue, *requests)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 1, 1)
    }


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("refuses the argument", InvalidArgument), ("has no batch", NotSupported)],
    ids=["argument", "hook"],
)
def test_a_batch_that_cannot_be_asked_for(fault, kind):
    """What the caller did wrong is raised, as long as nothing was sent; else it is told for the orders it concerns."""
    venue, requests = resting(fault)
    with pytest.raises(kind):
        cancel(venue, *requests)
    assert venue.sent == []
    reports = cancel(venue, *requests[:2], CancelRequest(client_order_id="c3"))
    assert [report.outcome for report in reports] == [
        CancelOutcome.NOT_SENT,
        CancelOutcome.NOT_SENT,
        CancelOutcome.CANCELED,
    ]
    assert [type(report.error) for report in reports[:2]] == [kind, kind]


def test_a_plugin_that_refuses_its_own_repeat():
    """The first send is in doubt, whatever the plugin says of the second."""
    venue, [request] = resting("singles refuse their second send", 1)
    [report] = cancel(venue, request)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 1, 1)
    assert venue.sent == ["1"]


def test_all_orders_of_a_venue_without_lists():
    """What is open cannot be known: NotSupported, and nothing is sent."""
    venue, _ = resting("none")
    with pytest.raises(NotSupported):
        cancel(venue, name="cancel_all_orders", request=CancelAllRequest())
    assert venue.sent == []
