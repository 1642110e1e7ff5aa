"""ccxt's own throttle, kept without its waiting: when a request is due, and which time it is signed with."""

from __future__ import annotations

from threading import Lock

_BURST = 1000
"""Milliseconds by which requests that are signed at once may be ahead of the clock."""


class Pace:
    """ccxt's throttle: a request of cost 1 takes ``rateLimit`` ms of the line. Thread-safe."""

    def __init__(self, rate_limit: float) -> None:
        self._seconds = float(rate_limit) / 1000
        self._lock = Lock()
        self._free = 0.0
        self._last_time = 0

    def wait(self, cost: float, now: float) -> float:
        """Take a place in the line; say after how many seconds it is due."""
        if self._seconds == 0:
            return 0.0
        with self._lock:
            due = max(now, self._free)
            self._free = due + cost * self._seconds
        return due - now

    def fresh(self, timestamp: int) -> int:
        """Give a time in ms that no request was signed with before: exchanges use it as their nonce.

        A time much before the last one is a clock that was put right, and taken as it is.
        """
        with self._lock:
            at_once = 0 <= self._last_time - timestamp < _BURST
            self._last_time = self._last_time + 1 if at_once else timestamp
            return self._last_time
