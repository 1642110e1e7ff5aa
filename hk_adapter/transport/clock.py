"""The venue's clock: ours, until the venue's own has been measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from hk_adapter.flow.effects import ClockSample, Moment

KEPT_SAMPLES = 5
FURTHEST_AHEAD = 500
"""Milliseconds that a stamp may be ahead of the earliest time that a reading allows. HashKey refuses 1000 ms ahead
but takes stamps up to 5000 ms old, so an uncertain reading leans towards the past."""


class VenueClock:
    """Reads the venue's time off our monotonic clock, by the median of the last readings. Thread-safe.

    Until the first reading it is our wall clock. A change of our wall clock afterwards changes nothing.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._offsets: tuple[float, ...] = ()

    def now(self) -> Moment:
        """Read our monotonic clock in seconds, and the venue's time in ms UTC."""
        monotonic = self._monotonic()
        offsets = self._offsets
        if not offsets:
            return Moment(monotonic, int(self._wall() * 1000))
        return Moment(monotonic, int(monotonic * 1000 + statistics.median(offsets)))

    def sample(self, reading: ClockSample) -> None:
        """Learn from one reading; the first of a measurement makes earlier ones count no more."""
        halfway = (reading.answered - reading.asked) * 1000 / 2
        offset = reading.timestamp + min(halfway, FURTHEST_AHEAD) - reading.answered * 1000
        kept = () if reading.first else self._offsets
        self._offsets = (*kept, offset)[-KEPT_SAMPLES:]
