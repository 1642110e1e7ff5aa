"""The time of a recording while it is played: it begins when the recording began, and nobody waits for it to pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from hk_adapter.flow import loop_time, real_time

_PAUSE = 0.001
"""Seconds for which whoever sleeps lets others go on, before all time up to its waking passes at once."""
_PATIENCE = 0.05
"""Seconds for which it lets calls go on that are at work: a thread that has to wait for its turn shall lose no time."""

_TICK = 1e-6
"""Seconds by which a sleep is longer than asked for: what is left of one, by rounding, shall not be slept for ever."""


class ReplayTime:
    """A clock that stands still but for what is slept, and for the times at which answers came. Thread-safe.

    Nothing that stands still for a test (freezegun, time-machine) stands still here.
    """

    def __init__(self, began: int) -> None:
        """Begin at ``began``, in ms UTC."""
        self._began = began / 1000
        self._start = real_time.monotonic()
        self._leapt = 0.0
        self._sleepers: dict[object, float] = {}
        self._running = 0
        self._lock = Lock()

    def monotonic(self) -> float:
        """Return seconds that pass as the recording's answers come and as calls sleep, not by how slow a machine is."""
        return self._start + self._leapt

    def real(self, deadline: float) -> float:
        """Return when a time of ``monotonic`` is by the machine's own monotonic clock, if it went on from now."""
        return real_time.monotonic() + deadline - self.monotonic()

    def wall(self) -> float:
        """Return seconds since 1970, as the recording's venue had them."""
        return self._began + self.monotonic() - self._start

    def ms(self) -> int:
        """Return milliseconds UTC, as the recording's venue had them."""
        return int(self.wall() * 1000)

    def reach(self, ms: int) -> None:
        """Let it be no earlier than a time in ms UTC: the answer that is played came then."""
        with self._lock:
            self._leapt += max(0.0, ms / 1000 - self.wall())

    def pass_by(self, seconds: float) -> None:
        """Advance the time at once, in seconds."""
        with self._lock:
            self._leapt += max(0.0, seconds)

    @contextmanager
    def running(self, first: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Count a call that runs: it sleeps, or is at work. ``first`` is done where no other one runs."""
        with self._lock:
            alone = self._running == 0
            self._running += 1
        if alone:
            first()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def sleep(self, seconds: float) -> None:
        """Sleep in a thread."""
        if seconds <= 0:
            return
        me, since = self._lie_down(seconds), real_time.monotonic()
        try:
            time.sleep(_PAUSE)
            while not self._wakes(me, since):
                time.sleep(_PAUSE)
        finally:
            self._sleepers.pop(me, None)

    async def sleep_async(self, seconds: float) -> None:
        """Sleep in the running loop."""
        if seconds <= 0:
            await loop_time.sleep(0)
            return
        me, since = self._lie_down(seconds), real_time.monotonic()
        try:
            await loop_time.sleep(_PAUSE)
            while not self._wakes(me, since):
                await loop_time.sleep(_PAUSE)
        finally:
            self._sleepers.pop(me, None)

    def _lie_down(self, seconds: float) -> object:
        me = object()
        with self._lock:
            self._sleepers[me] = self.monotonic() + seconds + _TICK
        return me

    def _wakes(self, me: object, since: float) -> bool:
        """Whether this one's time has come. Who has to wake first lets time pass for all, once nobody is at work."""
        with self._lock:
            until = self._sleepers[me]
            all_sleep = len(self._sleepers) >= self._running or real_time.monotonic() - since >= _PATIENCE
            if all_sleep and until <= min(self._sleepers.values()):
                self._leapt += max(0.0, until - self.monotonic())
            return self.monotonic() >= until
