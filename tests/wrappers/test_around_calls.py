"""Wrappers stand around the whole call and around each attempt; they observe, delay or deny, and never replace."""

from __future__ import annotations

import contextlib
import gc

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, HttpCall, Now, OrderStatus, RequestState, Sleep, wraps_flow


class Diary:
    """Notes what goes in and what comes out, around the whole call and around each attempt."""

    def __init__(self, name, notes):
        self.name, self.notes = name, notes

    @wraps_flow
    async def operate(self, flow, operation):
        """Note the call."""
        self.notes.append((self.name, "in", operation))
        result = await flow
        self.notes.append((self.name, "out", result))

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Note an attempt."""
        self.notes.append((self.name, "send", request))
        self.notes.append((self.name, "answer", await flow))

    @wraps_flow
    async def fetch_order(self, flow, request):
        """Note a look."""
        self.notes.append((self.name, "look", request))
        await flow


async def test_the_order_of_wrapping(open_desk):
    """The first plugin is the outermost, around the call and around each of its attempts and looks."""
    notes = []
    desk = await open_desk(plugins=[Diary("outer", notes), Diary("inner", notes)])
    order = await desk.place()
    notes.clear()
    done = await desk.cancel(order.id)
    assert [(name, what) for name, what, _ in notes] == [
        ("outer", "in"),
        ("inner", "in"),
        ("outer", "send"),
        ("inner", "send"),
        ("inner", "answer"),
        ("outer", "answer"),
        ("outer", "look"),
        ("inner", "look"),
        ("inner", "out"),
        ("outer", "out"),
    ]
    seen = {what: value for _, what, value in notes}
    assert (seen["in"].name, seen["in"].wait) == ("cancel_order", hk.Wait.FINAL)
    assert seen["in"].request == seen["send"]
    assert (seen["send"].order_id, seen["answer"].status) == (order.id, OrderStatus.PENDING_CANCEL)
    assert (seen["out"].outcome, seen["out"].order) == (CancelOutcome.CANCELED, done)


async def test_a_class_is_a_plugin_too(open_desk):
    """A class is made without arguments, once for the connection."""
    made = []

    class Counting:
        def __init__(self):
            made.append(self)

        @wraps_flow
        async def operate(self, flow):
            await flow

    desk = await open_desk(plugins=[Counting])
    await desk.cancel((await desk.place()).id)
    assert len(made) == 1


async def test_wrappers_of_one_connection_are_not_of_another(open_desk):
    """Active is what this connection asked for."""
    notes = []
    await open_desk(plugins=[Diary("mine", notes)])
    plain = await open_desk()
    await plain.cancel((await plain.place()).id)
    assert notes == []


async def test_a_wrapper_cannot_replace_a_result(open_desk):
    """What a wrapper returns, or makes of an error, is not what the call comes to."""

    class Liar:
        @wraps_flow
        async def operate(self, flow, operation):
            with contextlib.suppress(hk.AdapterError):
                await flow
            return "all is well"

        @wraps_flow
        async def cancel_order(self, flow, request):
            await flow
            return "canceled, surely"

    desk = await open_desk(plugins=[Liar()])
    report = await desk.try_cancel((await desk.place()).id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)
    with pytest.raises(hk.OrderNotFound):
        await desk.call("fetch_order", "1234567890123456789")


async def test_every_call_is_wrapped(open_desk):
    """``operate`` stands around creates and reads as well."""
    notes = []
    desk = await open_desk(plugins=[Diary("mine", notes)])
    order = await desk.place()
    await desk.call("fetch_order", order.id)
    await desk.call("fetch_time")
    assert [value.name for _, what, value in notes if what == "in"] == ["create_order", "fetch_order", "fetch_time"]
    assert [type(value) for _, what, value in notes if what == "out"] == [hk.Order, hk.Order, int]


async def test_effects_of_a_wrappers_own(open_desk):
    """A wrapper sleeps, reads clocks and sends requests as a venue does, before the call and after it."""
    told = []

    class Busy:
        @wraps_flow
        async def operate(self, flow, operation):
            begun = (await Now()).monotonic
            await Sleep(0.05)
            told.append((await HttpCall("GET", "/api/v1/time")).status)
            await flow
            told.append((await HttpCall("GET", "/api/v1/time")).status)
            told.append((await Now()).monotonic - begun)

    desk = await open_desk(plugins=[Busy()])
    order = await desk.place()
    told.clear()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.CANCELED, 1, 1)
    assert told[:2] == [200, 200]
    assert 0.05 <= told[2] < 1
    paths = [(one.method, one.path) for one in desk.simulator.requests]
    assert (paths[0], paths[-1], len(paths)) == (("GET", "/api/v1/time"), ("GET", "/api/v1/time"), 4)


async def test_an_attempts_own_effects(open_desk):
    """What a wrapper of an attempt does on its own account is not in the way of the attempt."""

    class Busy:
        @wraps_flow
        async def cancel_order(self, flow, request):
            await Sleep(0.01)
            await HttpCall("GET", "/api/v1/time")
            await flow

    desk = await open_desk(plugins=[Busy()])
    report = await desk.try_cancel((await desk.place()).id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)


async def test_what_a_wrapper_of_an_attempt_sends_counts_as_the_attempts(open_desk):
    """Too many sends are counted rather than too few: a refusal then settles nothing of the other request."""

    class Busy:
        @wraps_flow
        async def cancel_order(self, flow, request):
            await HttpCall("GET", "/api/v1/time")
            await flow

    desk = await open_desk(plugins=[Busy()])
    order = await desk.place()
    desk.simulator.fail_next(code="0102", method="DELETE")
    report = await desk.try_cancel(order.id, timeout=0.2)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, 2, 1)


async def test_a_slow_wrapper_does_not_outlast_the_deadline(skipped_time, open_desk):
    """A wrapper may take half of a cancel's time, requests of its own included; the rest is for the cancel."""

    class Slow:
        @wraps_flow
        async def operate(self, flow, operation):
            await HttpCall("GET", "/api/v1/time")
            await flow

    desk = await open_desk(plugins=[Slow()])
    order = await desk.place()
    desk.simulator.fail_next(kind="stall", path="/api/v1/time")
    begun = skipped_time.monotonic()
    report = await desk.try_cancel(order.id, timeout=3)
    assert report.outcome is CancelOutcome.CANCELED
    assert skipped_time.monotonic() - begun <= 3


class Denies:
    """Says no before the call begins."""

    @wraps_flow
    async def operate(self, flow, operation):
        """Deny."""
        raise hk.OrderDenied("not today")


class DeniesAttempts:
    """Says no before an attempt is sent."""

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Deny."""
        raise hk.OrderDenied("not today")

    @wraps_flow
    async def create_order(self, flow, request):
        """Deny."""
        raise hk.OrderDenied("not today")


@pytest.mark.parametrize("wrapper", [Denies, DeniesAttempts])
async def test_a_denied_cancel_is_not_sent(open_desk, wrapper):
    """A wrapper may refuse a call on purpose before it was sent: NOT_SENT, with the denial as the cause."""
    desk = await open_desk(plugins=[wrapper()])
    report = await desk.try_cancel("1")
    assert (report.outcome, report.attempts, report.final) == (CancelOutcome.NOT_SENT, 0, False)
    with pytest.raises(hk.NotSent) as caught:
        await desk.cancel("1")
    error = caught.value
    causes = [error, error.__cause__]
    assert any(isinstance(cause, hk.OrderDenied) and "not today" in str(cause) for cause in causes)
    assert (error.venue, error.operation, error.request_state) == ("hashkey", "cancel_order", RequestState.NOT_SENT)
    assert (error.report.outcome, desk.simulator.requests) == (CancelOutcome.NOT_SENT, [])


@pytest.mark.parametrize("wrapper", [Denies, DeniesAttempts])
async def test_a_denied_create_is_not_sent(open_desk, wrapper):
    """Nothing was sent, and the error says who denied it."""
    desk = await open_desk(plugins=[wrapper()])
    with pytest.raises(hk.OrderDenied, match="not today") as caught:
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "create_order")
    assert (caught.value.request_state, desk.simulator.requests) == (RequestState.NOT_SENT, [])


async def test_a_denial_passes_the_wrappers_outside(open_desk, caplog):
    """The outer wrapper sees the inner one's denial, and nothing is logged as anybody's fault."""
    seen = []

    class Watches:
        @wraps_flow
        async def operate(self, flow, operation):
            try:
                await flow
            except hk.OrderDenied as denial:
                seen.append(denial)
                raise

    desk = await open_desk(plugins=[Watches(), Denies()])
    report = await desk.try_cancel("1")
    assert (report.outcome, len(seen), caplog.records) == (CancelOutcome.NOT_SENT, 1, [])


@pytest.mark.parametrize("denies", [Denies, DeniesAttempts])
async def test_what_a_denial_keeps_from_beginning_is_put_away(open_desk, denies, recwarn):
    """With further wrappers inside, and a key to keep out of errors, Python has no coroutine to complain of."""

    class Within:
        @wraps_flow
        async def operate(self, flow, operation):
            await flow

        @wraps_flow
        async def cancel_order(self, flow, request):
            await flow

        @wraps_flow
        async def create_order(self, flow, request):
            await flow

    desk = await open_desk(plugins=[denies(), Within(), type("Further", (Within,), {})()])
    assert (await desk.try_cancel("1")).outcome is CancelOutcome.NOT_SENT
    with pytest.raises(hk.OrderDenied):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    gc.collect()
    assert [str(one.message) for one in recwarn if "never awaited" in str(one.message)] == []


async def test_a_denial_after_the_cancel_denies_nothing(open_desk, caplog):
    """What was sent stands; that a wrapper denied it too late is logged."""

    class Late:
        @wraps_flow
        async def operate(self, flow, operation):
            await flow
            raise hk.OrderDenied("too late")

    desk = await open_desk(plugins=[Late()])
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)
    assert "denied a call after it had begun" in caplog.text


def test_a_plain_function_is_no_wrapper():
    """A wrapper is an ``async def`` that is given the flow; anything else is refused where it is written."""

    def plain(self, flow, request):
        return flow

    async def without(self, request):
        return None

    for function in (plain, without):
        with pytest.raises(hk.PluginError, match=r"async def.*flow"):
            wraps_flow(function)
