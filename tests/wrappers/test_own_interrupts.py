"""What a wrapper raises is its own fault, whatever its type; only the caller's own interrupt ends a call."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Foreign, Gather, RequestState, wraps_flow
from hk_adapter.flow.interrupts import callers_interrupt


class Own(BaseException):
    """Nobody's business but the wrapper's."""


INTERRUPTS = [SystemExit, asyncio.CancelledError, KeyboardInterrupt, GeneratorExit, Own]


def thrower(raise_it, around, when):  # noqa: C901 - four times, four ways
    """Make a wrapper that raises before the call, after it, in its own I/O, or while it is closed."""

    class Raises:
        armed = False

        async def go(self, flow):
            if not self.armed:
                return await flow
            if when == "before":
                raise_it()
            if when == "own i/o":
                await Foreign(raise_it, awaited(raise_it), reaches_venue=False)
            if when == "own i/o, bounded":
                await Foreign(raise_it, awaited(raise_it), reaches_venue=False, bounded=True)
            if when == "side by side":
                await Gather((flow, awaited(raise_it)()))
            try:
                return await flow
            finally:
                raise_it()

        if around == "operate":

            @wraps_flow
            async def operate(self, flow, operation):
                return await self.go(flow)

        else:

            @wraps_flow
            async def cancel_order(self, flow, request):
                return await self.go(flow)

            @wraps_flow
            async def create_order(self, flow, request):
                return await self.go(flow)

    return Raises()


def awaited(call):
    """Make an async function of a plain one."""

    async def waiting():
        call()

    return waiting


def raiser(kind):
    """Make a function that raises it."""

    def raise_it():
        raise kind

    return raise_it


WHEN = ["before", "after", "own i/o", "own i/o, bounded", "side by side"]


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("around", ["operate", "attempt"])
@pytest.mark.parametrize("kind", INTERRUPTS)
async def test_a_cancel_ends_in_its_report(open_desk, caplog, kind, around, when):
    """It goes out once, its end stands, and the fault is logged."""
    wrapper = thrower(raiser(kind), around, when)
    desk = await open_desk(plugins=[wrapper])
    order = await desk.place()
    wrapper.armed = True
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, desk.cancels) == (CancelOutcome.CANCELED, 1, 1)
    assert "Raises" in caplog.text


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("kind", [*INTERRUPTS, ValueError])
async def test_a_cancel_after_ctrl_c_ends_in_its_report(open_desk, kind, when):
    """A fault of a wrapper is one too where a bot cancels because of a Ctrl-C that it is handling."""
    wrapper = thrower(raiser(kind), "attempt", when)
    desk = await open_desk(plugins=[wrapper])
    order = await desk.place()
    wrapper.armed = True
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.raise_signal(signal.SIGTERM)
    except KeyboardInterrupt:
        report = await desk.try_cancel(order.id)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)


@pytest.mark.parametrize("around", ["operate", "attempt"])
@pytest.mark.parametrize("kind", INTERRUPTS)
async def test_a_create_fails_closed(open_desk, kind, around):
    """Before a create it is an error that says that nothing was sent."""
    wrapper = thrower(raiser(kind), around, "before")
    wrapper.armed = True
    desk = await open_desk(plugins=[wrapper])
    with pytest.raises(hk.PluginError) as caught:
        await desk.place()
    assert (caught.value.request_state, desk.simulator.requests) == (RequestState.NOT_SENT, [])


@pytest.mark.parametrize("when", ["before", "after"])
async def test_sys_exit_is_a_fault_too(open_desk, when):
    """However it is raised."""
    wrapper = thrower(lambda: sys.exit(3), "operate", when)
    desk = await open_desk(plugins=[wrapper])
    order = await desk.place()
    wrapper.armed = True
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


class InsideWrapper:
    """Lets something happen while the wrapper's own code runs."""

    def __init__(self, happen):
        self.happen, self.armed = happen, False

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Let it happen."""
        if self.armed:
            self.happen()
        await flow


def interrupted_by(happen, kind):
    """Cancel in a thread of our own signals, with something that happens within a wrapper; give what came out."""
    wrapper = InsideWrapper(happen)
    with hk.connect("hashkey", environment="simulator", plugins=[wrapper]) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        wrapper.armed = True
        with pytest.raises(kind):
            venue.try_cancel(order.id)
        assert [one for one in venue.simulator.requests if one.method == "DELETE"] == []


def test_ctrl_c_within_a_wrapper_is_the_callers():
    """It strikes where it strikes, and reaches the caller; nothing is sent."""
    interrupted_by(lambda: signal.raise_signal(signal.SIGINT), KeyboardInterrupt)


def wrapped_up():
    """Make something else of an interrupt."""
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        raise ValueError("while cleaning up")


def raised_again():
    """Make a new one of it."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise KeyboardInterrupt from None


@pytest.mark.parametrize("happen", [wrapped_up, raised_again])
def test_ctrl_c_reaches_the_caller_whatever_a_wrapper_makes_of_it(happen):
    """An error that came of it is it."""
    interrupted_by(happen, KeyboardInterrupt)


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, Own])
def test_what_a_signal_handler_raises_is_the_callers(kind):
    """A bot's own handler, which ends it on SIGTERM."""

    def handler(number, frame):
        raise kind

    before = signal.signal(signal.SIGTERM, handler)
    try:
        interrupted_by(lambda: signal.raise_signal(signal.SIGTERM), kind)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("target", ["cancel_order", "resolve_cancel", "_step", "_exchange"])
def test_an_interrupt_at_a_line_of_ours_is_the_callers(target):
    """A tracer that raises KeyboardInterrupt anywhere in our own code reaches the caller."""
    wrapper = InsideWrapper(lambda: None)

    def tracer(frame, event, arg):
        if frame.f_code.co_name == target and str(frame.f_globals.get("__name__")).startswith("hk_adapter."):
            raise KeyboardInterrupt
        return tracer

    with hk.connect("hashkey", environment="simulator", plugins=[wrapper]) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        before = sys.gettrace()
        gc.disable()  # a finalizer is no part of the call: Python swallows what is raised in one
        try:
            sys.settrace(tracer)
            with pytest.raises(KeyboardInterrupt):
                venue.cancel_order(order.id)
        finally:
            sys.settrace(before)
            gc.enable()


def test_an_error_is_no_interrupt():
    """Nor is an interrupt that nobody raised."""
    assert callers_interrupt(ValueError("a fault")) is None
    assert callers_interrupt(SystemExit(1)) is None
