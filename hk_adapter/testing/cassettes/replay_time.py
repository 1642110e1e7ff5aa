"""The time of a recording while it is played: it begins when the recording began, and nobody waits for it to pass."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, RLock
from typing import Protocol

from hk_adapter.flow import loop_time, real_time
from hk_adapter.flow.bell import Bell

_PAUSE = 0.001
"""Seconds for which whoever sleeps lets others go on, before all time up to its waking passes at once."""
_PATIENCE = 0.05
"""Seconds for which it lets calls go on that are at work: a thread that has to wait for its turn shall lose no time."""

_LONG_PATIENCE = 5.0
"""Seconds for which whoever listens lets calls go on that are at work, and a watch begin: a library may be imported."""
_GRACE = 2.0
"""Seconds, beyond those that the recording took, for which others may still do what was recorded, or end a wait."""
_LONGEST_PAUSE = 0.02
"""Seconds between two looks of whoever listens for long."""
_IDLE = 2
"""How often a poll goes on though nothing new was played, while the recording has more: it may be a list ahead."""
_BEYOND = 60.0
"""Seconds of the recording's time, beyond its length, in which nothing new came: no later wait is let begin."""

_TICK = 1e-6
"""Seconds by which a sleep is longer than asked for: what is left of one, by rounding, shall not be slept for ever."""


_behind: ContextVar[bool] = ContextVar("hk_adapter_behind", default=False)


@contextmanager
def behind() -> Iterator[None]:
    """Let what runs in this task be nobody's call: what a watch asks for, whoever watches."""
    token = _behind.set(True)
    try:
        yield
    finally:
        _behind.reset(token)


def machine_ms() -> int:
    """Return this machine's time, in ms UTC."""
    return time.time_ns() // 1_000_000


class RecordingEnded(Exception):
    """A watch waits for what is not in the recording that is played: no more can come of it."""


class ToCome(Protocol):
    """What of a recording was not played yet."""

    @property
    def length(self) -> float:
        """How long the recording took, in seconds."""

    @property
    def is_played(self) -> bool:
        """Whether all of it was played."""

    def next_change(self, after: int) -> int | None:
        """Return when the next request was asked for that changes something, in ms UTC; None where there is none."""

    def has_read_before(self, ms: int) -> bool:
        """Whether another request is still to come that was asked for by a time in ms UTC."""

    def ended(self) -> Exception:
        """Return the error of who waits for more."""


class _Nothing:
    length = 0.0
    is_played = False

    def next_change(self, after: int) -> int | None:
        return None

    def has_read_before(self, ms: int) -> bool:
        return False

    def ended(self) -> Exception:
        return RecordingEnded("nothing more is recorded")


class _Sleeper:
    """One who waits for a time, of ``monotonic``; who listens may be woken before."""

    def __init__(self, until: float, seconds: float, *, listens: bool = False) -> None:
        self.until = until
        self.seconds = seconds
        self.since = real_time.monotonic()
        self.listens = listens
        self.behind = _behind.get()


class ReplayTime:
    """A clock that stands still but for what is slept, and for the times at which answers came. Thread-safe.

    Nothing that stands still for a test (freezegun, time-machine) stands still here. Who listens for a watch's updates
    sleeps, too. What a watch asks for by itself is asked at once while a call waits, and else, while the test does
    something of its own, as late as it would be; never before a create or cancel that was recorded earlier.
    """

    def __init__(self, began: int, to_come: ToCome | None = None) -> None:
        """Begin at ``began``, in ms UTC."""
        self._began = began / 1000
        self._to_come = to_come or _Nothing()
        self._start = self._stirred = self._fresh = real_time.monotonic()
        self._leapt = self._fresh_at = 0.0
        self._sleepers: set[_Sleeper] = set()
        self._running = self._behind = self._idle = 0
        self._held: tuple[int, float] | None = None
        self._missed = 0
        self._lock = RLock()

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

    def has_news(self) -> None:
        """Record that an answer was played which was not before."""
        with self._lock:
            self._fresh, self._fresh_at, self._idle = real_time.monotonic(), self._leapt, 0

    @contextmanager
    def running(self, first: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Count a call that runs: it sleeps, or is at work. ``first`` is done where no other one runs."""
        is_behind = _behind.get()
        with self._lock:
            alone = self._running == 0
            self._running += 1
            self._behind += is_behind
            self._stirred = real_time.monotonic()
        if alone:
            first()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                self._behind -= is_behind
                self._stirred = real_time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep in a thread."""
        if seconds <= 0:
            return
        with self._lying(self._sleeper(seconds)) as me:
            time.sleep(_PAUSE)
            while not self._wakes(me):
                time.sleep(_PAUSE)

    async def sleep_async(self, seconds: float) -> None:
        """Sleep in the running loop."""
        if seconds <= 0:
            await loop_time.sleep(0)
            return
        with self._lying(self._sleeper(seconds)) as me:
            await loop_time.sleep(_PAUSE)
            while not self._wakes(me):
                await loop_time.sleep(_PAUSE)

    def listen(self, bell: Bell, until: float | None) -> None:
        """Wait in a thread until a bell rings, or for a time of ``monotonic``. Raises what ``ToCome.ended`` returns."""
        with self._listening(bell, until) as (me, rung):
            while not rung.wait(_pause(me)) and not self._wakes(me):
                self._check_to_come(me)

    async def listen_async(self, bell: Bell, until: float | None) -> None:
        """As ``listen``, in the running loop."""
        with self._listening(bell, until) as (me, rung):
            await loop_time.sleep(0)
            while not rung.is_set() and not self._wakes(me):
                self._check_to_come(me)
                await loop_time.sleep(_pause(me))

    @contextmanager
    def _listening(self, bell: Bell, until: float | None) -> Iterator[tuple[_Sleeper, Event]]:
        end = math.inf if until is None else until + _TICK
        me, rung = _Sleeper(end, end - self.monotonic(), listens=True), Event()

        def wake() -> None:
            self._rise(me)  # it is at work from now on, whenever its own thread or task comes to its turn
            rung.set()

        try:
            with self._lying(me):
                bell.listen(wake)
                yield me, rung
        finally:
            bell.stop_listening(wake)
            bell.heard()

    def _sleeper(self, seconds: float) -> _Sleeper:
        return _Sleeper(self.monotonic() + seconds + _TICK, seconds)

    @contextmanager
    def _lying(self, me: _Sleeper) -> Iterator[_Sleeper]:
        with self._lock:
            self._sleepers.add(me)
            self._stirred = me.since
        try:
            yield me
        finally:
            self._rise(me)

    def _rise(self, me: _Sleeper) -> None:
        with self._lock:
            self._sleepers.discard(me)
            self._stirred = real_time.monotonic()

    def _wakes(self, me: _Sleeper) -> bool:
        """Whether this one's time has come. Who has to wake first lets time pass for all, once nobody is at work."""
        with self._lock:
            if self._has_no_more(me) or self._waits_for_calls(me):
                return False
            if self.monotonic() < me.until and self._lets_time_pass(me):
                self._leapt += max(0.0, me.until - self.monotonic())
            wakes = self.monotonic() >= me.until
            self._idle += wakes and me.listens and me.behind
            return wakes

    def _waits_for_calls(self, one: _Sleeper) -> bool:
        """Whether a poll lets a call that is at work come to its end, be its time reached: so what it asks is the same.

        An answer that both overlap would be told before the call knows what it has done.
        """
        at_work = not self._all_sleep and real_time.monotonic() - self._stirred < _LONG_PATIENCE
        return at_work and one.listens and one.behind

    def _has_no_more(self, one: _Sleeper) -> bool:
        """Whether a poll asks no more: the recording has nothing new for it, and may lack what it would ask next."""
        return one.listens and one.behind and (self._idle >= _IDLE or self._to_come.is_played)

    def _lets_time_pass(self, me: _Sleeper) -> bool:
        if math.isinf(me.until) or self._is_held(me):
            return False
        if any(other.until < me.until and not self._is_held(other) for other in self._sleepers):
            return False
        now = real_time.monotonic()
        if not me.listens:
            return self._all_sleep or now - me.since >= _PATIENCE
        if not self._all_sleep:
            return now - self._stirred >= _LONG_PATIENCE
        if me.behind:
            return self._running > self._behind or now - me.since >= me.seconds
        return now - self._stirred >= (_PATIENCE if self._behind else _LONG_PATIENCE)

    @property
    def _all_sleep(self) -> bool:
        return len(self._sleepers) >= self._running

    def _is_held(self, one: _Sleeper) -> bool:
        """Whether a listener has to leave time where it is: for a change to be asked for, or for want of news."""
        if not one.listens or math.isinf(one.until):
            return False
        return self._has_no_more(one) or self._is_before_a_change(one)

    def _is_before_a_change(self, one: _Sleeper) -> bool:
        """Whether a change comes first that was recorded, and is still to be asked for: not overdue in real time.

        For a poll it does so, too, where its next answer was recorded after the change.
        """
        now = self.ms()
        change = self._to_come.next_change(max(now, self._missed + 1))
        if change is None:
            return False
        is_later = self._began + one.until - self._start > change / 1000
        if not is_later and (not one.behind or self._to_come.has_read_before(change)):
            return False
        real = real_time.monotonic()
        if self._held is None or self._held[0] != change:
            self._held = change, real + (change - now) / 1000 + _GRACE
        if real < self._held[1]:
            return True
        self._missed = change
        return self._is_before_a_change(one)

    def _check_to_come(self, me: _Sleeper) -> None:
        """Raise where one who listens does so in vain: all was played, and nobody else did anything in all its time."""
        if me.behind:
            return
        length = self._to_come.length
        with self._lock:
            now = real_time.monotonic()
            if math.isinf(me.until):
                waits = self._all_sleep or now - self._stirred >= _LONG_PATIENCE
                in_vain = waits and now >= max(self._fresh, self._start + length) + _GRACE
            else:
                in_vain = me.until - me.seconds - self._start > self._fresh_at + length + _BEYOND
        if in_vain:
            raise self._to_come.ended()


def _pause(me: _Sleeper) -> float:
    return min(_LONGEST_PAUSE, max(_PAUSE, (real_time.monotonic() - me.since) / 20))
