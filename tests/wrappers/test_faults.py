"""A wrapper that fails never stops a cancel and never replaces its result; a create it fails before is not sent."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import threading

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, RequestState, Sleep, wraps_flow


class Faulty:
    """Does something wrong around the call or the attempt, once it is armed."""

    def __init__(self, fault):
        self.fault = fault
        self.armed = False

    async def around(self, flow):
        """Do the wrong thing, or nothing yet."""
        return await (self.fault(flow) if self.armed else flow)


class AroundCalls(Faulty):
    """Wraps ``operate``."""

    @wraps_flow
    async def operate(self, flow, operation):
        """Wrap the whole call."""
        return await self.around(flow)


class AroundAttempts(Faulty):
    """Wraps every attempt, whichever hook it calls."""

    @wraps_flow
    async def attempt(self, flow):
        """Wrap it."""
        return await self.around(flow)


class AroundHooks(Faulty):
    """Wraps the hooks that change something, each by its name."""

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Wrap a cancel."""
        return await self.around(flow)

    @wraps_flow
    async def create_order(self, flow, request):
        """Wrap a create."""
        return await self.around(flow)


async def raises_before(flow):
    """Break before anything was sent."""
    raise KeyError("before")


async def raises_our_error_before(flow):
    """Pretend that the venue refused."""
    raise hk.AuthenticationError("not so")


async def drops_the_flow(flow):
    """Forget about it."""


async def awaits_a_future_before(flow):
    """Use an event loop, or fail for want of one."""
    await asyncio.sleep(0)
    return await flow


async def awaits_nonsense_before(flow):
    """Await what no runner knows."""

    class Nonsense:
        def __await__(self):
            yield "nonsense"

    await Nonsense()
    return await flow


async def raises_after(flow):
    """Break when all is done."""
    await flow
    raise ValueError("after")


async def raises_our_error_after(flow):
    """Pretend that it was not sent."""
    await flow
    raise hk.NotSent("not so")


async def awaits_a_future_after(flow):
    """Use an event loop when all is done."""
    await flow
    await asyncio.sleep(0)


async def awaits_twice(flow):
    """Send it again, if that were possible."""
    await flow
    return await flow


async def swallows(flow):
    """Keep what happened to itself."""
    try:
        await flow
    except Exception:  # noqa: BLE001
        return


async def turns_around(flow):
    """Raise another error instead."""
    try:
        await flow
    finally:
        raise RuntimeError("instead")


BEFORE = [
    raises_before,
    raises_our_error_before,
    drops_the_flow,
    awaits_a_future_before,
    awaits_nonsense_before,
]
AFTER = [raises_after, raises_our_error_after, awaits_a_future_after, awaits_twice, swallows, turns_around]


AROUND = pytest.mark.parametrize("around", [AroundCalls, AroundAttempts, AroundHooks])


async def armed(open_desk, around, fault):
    """Open a desk with an order that rests, and a wrapper that does wrong from now on."""
    wrapper = around(fault)
    desk = await open_desk(plugins=[wrapper])
    order = await desk.place(client_order_id="resting")
    wrapper.armed = True
    return desk, order


@AROUND
@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
async def test_a_cancel_goes_out_all_the_same(open_desk, around, fault):
    """The cancel is sent once, and its end is reported as it is."""
    desk, order = await armed(open_desk, around, fault)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.error) == (CancelOutcome.CANCELED, 1, None)
    assert desk.cancels == 1


@AROUND
@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
async def test_a_refused_cancel_stays_refused(open_desk, around, fault):
    """Nothing that a wrapper does hides what the venue said."""
    desk, order = await armed(open_desk, around, fault)
    desk.simulator.fail_next(code="0102", method="DELETE")
    with pytest.raises(hk.AuthenticationError) as caught:
        await desk.cancel(order.id)
    assert (caught.value.code, caught.value.report.outcome, desk.cancels) == ("0102", CancelOutcome.AUTH, 1)


@AROUND
@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
async def test_a_doubt_stays_a_doubt(open_desk, skipped_time, around, fault):
    """Nor does it settle what nobody knows, or send more than three times."""
    desk, order = await armed(open_desk, around, fault)
    desk.simulator.fail_next(kind="cut", method="DELETE", times=9)
    desk.simulator.fail_next(kind="cut", method="GET", times=99)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts, desk.cancels) == (CancelOutcome.UNKNOWN, 3, 3)


@AROUND
@pytest.mark.parametrize("fault", BEFORE)
async def test_a_create_is_not_sent(open_desk, around, fault):
    """A wrapper that failed before a create may have been the one to stop it: it is not sent."""
    desk, _ = await armed(open_desk, around, fault)
    with pytest.raises(hk.PluginError, match=f"{around.__name__}") as caught:
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    error = caught.value
    assert (error.request_state, error.venue, error.operation) == (RequestState.NOT_SENT, "hashkey", "create_order")
    assert desk.simulator.requests == []


@AROUND
@pytest.mark.parametrize("fault", AFTER)
async def test_a_create_that_was_sent_stands(open_desk, around, fault):
    """What a wrapper does afterwards does not undo an order."""
    desk, _ = await armed(open_desk, around, fault)
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", client_order_id="new")
    assert (order.client_order_id, len(desk.seen("POST"))) == ("new", 1)


@pytest.mark.parametrize("fault", [raises_before, raises_after, drops_the_flow, awaits_a_future_before])
async def test_a_fault_is_logged_by_name(open_desk, caplog, fault):
    """A fault is not swallowed in silence: the log says whose it was."""
    desk, order = await armed(open_desk, AroundCalls, fault)
    caplog.set_level(logging.ERROR)
    await desk.cancel(order.id)
    assert "AroundCalls.operate" in caplog.text


async def half_way(flow):
    """Start the call, and leave it at its first effect."""
    flow.send(None)


@AROUND
async def test_a_flow_cannot_be_left_half_way(open_desk, around):
    """A wrapper that drives the flow itself, and stops, has driven nothing: the cancel goes out without it."""
    desk, order = await armed(open_desk, around, half_way)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.CANCELED, 1, 1)


async def test_a_wrapper_of_operate_need_not_ask_which_call_it_wraps(open_desk):
    """Its faults still weigh by the call: a cancel goes out without it, a create does not."""

    class Broken:
        @wraps_flow
        async def operate(self, flow):
            raise KeyError("broken")

    desk = await open_desk(plugins=[Broken()])
    with pytest.raises(hk.PluginError) as caught:
        await desk.place()
    assert caught.value.request_state is hk.RequestState.NOT_SENT
    report = await desk.try_cancel("1")
    assert (report.outcome, desk.cancels) == (CancelOutcome.NOT_FOUND, 1)


class Leaves:
    """Notes that it was left, and how; sleeps at one of three places."""

    def __init__(self, where):
        self.where, self.notes = where, []

    @wraps_flow
    async def operate(self, flow, operation):
        """Sleep, and note the end."""
        try:
            if self.where == "before":
                await Sleep(60)
            await flow
            if self.where == "after":
                await Sleep(60)
        finally:
            self.notes.append("operate")

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Sleep, and note the end."""
        try:
            if self.where == "attempt":
                await Sleep(60)
            await flow
        finally:
            self.notes.append("attempt")


EXPECTED = {"before": (["operate"], 0), "attempt": (["attempt", "operate"], 0), "after": (["attempt", "operate"], 1)}


@pytest.mark.parametrize("where", EXPECTED)
async def test_an_abandoned_call_closes_everything(where, recwarn):
    """A task that is canceled gets its own exception; every wrapper is left in order, and nothing more is sent."""
    wrapper = Leaves(where)
    async with hk.connect_async("hashkey", environment="simulator", plugins=[wrapper]) as venue:
        requests = venue.simulator.requests
        wrapper.where, where = None, wrapper.where
        order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        wrapper.where = where
        requests.clear()
        wrapper.notes.clear()
        task = asyncio.create_task(venue.try_cancel(order.id))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert wrapper.notes == EXPECTED[where][0]
        assert len([one for one in requests if one.method == "DELETE"]) == EXPECTED[where][1]
    gc.collect()
    assert [str(one.message) for one in recwarn.list] == []


@pytest.mark.parametrize("where", EXPECTED)
def test_an_interrupted_call_closes_everything(where, monkeypatch, recwarn):
    """The same for Ctrl-C in a thread."""
    wrapper = Leaves(None)
    with hk.connect("hashkey", environment="simulator", plugins=[wrapper]) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        requests = venue.simulator.requests
        requests.clear()
        wrapper.where, wrapper.notes = where, []
        interrupter = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        interrupter.start()
        with pytest.raises(KeyboardInterrupt):
            venue.try_cancel(order.id)
        assert wrapper.notes == EXPECTED[where][0]
        assert len([one for one in requests if one.method == "DELETE"]) == EXPECTED[where][1]
    gc.collect()
    assert [str(one.message) for one in recwarn.list] == []
