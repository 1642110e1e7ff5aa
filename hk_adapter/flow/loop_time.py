"""Waiting in the running loop, in real seconds: no tool that freezes time for a test may freeze this too."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from typing import Any

from hk_adapter.flow.real_time import stands_still


async def sleep(seconds: float) -> None:
    """Sleep in the running loop, in real seconds."""
    if seconds <= 0 or not stands_still():
        await asyncio.sleep(seconds)
        return
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()
    with _alarm(seconds, partial(loop.call_soon_threadsafe, woken.set)):
        await woken.wait()


def time_limit(seconds: float | None) -> AbstractAsyncContextManager[asyncio.Timeout]:
    """``asyncio.timeout`` in real seconds."""
    return _ByThread(seconds) if seconds is not None and stands_still() else asyncio.timeout(seconds)


class _ByThread:
    """``asyncio.timeout`` where the loop's clock is not to be trusted: a thread waits for the end."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._limit = asyncio.timeout(seconds)
        self._timer: threading.Timer
        self._within = False

    async def __aenter__(self) -> asyncio.Timeout:
        limit = await self._limit.__aenter__()
        end = partial(asyncio.get_running_loop().call_soon_threadsafe, self._end)
        self._timer, self._within = _started(max(0.0, self._seconds), end), True
        return limit

    async def __aexit__(self, *raised: Any) -> None:
        self._within = False
        self._timer.cancel()
        await self._limit.__aexit__(*raised)

    def _end(self) -> None:
        if self._within and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())


@contextmanager
def _alarm(seconds: float, ring: Callable[[], object]) -> Iterator[None]:
    timer = _started(seconds, ring)
    try:
        yield
    finally:
        timer.cancel()


def _started(seconds: float, ring: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    return timer
