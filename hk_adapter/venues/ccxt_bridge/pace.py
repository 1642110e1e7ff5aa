"""ccxt's own throttle, kept without its waiting: when a request is due, and which time it is signed with."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from threading import Lock

from hk_adapter.flow.process import renew_after_fork

_BURST = 1000
"""Milliseconds by which requests that are signed at once may be ahead of the clock."""
_ROUNDING = 1e-9
"""Seconds by which two places may overlap: a float's."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One place in the line: from when it is due until the next may be, in seconds of the monotonic clock."""

    due: float
    end: float


class Pace:
    """ccxt's throttle: a request of cost 1 takes ``rateLimit`` ms of the line. Thread-safe."""

    def __init__(self, rate_limit: float) -> None:
        self._seconds = float(rate_limit) / 1000
        self._lock = Lock()
        self._line: list[Place] = []
        self._last_time = 0
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Keep the places; a thread of the parent may have held the lock."""
        self._lock = Lock()

    def take(self, cost: float, now: float) -> Place:
        """Take the first place in the line that is long enough for a request of this cost."""
        length = cost * self._seconds
        with self._lock:
            self._line = [place for place in self._line if place.end > now]
            due = now
            for place in self._line:
                if due + length <= place.due + _ROUNDING:
                    break
                due = max(due, place.end)
            taken = Place(due, due + length)
            if length > 0:
                insort(self._line, taken, key=lambda place: place.due)
        return taken

    def give_back(self, taken: Place) -> None:
        """Leave a place to others: its request will not go out."""
        with self._lock:
            self._line = [place for place in self._line if place is not taken]

    def fresh(self, timestamp: int) -> int:
        """Give a time in ms that no request was signed with before: exchanges use it as their nonce.

        A time much before the last one is a clock that was put right, and taken as it is.
        """
        with self._lock:
            at_once = 0 <= self._last_time - timestamp < _BURST
            self._last_time = self._last_time + 1 if at_once else timestamp
            return self._last_time
