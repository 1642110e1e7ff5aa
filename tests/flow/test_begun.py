"""A coroutine that has taken its first step is told from one that is over, and is awaited like any other."""

from __future__ import annotations

import asyncio

import pytest

from hk_adapter.transport.begun import Begun


async def waits(event: asyncio.Event, seen: list[str]) -> str:
    """Wait for an event, and say how that went."""
    try:
        await event.wait()
    except asyncio.CancelledError:
        seen.append("canceled")
        raise
    await asyncio.sleep(0)
    return "came"


async def at_once() -> str:
    """Wait for nothing."""
    return "there"


def test_what_needs_no_waiting_is_over():
    """Its result is had by awaiting it; nothing is waited for."""

    async def run():
        begun = Begun(at_once())
        assert begun.is_over
        assert await begun == "there"

    asyncio.run(run())


def test_what_waits_goes_on_where_it_is_awaited():
    """It was run up to its first wait; each wait of it is one of the task that awaits it."""

    async def run():
        event = asyncio.Event()
        begun = Begun(waits(event, []))
        assert not begun.is_over
        asyncio.get_running_loop().call_soon(event.set)
        assert await begun == "came"

    asyncio.run(run())


def test_a_canceled_wait_ends_the_coroutine():
    """It is told, and the task ends as canceled; a time limit ends it as well."""

    async def run():
        seen: list[str] = []

        async def awaiting():
            await Begun(waits(asyncio.Event(), seen))

        task = asyncio.create_task(awaiting())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await Begun(waits(asyncio.Event(), seen))
        assert seen == ["canceled"] * 2

    asyncio.run(run())


def test_a_first_step_that_fails_raises_at_once():
    """Nothing is left to be awaited."""

    async def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Begun(fails())
