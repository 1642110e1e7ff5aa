"""Waiting in the running loop, in real seconds: no tool that freezes time for a test may freeze this too."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


class time_limit:  # noqa: N801 - used as asyncio.timeout is
    """``asyncio.timeout`` in real seconds."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._limit = asyncio.timeout(seconds)
        self._timer: threading.Timer | None = None

    async def __aenter__(self) -> asyncio.Timeout:
        limit = await self._limit.__aenter__()
        if self._seconds is not None and stands_still():
            loop = asyncio.get_running_loop()
            end = partial(loop.call_soon_threadsafe, self._end)
            self._timer = _started(max(0.0, self._seconds), end)
        return limit

    async def __aexit__(self, *raised: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._limit.__aexit__(*raised)

    def _end(self) -> None:
        if self._timer is not None and not self._limit.expired():
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
