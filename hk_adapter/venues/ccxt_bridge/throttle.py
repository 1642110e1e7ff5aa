"""ccxt's own throttle, kept without its waiting: when a request is due, and which time it is signed with."""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass

from hk_adapter.flow.guard import Guard
from hk_adapter.hooks import LeakyBucket

_SECOND = 1000
"""Milliseconds."""
_BURST = 1000
"""Milliseconds by which requests that are signed at once may be ahead of the clock."""
_ROUNDING = 1e-9
"""Seconds by which two places may overlap: a float's."""


@dataclass(slots=True, eq=False)
class Slot:
    """One place in the line. Its owner waits till it is due, and looks again: it may have been put off meanwhile.

    Attributes:
        due: in seconds of the monotonic clock.
        length: seconds until the next one may be due.
        first: whether it passes those that are not.
    """

    due: float
    length: float
    first: bool

    @property
    def end(self) -> float:
        """When the next one may be due."""
        return self.due + self.length

    @property
    def milliseconds(self) -> int:
        """How much of the line it takes, in whole milliseconds."""
        return math.ceil(self.length * 1000 - _ROUNDING)


class Pace:
    """ccxt's throttle: a request of cost 1 takes ``rateLimit`` ms of the line. Thread-safe."""

    def __init__(self, rate_limit: float) -> None:
        self._seconds = float(rate_limit) / 1000
        self._lock = Guard()
        self._line: list[Slot] = []
        self._last_time = 0

    def shared(self) -> tuple[LeakyBucket, ...]:
        """Return the limit that several processes keep together, in milliseconds of the line; none where it is off.

        A second's worth may go at once, of which a fifth is kept for cancels; what takes longer counts as that much.
        """
        if not self._seconds:
            return ()
        amount = max(_SECOND, math.ceil(self._seconds * 1000))
        return (LeakyBucket(capacity=amount, refill=float(_SECOND), kept=amount // 5),)

    def take(self, cost: float, now: float, *, first: bool = False) -> Slot:
        """Reserve the first place in the line that is long enough for a request of this cost.

        One that goes ``first`` puts off those that wait and do not: a cancel never stands behind what is being created.
        """
        taken = Slot(now, cost * self._seconds, first)
        with self._lock:
            line = [place for place in self._line if place.end > now]
            passed = [place for place in line if first and not place.first and place.due > now]
            self._line = [place for place in line if place not in passed]
            for place in (taken, *passed):
                self._lay(place)
        return taken

    def _lay(self, place: Slot) -> None:
        """Put a place into the line, no sooner than it is due already."""
        for other in self._line:
            if place.end <= other.due + _ROUNDING:
                break
            place.due = max(place.due, other.end)
        if place.length > 0:
            insort(self._line, place, key=lambda one: one.due)

    def give_back(self, taken: Slot) -> None:
        """Leave a place to others: its request will not go out."""
        with self._lock:
            self._line = [place for place in self._line if place is not taken]

    def fresh(self, timestamp: int) -> int:
        """Return a time in ms that no request was signed with before: exchanges use it as their nonce.

        A time much before the last one is a clock that was put right, and taken as it is.
        """
        with self._lock:
            at_once = 0 <= self._last_time - timestamp < _BURST
            self._last_time = self._last_time + 1 if at_once else timestamp
            return self._last_time
