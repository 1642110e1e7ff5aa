"""The runners: one for threads, one for asyncio. Both drive the same flows; the performer is handed in."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from hk_adapter.errors import AdapterError, NotSent
from hk_adapter.flow.effects import (
    ClockSample,
    Effect,
    Flow,
    Foreign,
    Gather,
    HttpCall,
    Moment,
    Now,
    Random,
    Sleep,
)
from hk_adapter.flow.trampoline import START, Answer, Done, abandon, step
from hk_adapter.flow.wire import AsyncPerformer, BlockingPerformer, HttpRequest

T = TypeVar("T")


class Clock(Protocol):
    """Our monotonic clock, and the venue's time as far as it is known."""

    def now(self) -> Moment:
        """Read both."""

    def sample(self, offset: int) -> None:
        """Learn that the venue's time minus ours was ``offset`` ms."""


Prepare = Callable[[HttpCall], HttpRequest]
"""Sign a call and build its bytes, at the moment of sending. Raises NotSent where that is impossible."""


class _Common:
    """The effects that need no waiting, the same under every runner."""

    def __init__(self, prepare: Prepare, clock: Clock, rng: random.Random | None) -> None:
        self._prepare = prepare
        self._clock = clock
        self._rng = rng or random.SystemRandom()

    def _at_once(self, effect: Effect[Any]) -> Any:
        match effect:
            case Now():
                return self._clock.now()
            case Random():
                return self._rng.random()
            case ClockSample(offset):
                return self._clock.sample(offset)
            case _:
                raise TypeError(f"no runner performs {type(effect).__name__}")

    def _ready(self, call: HttpCall) -> tuple[HttpRequest, float]:
        deadline = call.deadline
        if deadline is None:
            raise TypeError(f"an HttpCall without a deadline: {call.method} {call.path}")
        if self._clock.now().monotonic >= deadline:
            raise NotSent("the deadline passed before the request was sent")
        return self._prepare(call), deadline


class BlockingRunner(_Common):
    """Drives flows in the calling thread. May be used from many threads at once."""

    def __init__(
        self,
        prepare: Prepare,
        performer: BlockingPerformer,
        clock: Clock,
        *,
        rng: random.Random | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(prepare, clock, rng)
        self._performer = performer
        self._sleep = sleep

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result, or raise what it raises.

        When the call is abandoned (KeyboardInterrupt, SystemExit) the flow is closed and sends nothing more.
        """
        answer = START
        try:
            while True:
                moved = step(flow, answer)
                if isinstance(moved, Done):
                    return moved.value
                answer = self._answer(moved)
        except BaseException as reason:
            abandon(flow, reason)
            raise

    def _answer(self, effect: Effect[Any]) -> Answer:
        try:
            return Answer(self._perform(effect))
        except Exception as error:  # noqa: BLE001 - told apart in _travelling
            return _travelling(effect, error)

    def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case HttpCall():
                request, deadline = self._ready(effect)
                return self._performer.send(request, deadline)
            case Sleep(seconds):
                return self._sleep(max(0.0, seconds))
            case Gather(flows):
                return self._one_after_another(flows)
            case Foreign():
                return effect.blocking()
            case _:
                return self._at_once(effect)

    def _one_after_another(self, flows: tuple[Flow[Any], ...]) -> list[Any]:
        try:
            return [self._result_or_error(flow) for flow in flows]
        except BaseException as reason:
            for flow in flows:
                abandon(flow, reason)
            raise

    def _result_or_error(self, flow: Flow[Any]) -> Any:
        try:
            return self.run(flow)
        except Exception as error:  # noqa: BLE001 - Gather gives errors as values
            return error


def _travelling(effect: Effect[Any], error: Exception) -> Answer:
    """Let an error travel into the flow, unless it is neither the network's nor ours.

    A performer turns all that a network can do into our errors. Anything else is a test tool's (no such cassette,
    network blocked) or a bug, and must reach the caller whatever flows and wrappers catch.
    """
    if isinstance(effect, HttpCall) and not isinstance(error, AdapterError):
        raise error
    return Answer(error=error)


class AsyncRunner(_Common):
    """Drives flows in an asyncio task of the running loop."""

    def __init__(
        self,
        prepare: Prepare,
        performer: AsyncPerformer,
        clock: Clock,
        *,
        rng: random.Random | None = None,
    ) -> None:
        super().__init__(prepare, clock, rng)
        self._performer = performer

    async def run(self, flow: Flow[T]) -> T:
        """As BlockingRunner.run; a canceled task closes the flow."""
        answer = START
        try:
            while True:
                moved = step(flow, answer)
                if isinstance(moved, Done):
                    return moved.value
                answer = await self._answer(moved)
        except BaseException as reason:
            abandon(flow, reason)
            raise

    async def _answer(self, effect: Effect[Any]) -> Answer:
        try:
            return Answer(await self._perform(effect))
        except Exception as error:  # noqa: BLE001 - told apart in _travelling
            return _travelling(effect, error)

    async def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case HttpCall():
                request, deadline = self._ready(effect)
                return await self._performer.send(request, deadline)
            case Sleep(seconds):
                return await asyncio.sleep(max(0.0, seconds))
            case Gather(flows):
                return await self._side_by_side(flows)
            case Foreign():
                return await effect.asyncio()
            case _:
                return self._at_once(effect)

    async def _side_by_side(self, flows: tuple[Flow[Any], ...]) -> list[Any]:
        tasks = [asyncio.ensure_future(self._result_or_error(flow)) for flow in flows]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException as reason:
            # gather leaves the others running when one of them ends in its own cancellation.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for flow in flows:
                abandon(flow, reason)
            raise

    async def _result_or_error(self, flow: Flow[Any]) -> Any:
        try:
            return await self.run(flow)
        except Exception as error:  # noqa: BLE001 - Gather gives errors as values
            return error
