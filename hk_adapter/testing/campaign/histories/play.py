"""One move of the true resolver from any state of a cancel: played once for each way in which its requests can end."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from msgspec.structs import replace as changed

from hk_adapter.errors import AdapterError, NotSent, OutcomeUnknown
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.one import CancelRun, decide_next, make_step
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.policy import Step
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.flow.driver import START, Answer, Done, close, step
from hk_adapter.flow.effects import (
    UNMEASURED,
    ClockSample,
    Effect,
    Flow,
    HttpCall,
    Moment,
    Now,
    Pause,
    Sleep,
)
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelReport, CancelRequest, FetchOrderRequest, Operation, Order
from hk_adapter.testing.campaign.histories.events import EPOCH, Event, clock_readings, looks, sends
from hk_adapter.testing.campaign.histories.settings import Setting
from hk_adapter.testing.campaign.histories.world import ORDER_ID, PRICE, TICK, World

LUCK = 0.5
"""What every draw comes to: pauses are of middling length."""
LEAST_PATIENCE = 0.01
MEASURED = 101.0
"""Milliseconds by which a measured clock may be wrong: one answer's time, and what both sides leave out."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a history stands: what the call knows, and what is true."""

    call: CancelRun
    world: World


class _Hooks:
    """A venue whose every answer is what the history says: a reply comes back from the request itself."""

    async def cancel_order(self, request: CancelRequest) -> Order:
        """Send a cancel."""
        return cast("Order", _given(await HttpCall("DELETE", "/order", params={"id": str(request.order_id)})))

    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Look an order up."""
        named = "id" if request.order_id is not None else "client id"
        return cast("Order", _given(await HttpCall("GET", "/order", params={"named by": named})))

    async def fetch_time(self) -> int:
        """Ask for the venue's time."""
        return cast("int", _given(await HttpCall("GET", "/time")))

    def attempt(self, operation: Operation, request: object, hook: str) -> Flow[Any]:
        """Call one of them."""
        flow: Flow[Any] = getattr(self, hook)(**({} if request is None else {"request": request}))
        return flow


def start(setting: Setting) -> Position:
    """Begin a history."""
    operation = Operation(
        name="cancel_order",
        request=setting.request,
        timeout=setting.timeout,
        wait=setting.wait,
        deadline=setting.timeout,
    )
    case = CancelCase(setting.request)
    case.placed = setting.placed
    hooks = OperationHooks(cast("VenueHooks", _Hooks()), operation)
    call = CancelRun(hooks, SharedLookups(), operation, case, 0.0, setting.timeout)
    return Position(call, changed(setting.world, measured=setting.measured))


def decide(position: Position) -> Step:
    """Ask the resolver what it does next."""
    move, _ = _Walk(position.world, ()).through(decide_next(position.call))
    return cast("Step", move)


def report(position: Position, *, late: bool) -> tuple[CancelReport, World]:
    """Let the call end now; ``late`` at its deadline, with nothing heard since."""
    world = position.world
    if late:
        world = changed(world, now=max(world.now, position.call.deadline))
    return verdict(position.call.case, position.call.operation.wait, world.now), world


def after(setting: Setting, position: Position, move: Step) -> Iterator[tuple[str, Position]]:
    """Make a move once for each way in which it can end."""
    scripts: list[tuple[Event, ...]] = [()]
    while scripts:
        script = scripts.pop()
        call = changed(position.call, case=copy.copy(position.call.case), looks=SharedLookups())
        walk = _Walk(position.world, script, setting)
        try:
            walk.through(make_step(call, move))
        except _NotScriptedError as fork:
            scripts += [(*script, event) for event in reversed(fork.events)]
            continue
        now = min(_rounded(walk.world.now), max(walk.world.now, call.deadline))
        yield "; ".join(event.text for event in script), Position(call, changed(walk.world, now=now))


class _NotScriptedError(BaseException):
    """The flow sent a request beyond its script, to which this can happen. No flow may catch it."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events


class _Walk:
    """Drives a flow through a world by a script: the event that each request meets."""

    def __init__(self, world: World, script: tuple[Event, ...], setting: Setting | None = None) -> None:
        self.world = world
        self._script = iter(script)
        self._setting = setting

    def through(self, flow: Flow[Any]) -> Any:
        """Run a flow to its end."""
        answer = START
        try:
            while not isinstance(wanted := step(flow, answer), Done):
                answer = self._answer(wanted)
        except BaseException:  # a fork of the script too, which is no Exception
            close(flow)
            raise
        return wanted.value

    def _answer(self, effect: Effect[Any]) -> Answer:
        match effect:
            case Now():
                world = self.world
                doubt = MEASURED if world.measured else UNMEASURED
                return Answer(Moment(world.now, EPOCH + int(world.now * 1000), world.now - world.heard, doubt, LUCK))
            case Sleep():
                return self._sleep(effect)
            case HttpCall():
                return self._exchange(effect)
            case ClockSample():
                self.world = changed(self.world, measured=True)
                return START
            case Pause():
                return START
            case _:
                raise TypeError(f"a cancel of one order awaits no {type(effect).__name__}")

    def _sleep(self, effect: Sleep) -> Answer:
        until = math.inf if effect.until is None else effect.until
        self.world = self.world.later(max(0.0, min(effect.seconds, until - self.world.now)), heard=False)
        if effect.strict and self.world.now >= until:
            return Answer(error=NotSent("the deadline passed while the call slept"))
        return START

    def _exchange(self, call: HttpCall) -> Answer:
        if call.deadline is None or self._setting is None:
            raise TypeError(f"no request is expected here: {call.method} {call.path}")
        left = call.deadline - self.world.now
        if left <= LEAST_PATIENCE:
            return Answer(error=NotSent("the deadline passed before the request was sent"))
        patience = min(left * call.share, left if call.timeout is None else call.timeout)
        event = next(self._script, None)
        if event is None:
            latest = self.world.now + patience
            events = _events(self._setting, call, self.world, patience)
            raise _NotScriptedError([one for one in events if one.world.now <= latest])
        self.world = event.world
        if isinstance(event.reply, Order) and (event.reply.id, event.reply.price) == (ORDER_ID, PRICE):
            self.world = changed(self.world, terms_heard=True)
        if isinstance(event.reply, NotSent | OutcomeUnknown):
            return Answer(error=event.reply)
        return Answer(event.reply)


def _events(setting: Setting, call: HttpCall, world: World, patience: float) -> Iterator[Event]:
    if call.method == "DELETE":
        return sends(setting, world, patience)
    if call.path == "/time":
        return clock_readings(world, patience)
    by_id = call.params["named by"] == "id"
    return looks(setting, FetchOrderRequest(order_id="x" if by_id else None), world, patience)


def _given(reply: object) -> object:
    if isinstance(reply, AdapterError):
        raise reply
    return reply


def _rounded(seconds: float) -> float:
    return math.ceil(round(seconds / TICK, 6)) * TICK
