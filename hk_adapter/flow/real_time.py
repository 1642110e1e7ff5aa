"""The machine's monotonic clock, for deadlines: no tool that freezes time for a test may freeze these too."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import BuiltinFunctionType
from typing import Any


class _Captured:
    # In a class: freezegun replaces what the names of modules hold. Where it has done so before this is imported,
    # the system is asked directly.
    monotonic = (
        staticmethod(time.monotonic)
        if isinstance(time.monotonic, BuiltinFunctionType)
        else partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    )


def monotonic() -> float:
    """Seconds of ``time.monotonic()`` as nobody has frozen it."""
    return _Captured.monotonic()


def _stands_still() -> bool:
    """Whether asyncio's timers go by a clock that somebody else moves."""
    return time.monotonic is not _Captured.monotonic


async def sleep(seconds: float) -> None:
    """Sleep in the running loop, in real seconds."""
    if seconds <= 0 or not _stands_still():
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
        if self._seconds is not None and _stands_still():
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
