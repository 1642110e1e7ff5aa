"""One bench per runner: whatever a flow is promised, it is promised under threads and under asyncio."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import pytest

from hk_adapter.flow.async_runner import AsyncRunner
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.effects import ClockSample, Flow, HttpCall, Moment
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import RateLimit
from hk_adapter.transport.rate_budget import RateBudget
from tests.flow.watching import awaiting

T = TypeVar("T")


@dataclass
class FakeClock:
    """Shows what it was set to, and remembers what it was told."""

    monotonic: float = 100.0
    timestamp: int = 1_701_094_949_000
    samples: list[ClockSample] = field(default_factory=list)

    def now(self, luck: float = 0.0) -> Moment:
        """Read both clocks."""
        return Moment(self.monotonic, self.timestamp, luck=luck)

    def time(self) -> float:
        """Read ours."""
        return self.monotonic

    def sample(self, reading: ClockSample) -> None:
        """Remember a reading."""
        self.samples.append(reading)


@dataclass
class Venue:
    """Both transports in one: answers each request with its path, or as ``answers`` says for that path."""

    answers: dict[str, Any] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)

    def answer(self, request: HttpRequest, deadline: float) -> Response:
        """Give the answer for a request, or raise it."""
        self.sent.append(request.path)
        self.deadlines.append(deadline)
        answer = self.answers.get(request.path, Response(200, {}, request.path.encode()))
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Response)
        return answer


class BlockingVenue:
    """The venue, as a BlockingTransport."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Answer at once."""
        return self._venue.answer(request, deadline)

    def close(self) -> None:
        """Close nothing."""


class AsyncVenue:
    """The venue, as an AsyncTransport that gives way to other tasks before it answers."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    async def send(self, request: HttpRequest, deadline: float) -> Response:
        """Answer after a turn of the loop."""
        await asyncio.sleep(0)
        return self._venue.answer(request, deadline)

    async def close(self) -> None:
        """Close nothing."""


@dataclass
class Bench:
    """A runner with everything around it in reach."""

    kind: Literal["blocking", "asyncio"]
    clock: FakeClock = field(default_factory=FakeClock)
    venue: Venue = field(default_factory=Venue)
    rng: random.Random | None = None
    prepared: list[str] = field(default_factory=list)
    prepare_error: Exception | None = None
    limits: dict[str, RateLimit] = field(default_factory=dict)
    line: Liveness = field(default_factory=Liveness)

    def runtime(self) -> Runtime:
        """Join what every runner needs."""
        rng = {} if self.rng is None else {"rng": self.rng}
        budget = RateBudget(self.limits)
        return Runtime(prepare=self.prepare, clock=self.clock, admission=budget, liveness=self.line, **rng)

    def prepare(self, call: HttpCall) -> HttpRequest:
        """Stand in for signing."""
        self.prepared.append(call.path)
        if self.prepare_error is not None:
            raise self.prepare_error
        return HttpRequest(call.method, f"https://venue.example{call.path}", {})

    def blocking_runner(self, sleep: Callable[[float], None] = lambda _: None) -> BlockingRunner:
        """Give a runner for threads whose sleeping is ``sleep``."""
        return BlockingRunner(self.runtime(), BlockingVenue(self.venue), sleep=sleep)

    def async_runner(self) -> AsyncRunner:
        """Give a runner for asyncio."""
        return AsyncRunner(self.runtime(), AsyncVenue(self.venue))

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end, in this bench's way."""
        if self.kind == "blocking":
            return self.blocking_runner().run(flow)
        runner = asyncio.Runner()
        task = runner.get_loop().create_task(self.async_runner().run(flow))
        try:
            with runner:
                return runner.get_loop().run_until_complete(task)
        finally:
            task.cancelled() or task.exception()  # else an interrupted task is logged as "never retrieved"


@pytest.fixture(params=["blocking", "asyncio"])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Give a bench for each runner in turn."""
    return Bench(request.param)


@pytest.fixture
def threads() -> Bench:
    """Give a bench for what only the runner for threads promises."""
    return Bench("blocking")


@pytest.fixture
def loop() -> Bench:
    """Give a bench for what only the asyncio runner promises."""
    return Bench("asyncio")


@pytest.fixture(params=["driven", "awaited"])
def way(request: pytest.FixtureRequest) -> Callable[[Flow[Any]], Flow[Any]]:
    """Give the two ways in which a watched flow is used: driven by a runner, and awaited from an ``async def``."""
    ways: dict[str, Callable[[Flow[Any]], Flow[Any]]] = {"driven": lambda flow: flow, "awaited": awaiting}
    return ways[request.param]
