"""Many cancels at venues whose plugins have less than HashKey's, or break their contract: one honest report each."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import (
    InvalidArgument,
    NotSupported,
    OrderNotFound,
    OutcomeUnknown,
    PluginError,
    RateLimited,
    RequestState,
)
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.effects import Foreign, HttpCall
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelOrdersAnswer,
    CancelOutcome,
    CancelRequest,
    Operation,
    Order,
    OrderPage,
    OrderSide,
    OrderStatus,
    Wait,
)
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.asking import plain


@dataclass
class Pocket:
    """Hooks of a small venue: orders by id, no lists, and batch cancels that do as ``fault`` says."""

    fault: str = "none"
    status: dict[str, OrderStatus] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    refused: Any = None
    wait: Any = None
    times: int = 2
    listed: OrderPage | None = None

    def limited(self):
        """Be a library that the venue limits."""
        raise RateLimited("too often", retry_after=30.0)

    async def _send(self, *names):
        self.sent += names
        await HttpCall("DELETE", "/x", deadline=None)
        for name in names:
            self.status[name] = OrderStatus.CANCELED

    def _order(self, name):
        filled = None if self.fault == "fills unsaid" else Decimal(0)
        return Order(id=name, client_order_id=f"c{name}", status=self.status[name], amount=Decimal(1), filled=filled)

    async def cancel_order(self, request):
        """Cancel one."""
        if self.fault == "limits without a number":
            await HttpCall("DELETE", "/x", deadline=None)
            self.sent.append(request.order_id)
            raise RateLimited("too often", retry_after=self.wait)
        if self.fault == "sends many times":
            for _ in range(self.times):
                self.sent.append(request.order_id)
                await HttpCall("DELETE", "/x", deadline=None)
            raise OutcomeUnknown("no answer")
        if self.fault == "weighs less than nothing":
            await HttpCall("DELETE", "/x", weight=-1)
        if self.fault == "a library is limited":
            await Foreign(self.limited, self.limited)
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
        if self.fault == "sends many times":
            for _ in range(self.times):
                self.sent += request.order_ids
                await HttpCall("DELETE", "/x", deadline=None)
            raise OutcomeUnknown("no answer")
        await self._send(*request.order_ids)
        if self.fault == "breaks after":
            raise KeyError("after")
        if self.fault == "another type":
            return ["0000"]
        if self.fault == "refuses strangely":
            return CancelOrdersAnswer(refused=self.refused)
        return CancelOrdersAnswer(refused={})

    async def fetch_order(self, request):
        """Show one."""
        await HttpCall("GET", "/x", deadline=None)
        name = request.order_id or (request.client_order_id or "")[1:]
        if name not in self.status:
            raise OrderNotFound("no such order")
        return self._order(name)

    async def fetch_open_orders(self, request):
        """Have none, or a broken one."""
        if self.listed is None:
            raise NotSupported("no lists")
        await HttpCall("GET", "/x", deadline=None)
        return self.listed

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
    return timed(hooks, name, request or CancelManyRequest(orders=requests), 10.0, batch)[0]


def timed(hooks, name, request, timeout, batch=0, wait=Wait.FINAL):
    """Run one call at a venue, in virtual time; give its result, and how many seconds it took."""
    core = Core(SharedLookups(), batch)
    core.attach(plain(hooks))
    time = VirtualTime()
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    operation = Operation(name=name, request=request, timeout=timeout, wait=wait)
    began = time.now
    return VirtualRunner(runtime, Net(time), time).run(core.operate(operation=operation)), time.now - began


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


def test_a_batch_that_answers_without_a_request_that_was_seen():
    """It may have had a way of its own to send: UNKNOWN for each, by the plugin's fault."""
    venue, requests = resting("answers unsent")
    reports = cancel(venue, *requests)
    assert {report.outcome for report in reports} == {CancelOutcome.UNKNOWN}
    assert all(report.attempts == report.ambiguous_attempts > 0 for report in reports)
    assert {report.error.request_state for report in reports} == {RequestState.UNKNOWN}


def test_a_batch_that_breaks_before_its_send():
    """Nothing left: NOT_SENT for each, by the plugin's fault."""
    venue, requests = resting("breaks before")
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


def test_a_batch_that_cannot_be_asked_for():
    """What the caller did wrong is raised, as long as nothing was sent; else it is told for the orders it concerns."""
    venue, requests = resting("refuses the argument")
    with pytest.raises(InvalidArgument):
        cancel(venue, *requests)
    assert venue.sent == []
    reports = cancel(venue, *requests[:2], CancelRequest(client_order_id="c3"))
    assert [report.outcome for report in reports] == [
        CancelOutcome.NOT_SENT,
        CancelOutcome.NOT_SENT,
        CancelOutcome.CANCELED,
    ]
    assert [type(report.error) for report in reports[:2]] == [InvalidArgument] * 2


def test_a_batch_that_the_plugin_does_not_have():
    """Orders go one by one where the plugin has no hook for several, whatever it says of its venue."""
    venue, requests = resting("has no batch", 5)
    reports = cancel(venue, *requests, batch=2)
    assert {(report.outcome, report.attempts) for report in reports} == {(CancelOutcome.CANCELED, 1)}
    assert sorted(venue.sent) == list("12345")


STRANGE = {
    "none": None,
    "list": ["1"],
    "another order": {"99": OrderNotFound("?")},
    "no error": {"1": "refused"},
    "another error": {"1": KeyError("1")},
    "wait is no number": {"1": RateLimited("?", retry_after="5")},
    "wait below zero": {"1": RateLimited("?", retry_after=-1.0)},
    "wait without end": {"1": RateLimited("?", retry_after=math.inf)},
    "wait that is not a number": {"1": RateLimited("?", retry_after=math.nan)},
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_batch_that_refuses_strangely(name):
    """What cannot be an answer to what was asked is a doubt about all of it, and looked up."""
    venue, requests = resting("refuses strangely")
    venue.refused = STRANGE[name]
    reports = cancel(venue, *requests)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 1, 1)
    }


@pytest.mark.parametrize("wait", ["5", -0.1, math.inf, math.nan, 10**400], ids=str)
def test_a_wait_that_no_clock_can_keep(wait):
    """A plugin's nonsense for a wait is its fault, and a doubt about the send; the call ends in time."""
    venue, [request] = resting("limits without a number", 1)
    venue.wait = wait
    [report] = cancel(venue, request)
    assert (report.outcome, report.retry_after) == (CancelOutcome.UNKNOWN, None)
    assert isinstance(report.error, PluginError)
    assert report.attempts == report.ambiguous_attempts == len(venue.sent)
    assert report.elapsed <= 10.25


def test_an_error_that_is_only_half_made():
    """An error of ours that a plugin made without what it must tell is the plugin's fault too."""

    class Half(RateLimited):
        def __init__(self):
            pass

    venue, [request] = resting("refuses strangely", 1)
    venue.refused = {"1": Half()}
    reports = cancel(venue, request, CancelRequest(order_id="2"))
    assert {report.ambiguous_attempts for report in reports} == {1}


@pytest.mark.parametrize("times", [2, 3, 4, 9])
@pytest.mark.parametrize("number", [1, 2])
def test_a_hook_that_sends_many_times(times, number):
    """Three sends of an order's cancel are the most, however a plugin spreads them over its calls; all are in doubt."""
    venue, requests = resting("sends many times", number)
    venue.times = times
    reports = cancel(venue, *requests)
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.UNKNOWN, 3, 3)
    }


def test_a_limit_that_a_library_met():
    """Its requests belong to none of our groups: the call says RATE_LIMITED, and everything else goes on."""
    venue, [request] = resting("a library is limited", 1)
    [report] = cancel(venue, request)
    assert (report.outcome, report.retry_after, report.attempts) == (CancelOutcome.RATE_LIMITED, 30.0, 1)


def test_a_request_that_costs_less_than_nothing():
    """A hook whose request cannot be charged breaks its contract before anything leaves."""
    venue, [request] = resting("weighs less than nothing", 1)
    [report] = cancel(venue, request)
    assert (report.outcome, report.attempts) == (CancelOutcome.NOT_SENT, 0)
    assert isinstance(report.error, PluginError)


def test_an_end_without_its_fills():
    """Canceled, and how much was filled is not said: that is no final outcome."""
    venue, [request] = resting("fills unsaid", 1)
    [report] = cancel(venue, request)
    assert (report.outcome, report.final, report.attempts) == (CancelOutcome.PENDING, False, 1)


def test_orders_that_a_list_does_not_name():
    """A row without an id is told as one for which nothing was sent; the others are canceled."""
    venue, _ = resting("none")
    rows = (Order(id="1", status=OrderStatus.OPEN), Order(id=None, client_order_id="c2", status=OrderStatus.OPEN))
    venue.listed = OrderPage(orders=rows, complete=True)
    canceled, untold = cancel(venue, name="cancel_all_orders", request=CancelAllRequest())
    assert (canceled.outcome, canceled.order.id, venue.sent) == (CancelOutcome.CANCELED, "1", ["1"])
    assert (untold.outcome, untold.order, untold.attempts) == (CancelOutcome.NOT_SENT, None, 0)
    assert "c2" in str(untold.error)


def test_orders_that_do_not_say_their_side():
    """Whoever cancels one side cancels none of them, and is told of each."""
    venue, _ = resting("none")
    sides = {"1": OrderSide.BUY, "2": OrderSide.SELL, "3": None}
    rows = tuple(Order(id=name, side=side, status=OrderStatus.OPEN) for name, side in sides.items())
    venue.listed = OrderPage(orders=rows, complete=True)
    canceled, untold = cancel(venue, name="cancel_all_orders", request=CancelAllRequest(side=OrderSide.SELL))
    assert (canceled.outcome, venue.sent) == (CancelOutcome.CANCELED, ["2"])
    assert (untold.outcome, untold.order.id) == (CancelOutcome.NOT_SENT, "3")
    assert "side" in str(untold.error)


@pytest.mark.parametrize("text", ["1,2", "1/2", "all", "..", "1 2"])
@pytest.mark.parametrize("batch", [0, 10])
def test_a_listed_id_that_names_several(text, batch):
    """What a list names is asked for no more than what a caller names."""
    venue, _ = resting("none")
    rows = tuple(Order(id=one, status=OrderStatus.OPEN) for one in ("3", text))
    venue.listed = OrderPage(orders=rows, complete=True)
    _, untold = cancel(venue, batch=batch, name="cancel_all_orders", request=CancelAllRequest())
    assert (venue.sent, untold.outcome) == (["3"], CancelOutcome.NOT_SENT)


def test_rows_that_a_plugin_only_counts():
    """Each row that is left out without a word has a report all the same."""
    venue, _ = resting("none")
    orders = (Order(id="1", status=OrderStatus.OPEN),)
    venue.listed = OrderPage(orders=orders, complete=False, left_out=2, cut_off=False)
    reports = cancel(venue, name="cancel_all_orders", request=CancelAllRequest())
    assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] + [CancelOutcome.NOT_SENT] * 2


class Naming(Pocket):
    """A venue that notes with which symbols it is asked to cancel."""

    symbols: list[Any]

    async def cancel_order(self, request):
        """Note it."""
        self.symbols.append((request.order_id, request.symbol))
        return await super().cancel_order(request)


def test_each_listed_order_is_canceled_by_its_own_symbol():
    """Where ids count by symbol another order would be meant; one whose row tells none goes by that of the call."""
    for asked, symbols in ((None, ("BTC/USD", None)), ("ETH/USD", ("ETH/USD", "ETH/USD"))):
        venue = Naming("none", dict.fromkeys("12", OrderStatus.OPEN))
        venue.symbols = []
        rows = (("1", asked or "BTC/USD"), ("2", None))
        orders = tuple(Order(id=name, symbol=symbol, status=OrderStatus.OPEN) for name, symbol in rows)
        venue.listed = OrderPage(orders=orders, complete=True)
        cancel(venue, batch=0, name="cancel_all_orders", request=CancelAllRequest(symbol=asked))
        assert venue.symbols == list(zip("12", symbols, strict=True))


def test_a_list_that_is_cut_off():
    """What it shows is canceled; what a further page may hide has a report."""
    venue, _ = resting("none")
    venue.listed = OrderPage(orders=(Order(id="1", status=OrderStatus.OPEN),), complete=False, left_out=1, cut_off=True)
    canceled, untold, unlisted = cancel(venue, name="cancel_all_orders", request=CancelAllRequest())
    assert (canceled.outcome, venue.sent) == (CancelOutcome.CANCELED, ["1"])
    assert (untold.outcome, unlisted.outcome) == (CancelOutcome.NOT_SENT, CancelOutcome.NOT_SENT)
    assert "further page" in str(unlisted.error)


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
