"""The runners: one for threads, one for asyncio. Both drive the same flows; everything that performs is handed in."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from hk_adapter.errors import AdapterError, NotSent, OutcomeUnknown
from hk_adapter.flow.effects import (
    ClockSample,
    Effect,
    Flow,
    Foreign,
    Gather,
    HttpCall,
    Moment,
    Now,
    Pause,
    Random,
    Sleep,
)
from hk_adapter.flow.trampoline import START, Answer, Done, abandon, step
from hk_adapter.flow.wire import AsyncPerformer, BlockingPerformer, HttpRequest, Response

T = TypeVar("T")

Step = Callable[[Flow[Any], Answer], Effect[Any] | Done[Any]]
"""How a flow is moved on: by ``step``, or by ``step_or_error``."""

Prepare = Callable[[HttpCall], HttpRequest]
"""Sign a call and build its bytes, at the moment of sending. Raises NotSent where that is impossible."""


class Clock(Protocol):
    """Our monotonic clock, and the venue's time as far as it is known."""

    def now(self) -> Moment:
        """Read both."""

    def sample(self, reading: ClockSample) -> None:
        """Learn from a reading of the venue's time."""


class Admission(Protocol):
    """The local rate budget, which says when a call may go out. Times in seconds of the monotonic clock."""

    def enter(self, call: HttpCall, deadline: float) -> Any:
        """Queue a call and return its ticket, which must be given back by ``leave``."""

    def ask(self, ticket: Any, now: float) -> float:
        """Say 0 if the call may go out now, else when to ask again; infinite if never before its deadline."""

    def leave(self, ticket: Any, now: float) -> None:
        """Give a ticket back."""

    def pause(self, group: str | None, until: float) -> None:
        """Let nothing of a group out before a time; None means every group."""

    def pause_left(self, group: str, now: float) -> float | None:
        """Say for how many seconds a group is paused still; None where it is not."""


class Hearing(Protocol):
    """Knows whether the venue answers at all. Times in seconds of the monotonic clock."""

    def heard(self) -> None:
        """Take that an answer came."""

    def missed(self, asked: float) -> None:
        """Take that what was asked at a time was not answered."""

    def silence(self, now: float) -> float:
        """Say for how long nothing was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What every runner needs beside its performer: how calls are signed, timed, admitted, and heard."""

    prepare: Prepare
    clock: Clock
    admission: Admission
    hearing: Hearing
    rng: random.Random = field(default_factory=random.SystemRandom)

    def now(self) -> Moment:
        """Read the clocks."""
        moment = self.clock.now()
        return Moment(moment.monotonic, moment.timestamp, self.hearing.silence(moment.monotonic))

    def time_to_sleep(self, effect: Sleep) -> float:
        """Say for how many seconds to sleep."""
        seconds = effect.seconds
        if effect.until is not None:
            seconds = min(seconds, effect.until - self.clock.now().monotonic)
        return max(0.0, seconds)

    def wake(self, effect: Sleep) -> None:
        """Raise NotSent where a strict sleep was cut short."""
        if effect.strict and effect.until is not None and self.clock.now().monotonic >= effect.until:
            raise NotSent("the deadline passed while the call slept")

    def at_once(self, effect: Effect[Any]) -> Any:
        """Perform an effect that needs no waiting."""
        match effect:
            case Now():
                return self.now()
            case Random():
                return self.rng.random()
            case ClockSample():
                return self.clock.sample(effect)
            case Pause(group, seconds):
                return self.admission.pause(group, self.clock.now().monotonic + seconds)
            case _:
                raise TypeError(f"no runner performs {type(effect).__name__}")


class Passage:
    """One call's way to the venue: admitted, signed, sent, heard. A runner walks it and does the waiting.

    Used as a context manager around the exchange; leaving it gives the budget's slot back.
    """

    def __init__(self, station: Station, call: HttpCall) -> None:
        if call.deadline is None:
            raise TypeError(f"an HttpCall without a deadline: {call.method} {call.path}")
        self._station = station
        self._call = call
        self._deadline: float = call.deadline
        self._ticket = station.admission.enter(call, call.deadline)
        self._asked = 0.0

    def __enter__(self) -> Passage:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        hearing = self._station.hearing
        if error is None:
            hearing.heard()
        elif isinstance(error, OutcomeUnknown) or (isinstance(error, NotSent) and error.unreachable):
            hearing.missed(self._asked)
        self._station.admission.leave(self._ticket, self._station.clock.now().monotonic)

    def wait(self) -> float:
        """Say how many seconds to wait before asking again; 0 when the call may go out."""
        now = self._station.clock.now().monotonic
        if now >= self._deadline:
            raise NotSent("the deadline passed before the request was sent")
        admission = self._station.admission
        seconds = admission.ask(self._ticket, now)
        if seconds == math.inf:
            paused = admission.pause_left(self._call.group, now)
            raise NotSent("the rate budget has no room for the request before the deadline", retry_after=paused)
        return seconds

    def request(self) -> tuple[HttpRequest, float]:
        """Sign the call now, and say by when it must be over, in seconds of the monotonic clock."""
        now = self._asked = self._station.clock.now().monotonic
        patience = (self._deadline - now) * self._call.share
        if self._call.timeout is not None:
            patience = min(patience, self._call.timeout)
        return self._station.prepare(self._call), now + patience


class BlockingRunner:
    """Drives flows in the calling thread. May be used from many threads at once."""

    def __init__(
        self, station: Station, performer: BlockingPerformer, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._station = station
        self._performer = performer
        self._sleep = sleep

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result, or raise what it raises.

        When the call is abandoned (KeyboardInterrupt, SystemExit) the flow is closed and sends nothing more.
        """
        result: T = self._drive(flow, step)
        return result

    def _drive(self, flow: Flow[Any], step: Step) -> Any:
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
        except Exception as error:  # noqa: BLE001 - told apart in travelling
            return travelling(effect, error)

    def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case HttpCall():
                return self._exchange(effect)
            case Sleep():
                self._sleep(self._station.time_to_sleep(effect))
                return self._station.wake(effect)
            case Gather(flows):
                return self._one_after_another(flows)
            case Foreign():
                return effect.blocking()
            case _:
                return self._station.at_once(effect)

    def _exchange(self, call: HttpCall) -> Response:
        with Passage(self._station, call) as passage:
            while (seconds := passage.wait()) > 0:
                self._sleep(seconds)
            return self._performer.send(*passage.request())

    def _one_after_another(self, flows: tuple[Flow[Any], ...]) -> list[Any]:
        try:
            return [self._drive(flow, step_or_error) for flow in flows]
        except BaseException as reason:
            for flow in flows:
                abandon(flow, reason)
            raise


def step_or_error(flow: Flow[Any], answer: Answer) -> Effect[Any] | Done[Any]:
    """As ``step``, with what the flow raises as its result: for the flows of a Gather."""
    try:
        return step(flow, answer)
    except Exception as error:  # noqa: BLE001 - Gather gives errors as values
        return Done(error)


def travelling(effect: Effect[Any], error: Exception) -> Answer:
    """Let an error travel into the flow, unless it is neither the network's nor ours.

    A performer turns all that a network can do into our errors. Anything else is a test tool's (no such cassette,
    network blocked) or a bug, and must reach the caller whatever flows and wrappers catch. What comes out of a
    Gather, where errors are values, can be nothing else.
    """
    if isinstance(effect, HttpCall | Gather) and not isinstance(error, AdapterError):
        raise error
    return Answer(error=error)


class AsyncRunner:
    """Drives flows in an asyncio task of the running loop."""

    def __init__(self, station: Station, performer: AsyncPerformer) -> None:
        self._station = station
        self._performer = performer

    async def run(self, flow: Flow[T]) -> T:
        """As BlockingRunner.run; a canceled task closes the flow."""
        result: T = await self._drive(flow, step)
        return result

    async def _drive(self, flow: Flow[Any], step: Step) -> Any:
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
        except Exception as error:  # noqa: BLE001 - told apart in travelling
            return travelling(effect, error)

    async def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case HttpCall():
                return await self._exchange(effect)
            case Sleep():
                await asyncio.sleep(self._station.time_to_sleep(effect))
                return self._station.wake(effect)
            case Gather(flows):
                return await self._side_by_side(flows)
            case Foreign():
                return await self._by_library(effect)
            case _:
                return self._station.at_once(effect)

    async def _by_library(self, effect: Foreign[T]) -> T:
        if effect.deadline is None:
            return await effect.asyncio()
        left = effect.deadline - self._station.now().monotonic
        try:
            async with asyncio.timeout(left) as limit:
                return await effect.asyncio()
        except TimeoutError:
            if limit.expired():
                raise OutcomeUnknown("a library's own I/O was not over by the deadline") from None
            raise

    async def _exchange(self, call: HttpCall) -> Response:
        with Passage(self._station, call) as passage:
            while (seconds := passage.wait()) > 0:
                await asyncio.sleep(seconds)
            return await self._performer.send(*passage.request())

    async def _side_by_side(self, flows: tuple[Flow[Any], ...]) -> list[Any]:
        tasks = [asyncio.ensure_future(self._drive(flow, step_or_error)) for flow in flows]
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
