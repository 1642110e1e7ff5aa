"""Listening to a bell in the running loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hk_adapter.flow.bell import Bell
from hk_adapter.flow.loop_time import time_limit


async def heard(bell: Bell, seconds: float | None) -> None:
    """Wait until it rings, or for so many seconds."""
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()

    def wake() -> None:
        if _is_at_work(loop):
            woken.set()
            return
        with suppress(RuntimeError):  # the loop has just been closed: nobody listens any more
            loop.call_soon_threadsafe(woken.set)

    bell.listen(wake)
    try:
        if seconds is None:
            await woken.wait()
        else:
            with suppress(TimeoutError):
                async with time_limit(seconds):
                    await woken.wait()
    finally:
        bell.stop_listening(wake)
        bell.heard()


def _is_at_work(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a task of the loop runs in this thread right now: then it looks at what is due before it sleeps again."""
    try:
        return asyncio.get_running_loop() is loop and asyncio.current_task() is not None
    except RuntimeError:
        return False
