"""How full a venue's leaky bucket is at the most, where it is only known by when each exchange was over.

It is fullest when each request arrived as late as it can have: what is under way has all of its weight still, and what
has ended began to leak when it did.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from hk_adapter.hooks import LeakyBucket
from hk_adapter.record import Record

_ROUNDING = 1e-9
"""Of a unit: less than that is a float's error, and no excess."""


class Exchange(Protocol):
    """One that was charged."""

    def counts_until(self) -> float:
        """Return by when its request had arrived at the latest, in seconds of the monotonic clock."""


class _Held(Record, frozen=True):
    """What a bucket held at a time, and the exchanges that were not over by then, with their costs."""

    full: float
    since: float
    under_way: tuple[tuple[Exchange, int], ...]

    def later(self, bucket: LeakyBucket, now: float) -> _Held:
        """Return what it holds now: what has ended meanwhile leaks from its end on."""
        rows = [(row[0].counts_until(), row) for row in self.under_way]  # asked once: another thread may end it
        full, since = self.full, self.since
        for ended, cost in (*sorted((ended, row[1]) for ended, row in rows if ended <= now), (now, 0)):
            full = max(0.0, full - (max(ended, since) - since) * bucket.refill) + cost
            since = max(ended, since)
        return _Held(full, since, tuple(row for ended, row in rows if ended > now))


class Bucket:
    """One bucket, and what it holds.

    A signal's handler may use it above a frame that is in it: each change is one assignment, made again if another one
    came between.
    """

    def __init__(self, limit: LeakyBucket) -> None:
        self._limit = limit
        self._held = _Held(0.0, -math.inf, ())

    def add(self, exchange: Exchange, cost: int) -> None:
        """Charge an exchange."""
        self._change(lambda held: _Held(held.full, held.since, (*held.under_way, (exchange, cost))))

    def take_back(self, exchange: Exchange) -> None:
        """Charge an exchange no more that did not go out."""

        def without(held: _Held) -> _Held:
            rows = tuple(row for row in held.under_way if row[0] is not exchange)
            return _Held(held.full, held.since, rows)

        self._change(without)

    def room_at(self, share: int, needed: int, now: float) -> float:
        """Return the earliest time at which ``needed`` more can keep within ``share`` of it: now, or not before."""
        excess = self._level(now) + needed - share
        return now if excess <= _ROUNDING else now + excess / self._limit.refill

    def is_over(self, now: float) -> bool:
        """Whether it can hold more than its capacity now."""
        return self._level(now) > self._limit.capacity + _ROUNDING

    def _level(self, now: float) -> float:
        held = self._change(lambda held: held.later(self._limit, now))
        return held.full + sum(cost for _, cost in held.under_way)

    def _change(self, make: Callable[[_Held], _Held]) -> _Held:
        while True:
            before = self._held
            after = make(before)
            if self._held is before:
                self._held = after
                return after
