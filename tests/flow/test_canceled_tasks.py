"""A canceled task gets its CancelledError; its flow is closed and sends nothing more."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.flow.effects import Flow, Foreign, Gather, HttpCall, Sleep

if TYPE_CHECKING:
    from conftest import Bench

AWAY = [KeyboardInterrupt("Ctrl-C"), SystemExit(3)]


def get(path: str) -> HttpCall:
    """Give a call that is still in time."""
    return HttpCall(method="GET", path=path, deadline=110.0)


def recording(seen: list[Any], *paths: str) -> Flow[None]:
    """Give a flow that makes the calls and records how it ended."""

    async def flow() -> None:
        try:
            for path in paths:
                await get(path)
            seen.append("returned")
        except BaseException as error:
            seen.append(type(error))
            raise
        finally:
            seen.append("cleaned up")

    return flow()


async def hold(entered: asyncio.Event) -> None:
    """Wait until canceled."""
    entered.set()
    await asyncio.Event().wait()


async def started(coroutine: Any, entered: asyncio.Event) -> asyncio.Task[Any]:
    """Give a task that is already waiting inside a foreign call."""
    task = asyncio.create_task(coroutine)
    await asyncio.wait_for(entered.wait(), 5)
    return task


def holding(seen: list[Any], entered: asyncio.Event) -> Flow[None]:
    """Give a flow that waits in a foreign call, and would send afterwards."""

    async def flow() -> None:
        try:
            await Foreign(blocking=lambda: None, asyncio=lambda: hold(entered))
            await get("/after")
        except BaseException as error:
            seen.append(type(error))
            raise
        finally:
            seen.append("cleaned up")

    return flow()


async def test_a_canceled_task_closes_the_flow(loop: Bench) -> None:
    """The task's caller gets CancelledError, the flow GeneratorExit, the venue nothing more."""
    seen: list[Any] = []
    entered = asyncio.Event()
    task = await started(loop.async_runner().run(holding(seen, entered)), entered)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError, match="enough"):
        await task
    assert seen == [GeneratorExit, "cleaned up"]
    assert loop.venue.sent == []


async def test_an_effect_awaited_in_cleanup_is_noted_on_the_cancellation(loop: Bench) -> None:
    """A canceled task stays canceled; that the flow wanted more is noted, and not performed."""
    entered = asyncio.Event()

    async def clinging() -> None:
        try:
            await Foreign(blocking=lambda: None, asyncio=lambda: hold(entered))
        finally:
            await get("/tidy")

    task = await started(loop.async_runner().run(clinging()), entered)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert any("clinging awaited an effect while it was being closed" in note for note in caught.value.__notes__)
    assert loop.venue.sent == []


async def test_a_timeout_of_the_callers_closes_the_flow(loop: Bench) -> None:
    """Under ``asyncio.timeout`` the caller gets its TimeoutError and the flow is closed."""
    seen: list[Any] = []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await loop.async_runner().run(holding(seen, asyncio.Event()))
    assert seen == [GeneratorExit, "cleaned up"]


async def test_a_canceled_sleep_closes_the_flow(loop: Bench) -> None:
    """A task canceled during a wait does not wait for its end."""
    seen: list[Any] = []

    async def flow() -> None:
        try:
            await Sleep(3600)
        finally:
            seen.append("cleaned up")

    task = asyncio.create_task(loop.async_runner().run(flow()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert seen == ["cleaned up"]


async def test_a_canceled_gather_closes_every_flow(loop: Bench) -> None:
    """Canceled among several flows, all end and no task is left behind."""
    seen: list[Any] = []
    entered = asyncio.Event()

    async def gathered(*flows: Flow[Any]) -> None:
        await Gather(flows)

    flow = gathered(holding(seen, asyncio.Event()), gathered(holding(seen, entered)))

    task = await started(loop.async_runner().run(flow), entered)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == [GeneratorExit, "cleaned up"] * 2
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("again", [(), (0,), (1,), (2,), (3,), (4,), (2, 1, 1)], ids=str)
async def test_flows_of_a_gather_that_never_began_are_closed(loop: Bench, again: tuple[int, ...]) -> None:
    """A gather canceled before its flows ran their first step, and again so many turns of the loop later, closes them.

    Else an unawaited flow would be left to warn about.
    """
    seen: list[Any] = []

    flows = (recording(seen, "/a"), recording(seen, "/b"))

    async def flow() -> None:
        await Gather(flows)

    task = asyncio.create_task(loop.async_runner().run(flow()))
    await asyncio.sleep(0)
    task.cancel()
    for turns in again:
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {inspect.getcoroutinestate(flow) for flow in flows} == {"CORO_CLOSED"}
    assert loop.venue.sent == []
    assert "returned" not in seen


async def test_nothing_is_sent_after_a_gather_ended_early(loop: Bench) -> None:
    """Where one flow's task was canceled, the others have ended too before the caller hears of it."""
    gone: list[bool] = []

    async def canceled() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    async def slow() -> None:
        try:
            await asyncio.sleep(0.02)
        finally:
            gone.append(True)

    def foreign(side: Callable[[], Any]) -> Flow[None]:
        async def flow() -> None:
            await Foreign(blocking=lambda: None, asyncio=side)

        return flow()

    async def flow() -> None:
        await Gather((foreign(slow), foreign(canceled)))

    with pytest.raises(asyncio.CancelledError):
        await loop.async_runner().run(flow())
    ended_in_time = bool(gone)
    await asyncio.sleep(0.05)
    assert ended_in_time


async def test_a_runner_that_is_closed_closes_its_flow(loop: Bench) -> None:
    """A run that its owner drops half-way ends its flow as well."""
    seen: list[Any] = []
    running = loop.async_runner().run(holding(seen, asyncio.Event()))
    running.send(None)
    running.close()
    assert seen == [GeneratorExit, "cleaned up"]
