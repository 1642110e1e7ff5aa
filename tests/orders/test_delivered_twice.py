"""A create that is refused because its client order id is taken: by whom, the order's own time tells."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.execution.create_duplicate import find_duplicate
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.flow.effects import ClockSample, HttpCall
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import CreateOrderRequest
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.asking import asking

TERMS = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}


async def create(desk, **given):
    """Place an order, and give it or what was raised."""
    try:
        return await desk.call("create_order", **(TERMS | given))
    except hk.AdapterError as error:
        return error


async def batch(desk, *names, **given):
    """Place several, one report each."""
    return await desk.call("create_orders", [TERMS | {"client_order_id": name} for name in names], **given)


async def test_our_own_order_has_the_id(desk):
    """Delivered twice, and answered by the second: the order that the first delivery made is returned."""
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    made = await create(desk, client_order_id="mine")
    [truth] = desk.simulator.orders()
    assert (made.id, made.client_order_id) == (truth.order_id, "mine")


async def test_an_older_order_has_the_id(desk, skipped_time):
    """An order of that id which is older than the call, or known to this key, is another one: none was made."""
    known = await desk.place(client_order_id="known")
    error = await create(desk, client_order_id="known")
    assert (type(error), error.request_state) == (hk.DuplicateClientOrderId, hk.RequestState.REFUSED)
    row = desk.row(known.id, clientOrderId="theirs", orderId="2128389008024406016")
    skipped_time.sleep(5)
    desk.simulator.fail_next(method="POST", code="-1141")
    desk.simulator.fail_next(method="GET", body=row)
    assert isinstance(await create(desk, client_order_id="theirs"), hk.DuplicateClientOrderId)


async def test_an_order_with_other_terms_has_the_id(desk):
    """One look may show another order: ours is shown by the next."""
    strange = await desk.place(client_order_id="strange")
    now = str(round(desk.simulator.order(strange.id).created + 500))
    row = desk.row(strange.id, clientOrderId="mine", orderId="4128389008024406016", side="SELL", time=now)
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    desk.simulator.fail_next(method="GET", body=row)
    assert str((await create(desk, client_order_id="mine")).side) == "buy"


async def test_an_order_with_other_terms_has_the_id_indeed(desk):
    """Whose it is cannot be told: it was made since the call began, and not as the call asked."""
    strange = await desk.place(client_order_id="strange")
    now = str(round(desk.simulator.order(strange.id).created + 500))
    row = desk.row(strange.id, clientOrderId="mine", orderId="4128389008024406016", side="SELL", time=now)
    desk.simulator.fail_next(method="POST", code="-1141")
    desk.simulator.fail_next(method="GET", body=row, times=99)
    error = await create(desk, client_order_id="mine")
    assert (type(error), error.order.id) == (hk.OutcomeUnknown, "4128389008024406016")


async def test_nothing_is_found(desk):
    """No look shows an order of that id: whether this call made one is not known."""
    desk.simulator.fail_next(method="POST", code="-1141")
    error = await create(desk, client_order_id="mine", timeout=2)
    assert (type(error), error.order.client_order_id, error.order.id) == (hk.OutcomeUnknown, "mine", None)


@pytest.mark.parametrize("fault", ["no-time", "tried-before"])
async def test_what_cannot_be_told_carries_the_order(desk, fault):
    """Where no time tells, or an earlier create of that id is in doubt, the order is named, and nothing is claimed."""
    if fault == "tried-before":
        desk.simulator.fail_next(method="POST", kind="cut")
        await create(desk, client_order_id="mine", timeout=0.4)
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    if fault == "no-time":
        other = await desk.call("create_order", **TERMS)
        row = desk.row(other.id, clientOrderId="mine", orderId="2999999999999999999", time=None)
        desk.simulator.fail_next(method="POST", code="-1141")
        desk.simulator.fail_next(method="GET", body=row)
    error = await create(desk, client_order_id="mine")
    assert (type(error), error.order.client_order_id) == (hk.OutcomeUnknown, "mine")
    assert error.order.id is not None


async def test_a_venue_that_cannot_be_asked(desk):
    """A look that is blocked ends the search: nothing is known of the order."""
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    desk.simulator.fail_next(method="GET", status=418, times=9)
    assert isinstance(await create(desk, client_order_id="mine", timeout=2), hk.OutcomeUnknown)


async def test_a_look_that_fails_is_followed_by_another(desk):
    """One failed look costs time, and never the answer."""
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    desk.simulator.fail_next(method="GET", status=503)
    assert isinstance(await create(desk, client_order_id="mine"), hk.Order)


async def test_in_a_batch(desk):
    """Each order of a batch is told so: made, refused for an older one, or not known."""
    await desk.place(client_order_id="known")
    made, older = await batch(desk, "made", "known")
    assert (made.created, older.created, type(older.error)) == (True, False, hk.DuplicateClientOrderId)
    entries = ",".join('{"code":"-1141","msg":"used"}' for _ in range(2))
    desk.simulator.fail_next(method="POST", acted=True, body=f'{{"code":0,"result":[{entries}]}}')
    one, two = await batch(desk, "one", "two")
    assert {one.created, two.created} == {True}
    desk.simulator.fail_next(method="POST", body=f'{{"code":0,"result":[{entries}]}}')
    lost, _ = await batch(desk, "lost", "lost-too", timeout=2)
    assert (lost.created, type(lost.error), lost.order.client_order_id) == (None, hk.OutcomeUnknown, "lost")


BEGUN, NOW = 100.0, 1_700_000_000_000


class Taken:
    """Hooks of a venue that has an order under the wanted id, and tells its time."""

    def __init__(self, created, told=NOW, **more):
        self._told = told
        self._shown = {"id": "1", "timestamp": created} | more

    async def fetch_order(self, request):
        """Show it."""
        await HttpCall("GET", "/x")
        return hk.Order(client_order_id=request.client_order_id, **self._shown)

    async def fetch_time(self):
        """Tell what the machine's clock is a second ahead of."""
        await HttpCall("GET", "/time")
        if self._told is None:
            raise hk.OutcomeUnknown("no time is told")
        return self._told


@pytest.mark.parametrize(
    ("created", "said"),
    [
        (NOW - 2500, hk.DuplicateClientOrderId),
        (NOW - 1002, hk.DuplicateClientOrderId),
        (NOW - 999, hk.OutcomeUnknown),
        (NOW - 1, hk.OutcomeUnknown),
        (NOW, hk.Order),
    ],
)
def test_an_age_that_our_clock_cannot_tell_is_told_by_the_venues(created, said):
    """Where the machine's clock may be as wrong as the order is young, the venue's is measured before it decides.

    The clock that dates orders need not be the one that is asked: nobody notices a second.
    """
    assert type(told_of(Taken(created), ahead=0.9)) is said


@pytest.mark.parametrize("wrong", [50, 999, 3_000, 3_600_000])
def test_a_venue_that_tells_a_time_which_is_not_that_of_its_orders(wrong):
    """Our own order is not told to be another's because the clock that is asked goes before that which dates orders."""
    assert type(told_of(Taken(NOW, NOW + wrong))) is hk.OutcomeUnknown


@pytest.mark.parametrize(
    ("created", "told", "said"),
    [
        (NOW, NOW, hk.Order),
        (NOW - 1002, NOW, hk.DuplicateClientOrderId),
        (NOW, None, hk.OutcomeUnknown),
        (NOW - 12_000, None, hk.DuplicateClientOrderId),
    ],
)
def test_a_venue_that_takes_stamps_far_ahead(created, told, said):
    """Our clock is 20 s ahead, of which the venue takes 30: our own order is not told to be older than the call."""
    assert type(told_of(Taken(created, told), ahead=20.0, taken=30_000)) is said


@pytest.mark.parametrize(
    ("created", "changed", "said"),
    [
        (0, None, hk.OutcomeUnknown),
        (NOW, 0, hk.Order),
        (NOW, NOW - 5000, hk.OutcomeUnknown),
        (None, NOW - 5000, hk.DuplicateClientOrderId),
        (None, NOW, hk.OutcomeUnknown),
    ],
)
def test_the_time_of_its_last_change(created, changed, said):
    """An order that has changed before the call is older, and none has before it was made; 0 is no time."""
    assert type(told_of(Taken(created, last_update_timestamp=changed))) is said


def test_a_clock_that_nobody_could_measure_claims_no_order():
    """By a clock that may be a second wrong, an order made just before the call would be taken for its own."""
    assert type(told_of(Taken(NOW + 1, told=None))) is hk.OutcomeUnknown


def test_a_row_that_contradicts_itself_claims_no_order():
    """Closed with less filled than was ordered, it is no order to hand out."""
    shown = Taken(NOW, type=hk.OrderType.LIMIT, amount=Decimal(1), filled=Decimal("0.4"), status=hk.OrderStatus.CLOSED)
    assert type(told_of(shown)) is hk.OutcomeUnknown


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize(
    ("created", "said"),
    [
        (NOW + 100, hk.OutcomeUnknown),
        (NOW + 20_000, hk.Order),
        (NOW - 1002, hk.DuplicateClientOrderId),
    ],
)
def test_a_machine_that_slept_in_the_midst(created, said, measured):
    """The monotonic clock stood still for 20 s while the venue's went on: our own order is not told to be older."""
    assert type(told_of(Taken(created, NOW + 20_000), asleep=20.0, measured=measured)) is said


def told_of(hooks, ahead=0.0, taken=1000, asleep=0.0, measured=False):
    """Ask whose the order is, by a machine's clock that is so many seconds ahead; give what is said or raised.

    The venue takes stamps that are so many ms ahead. Once the call has begun the machine is ``asleep`` for some
    seconds; with ``measured``, another call measures the venue's clock then.
    """
    time = VirtualTime(BEGUN)
    slept = [0.0]
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, "https://venue.example", {}),
        clock=VenueClock(time.monotonic, lambda: NOW / 1000 + ahead + slept[0] + time.now - BEGUN, ahead=taken),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    terms = {"type": hk.OrderType.LIMIT, "side": hk.OrderSide.BUY, "amount": Decimal(1), "price": Decimal(1900)}
    request = CreateOrderRequest(symbol="ETH/USD", **terms, client_order_id="mine")
    refusal = hk.DuplicateClientOrderId("-1141")
    begun, slept[0] = runtime.now(), asleep
    if measured:
        runtime.clock.sample(ClockSample(NOW + int(asleep * 1000), BEGUN, BEGUN, first=True))
    flow = find_duplicate(asking(hooks), SharedLookups(), request, refusal, begun, BEGUN + 10)
    try:
        return VirtualRunner(runtime, AtOnce(time), time).run(flow)
    except hk.AdapterError as error:
        return error


class AtOnce:
    """Answers everything in no time."""

    def __init__(self, time):
        self._time = time

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield self._time.now
        return Response(200, {}, b"")
