"""What wrappers may not do: change what is sent, steer what a key shares, outlast the deadline."""

from __future__ import annotations

import asyncio
import threading
import time
from itertools import product

import pytest
from msgspec.structs import force_setattr

import hk_adapter as hk
from hk_adapter import CancelOutcome, ClockSample, Foreign, Gather, Now, Pause, Sleep, wraps_flow
from hk_adapter.flow.own_io import within
from tests.conftest import TimeByLooks, install


class Does:
    """Does something before and after what it is armed for."""

    def __init__(self, before=None, after=None, place="operate"):
        self.before, self.after, self.place, self.armed = before, after, place, False

    async def go(self, place, flow, given):
        """Do it, and note what came of it."""
        on = self.armed and self.place == place
        if on and self.before:
            await self.before(given)
        result = await flow
        if on and self.after:
            await self.after(result)

    @wraps_flow
    async def operate(self, flow, operation):
        """Do it around the whole call."""
        await self.go("operate", flow, operation)

    @wraps_flow
    async def attempt(self, flow, hook, request):
        """Do it around an attempt."""
        await self.go(f"attempt at {hook}", flow, request)

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Do it around a hook."""
        await self.go("hook", flow, request)

    @wraps_flow
    async def fetch_order(self, flow, request):
        """Do it around a look."""
        await self.go("look", flow, request)


DEADLINE, LATE = 0.2, 20.0
"""Seconds that a call has, and by how many a busy machine may exceed them: a wrapper that bound takes a minute."""

IN_TIME = ["operate", "hook", "look"]
PLACES = pytest.mark.parametrize("place", [*IN_TIME, "attempt at cancel_order", "attempt at fetch_order"])


async def armed(open_desk, wrapper, **options):
    """Open a desk with an order that rests, and the wrapper at work from now on."""
    desk = await open_desk(plugins=[wrapper], **options)
    order = await desk.place()
    wrapper.armed = True
    return desk, order


@PLACES
@pytest.mark.parametrize("effect", [Pause(None, 3600.0), Pause("orders", 3600.0), ClockSample(1, 0.0, 0.0)])
async def test_what_a_key_shares_is_not_a_wrappers_to_steer(open_desk, caplog, place, effect):
    """Pauses and clock samples are the core's own: a wrapper that awaits one is told so."""

    async def steer(given):
        await effect

    wrapper = Does(steer, place=place)
    desk, order = await armed(open_desk, wrapper)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 1)
    assert type(effect).__name__ in caplog.text
    assert "Does." in caplog.text
    wrapper.armed = False
    assert (await desk.place()).id


@pytest.mark.parametrize("effect", [Pause(None, 3600.0), ClockSample(1, 0.0, 0.0)])
async def test_nor_a_venues_hooks_to_steer(open_desk, monkeypatch, effect):
    """The host pauses by what a hook raises, and measures the clock by ``fetch_time``."""
    desk = await open_desk()

    async def steer(*args):
        await effect

    monkeypatch.setattr(desk.venue._connection.calls.hooks, "fetch_time", steer)
    with pytest.raises(hk.PluginError, match=f"fetch_time awaited {type(effect).__name__}"):
        await desk.call("fetch_time")


OVER = threading.Event()
A_MINUTE = Foreign(lambda: OVER.wait(60), lambda: asyncio.sleep(60), reaches_venue=False)


@pytest.fixture(autouse=True)
def _over():
    """End what a test's wrappers still wait for, with the test."""
    OVER.clear()
    yield
    OVER.set()


async def foreign(given):
    """Do a minute of I/O."""
    await A_MINUTE


async def sleeps(given):
    """Sleep for long."""
    await Sleep(60)


async def spins(given):
    """Never end."""
    while True:
        await Sleep(0)


async def reads_clocks(given):
    """Never end."""
    while True:
        await Now()


async def catches_all(given):
    """Never end, whatever happens."""
    while True:
        try:
            await Sleep(1)
        except Exception:  # noqa: BLE001
            continue


async def side_by_side(given):
    """Never end, twice."""
    await Gather((spins(given), foreign(given)))


@pytest.fixture
def now(slow, monkeypatch):
    """Read the clock that a wrapper is slow by: the machine's, where it waits for something outside."""
    if slow in {foreign, side_by_side}:
        return time.monotonic
    clock = TimeByLooks()
    install(clock, monkeypatch)
    return clock.monotonic


async def canceled_in_time(open_desk, wrapper, now, *, proven=False):
    """Cancel under a wrapper that takes too long; with more time, where a busy machine got nothing done in the first.

    The deadline holds either way.
    """
    for deadline in (DEADLINE, 5 * DEADLINE, 50 * DEADLINE):
        wrapper.armed = False
        desk, order = await armed(open_desk, wrapper)
        begun = now()
        report = await desk.try_cancel(order.id, timeout=deadline)
        assert now() - begun <= deadline + LATE
        if report.final or (report.attempts and not proven):
            break
    return desk, report


SLOW = [foreign, sleeps, spins, reads_clocks, catches_all, side_by_side]
SLOW_PLACES = [*product(IN_TIME, SLOW), *product(["attempt at cancel_order"], [sleeps, foreign])]


@pytest.mark.parametrize(("place", "slow"), SLOW_PLACES)
async def test_before_a_call_the_deadline_binds_wrappers(open_desk, place, slow, now):
    """A cancel goes out within its deadline, without the wrapper that takes too long."""
    proven = place in {"operate", "hook"}
    desk, report = await canceled_in_time(open_desk, Does(slow, place=place), now, proven=proven)
    assert (report.attempts, desk.cancels) == (1, 1)
    if proven:
        assert report.outcome is CancelOutcome.CANCELED


@pytest.mark.parametrize(("place", "slow"), SLOW_PLACES)
async def test_after_a_call_the_deadline_binds_wrappers(open_desk, place, slow, now):
    """What came of it is told within the deadline."""
    desk, report = await canceled_in_time(open_desk, Does(after=slow, place=place), now)
    assert (report.attempts, desk.cancels) == (1, 1)


async def half_a_second():
    """Wait for half a second of the machine's time."""
    rung = asyncio.Event()
    timer = threading.Timer(0.5, asyncio.get_running_loop().call_soon_threadsafe, [rung.set])
    timer.start()
    try:
        await rung.wait()
    finally:
        timer.cancel()


def test_a_frozen_clock_lets_no_wrapper_wait_on(monkeypatch):
    """Its own I/O is left behind when its time is over, also where a test has stopped the loop's clock."""
    effect = within(Foreign(time.monotonic, half_a_second, reaches_venue=False), 0.05, "slow")
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    with pytest.raises(hk.OutcomeUnknown, match="not over in time"):
        asyncio.run(effect.asyncio())


async def test_a_create_waits_no_longer_than_its_deadline(open_desk):
    """And is not sent."""
    wrapper = Does(foreign)
    desk = await open_desk(plugins=[wrapper])
    wrapper.armed = True
    begun = time.monotonic()
    with pytest.raises(hk.PluginError) as caught:
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", timeout=DEADLINE)
    assert time.monotonic() - begun <= DEADLINE + LATE
    assert (caught.value.request_state, desk.simulator.requests) == (hk.RequestState.NOT_SENT, [])


@PLACES
async def test_a_request_is_not_a_wrappers_to_change(open_desk, place):
    """Not even in place: it is given a copy."""
    other = "9" * 19

    async def change(given):
        request = getattr(given, "request", given)
        force_setattr(request, "order_id", other)
        force_setattr(request, "client_order_id", "another")

    desk, order = await armed(open_desk, Does(change, place=place))
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.id) == (CancelOutcome.CANCELED, order.id)
    assert (desk.simulator.order(order.id).status, desk.cancels) == ("CANCELED", 1)


async def test_a_result_is_not_a_wrappers_to_change(open_desk):
    """Not even in place: it sees a copy, of lists and errors too."""

    async def change(result):
        force_setattr(result[0], "outcome", CancelOutcome.NOT_SENT)
        result.clear()

    desk, order = await armed(open_desk, Does(after=change))
    [report] = await desk.call("cancel_orders", [order.id])
    assert report.outcome is CancelOutcome.CANCELED


async def test_params_are_frozen_all_the_way_down(open_desk):
    """What the caller hands in is copied at the door: nobody can change it under way, above or below."""
    seen = []
    given = {"note": {"deep": [1, {"deeper": [2]}]}}

    async def look(operation):
        seen.append(operation.request.params)
        given["note"]["deep"].append(3)

    wrapper = Does(look)
    desk = await open_desk(plugins=[wrapper])
    wrapper.armed = True
    with pytest.raises(hk.InvalidArgument):
        await desk.call("cancel_order", "1", None, given)
    [params] = seen
    assert params == {"note": {"deep": (1, {"deeper": (2,)})}}
    for mapping in (params, params["note"], params["note"]["deep"][1]):
        with pytest.raises(TypeError):
            mapping["x"] = 1


class Forges:
    """Drives the inner flow by hand, and answers for the venue."""

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Say what the venue never said."""
        effect = flow.send(None)
        for _ in range(5):
            effect = flow.send(hk.Order(id=request.order_id, status=hk.OrderStatus.CANCELED)) or effect


async def test_an_answer_is_not_a_wrappers_to_forge(open_desk):
    """What the venue is asked, and what it answers, never pass through a wrapper."""
    desk = await open_desk(plugins=[Forges()])
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.CANCELED, 1, 1)


async def test_looks_of_another_connection_wait_for_no_wrapper(open_desk):
    """A connection with wrappers around looks leads only its own; without, all of one key share theirs."""
    options = {"environment": "production", "api_key": "a-key", "secret": "a-secret"}
    plain, other = [await open_desk(**options) for _ in range(2)]
    slow = await open_desk(plugins=[Does(sleeps, place="look")], **options)
    looks = [desk.venue._connection.shared.looks for desk in (plain, other, slow)]
    assert looks[0] is looks[1] is not looks[2]
    assert looks[0].known is looks[2].known
    assert plain.venue._connection.shared.budget is slow.venue._connection.shared.budget
