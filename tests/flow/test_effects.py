"""What each effect brings back, under both runners."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import ClockSample, Effect, Foreign, HttpCall, Moment, Now, Random, Sleep
from hk_adapter.flow.http import Response

if TYPE_CHECKING:
    from conftest import Bench

DEADLINE = 110.0


def get(path: str, deadline: float | None = DEADLINE) -> HttpCall:
    """Give a call that is still in time."""
    return HttpCall(method="GET", path=path, deadline=deadline)


@pytest.mark.parametrize("status", [200, 400, 429, 503])
def test_every_status_is_an_answer(bench: Bench, status: int) -> None:
    """Any HTTP status comes back as a Response: judging it is the flow's work."""
    bench.venue.answers["/a"] = answer = Response(status, {"x": "y"}, b"body")

    async def flow() -> Response:
        return await get("/a")

    assert bench.run(flow()) is answer


def test_a_call_past_its_deadline_is_not_sent(bench: Bench) -> None:
    """At its deadline a call is NotSent: it is neither signed nor handed to the transport."""

    async def flow() -> list[str]:
        caught: list[str] = []
        for deadline in (bench.clock.monotonic, bench.clock.monotonic - 50):
            try:
                await get("/late", deadline)
            except NotSent as error:
                caught.append(error.request_state)
        return caught

    assert bench.run(flow()) == ["not_sent", "not_sent"]
    assert bench.prepared == bench.venue.sent == []


def test_a_call_in_time_is_sent_with_its_deadline(bench: Bench) -> None:
    """The transport is told when the exchange must be over."""

    async def flow() -> None:
        await get("/a", bench.clock.monotonic + 0.5)

    bench.run(flow())
    assert bench.venue.deadlines == [bench.clock.monotonic + 0.5]


def test_a_call_that_cannot_be_signed_is_raised_in_the_flow(bench: Bench) -> None:
    """What signing refuses the flow may catch, and nothing reaches the transport."""
    bench.prepare_error = NotSent("no credentials")

    async def flow() -> str:
        try:
            await get("/a")
        except NotSent as error:
            return str(error)
        return "sent"

    assert bench.run(flow()) == "no credentials"
    assert bench.venue.sent == []


def test_each_call_is_signed_when_it_is_sent(bench: Bench) -> None:
    """Sending one call twice signs it twice."""
    call = get("/a")

    async def flow() -> None:
        await call
        await call

    bench.run(flow())
    assert bench.prepared == bench.venue.sent == ["/a", "/a"]


def test_a_library_does_its_own_io_in_the_runners_way(bench: Bench) -> None:
    """``Foreign`` runs its blocking side under threads and its asyncio side under a loop, and only that."""
    ran = []

    async def asyncio_side() -> str:
        await asyncio.sleep(0)
        ran.append("asyncio")
        return "asyncio"

    def blocking_side() -> str:
        ran.append("blocking")
        return "blocking"

    async def flow() -> str:
        return await Foreign(blocking=blocking_side, asyncio=asyncio_side)

    assert bench.run(flow()) == bench.kind
    assert ran == [bench.kind]


def test_a_librarys_exception_is_raised_in_the_flow(bench: Bench) -> None:
    """Whatever a foreign call raises can be caught where it was awaited."""

    def blocking_side() -> None:
        raise LookupError("theirs")

    async def asyncio_side() -> None:
        raise LookupError("theirs")

    async def flow() -> str:
        try:
            await Foreign(blocking=blocking_side, asyncio=asyncio_side)
        except LookupError as error:
            return str(error)
        return "nothing"

    assert bench.run(flow()) == "theirs"


def test_random_numbers_come_from_the_runners_source(bench: Bench) -> None:
    """A seeded runner draws the same numbers again: a flow has no source of its own."""
    bench.rng = random.Random(7)

    async def flow() -> list[float]:
        return [await Random(), await Random()]

    expected = random.Random(7)
    assert bench.run(flow()) == [expected.random(), expected.random()]


def test_random_numbers_are_fractions(bench: Bench) -> None:
    """Without a seed each number is from 0 up to, not including, 1."""

    async def flow() -> list[float]:
        return [await Random() for _ in range(100)]

    drawn = bench.run(flow())
    assert all(0 <= number < 1 for number in drawn)
    assert len(set(drawn)) > 1


def test_now_reads_both_clocks_each_time(bench: Bench) -> None:
    """A flow sees the runner's clocks as they are when it asks."""

    async def flow() -> tuple[Moment, Moment]:
        before = await Now()
        bench.clock.monotonic += 5
        bench.clock.timestamp += 5_000
        return before, await Now()

    before, after = bench.run(flow())
    assert (after.monotonic - before.monotonic, after.timestamp - before.timestamp) == (5, 5_000)


def test_a_clock_sample_teaches_the_clock(bench: Bench) -> None:
    """What a flow measured reaches the venue clock as it was measured."""
    readings = [ClockSample(1_701_094_949_000, 100.0, 100.2, first=True), ClockSample(1_701_094_949_500, 100.5, 100.6)]

    async def flow() -> None:
        for reading in readings:
            await reading

    bench.run(flow())
    assert bench.clock.samples == readings


def test_an_effect_no_runner_knows_is_raised_in_the_flow(bench: Bench) -> None:
    """The effects are a closed set: another one is an error that names it."""

    class Teleport(Effect[None]):
        pass

    async def flow() -> None:
        await Teleport()

    with pytest.raises(TypeError, match="Teleport"):
        bench.run(flow())


def test_a_sleep_below_zero_is_over_at_once(bench: Bench) -> None:
    """A wait that was computed too late does not fail."""

    async def flow() -> str:
        await Sleep(-5)
        return "awake"

    assert bench.run(flow()) == "awake"


async def test_the_asyncio_runner_sleeps_in_its_loop(loop: Bench) -> None:
    """While a flow sleeps other tasks run, and it wakes after its time."""
    clock = asyncio.get_running_loop().time
    started = clock()
    other = asyncio.create_task(asyncio.sleep(0))

    async def flow() -> bool:
        await Sleep(0.02)
        return other.done()

    assert await loop.async_runner().run(flow())
    assert clock() - started >= 0.019


def test_the_blocking_runner_sleeps_as_it_was_told(threads: Bench) -> None:
    """Sleeping is injected: seconds are passed on, never below zero."""
    slept: list[float] = []

    async def flow() -> None:
        await Sleep(1.5)
        await Sleep(-1)

    threads.blocking_runner(slept.append).run(flow())
    assert slept == [1.5, 0.0]
