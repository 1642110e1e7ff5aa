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
        with suppress(RuntimeError):  # the loop has just been closed: nobody listens any more
            loop.call_soon_threadsafe(woken.set)

    bell.listen(wake)
    try:
        with suppress(TimeoutError):
            async with time_limit(seconds):
                await woken.wait()
    finally:
        bell.stop_listening(wake)
        bell.heard()
