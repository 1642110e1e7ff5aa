"""The venue's clock: ours, until the venue's own has been measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from hk_adapter.flow.effects import UNMEASURED, ClockSample, Moment
from hk_adapter.flow.real_time import RealTime
from hk_adapter.hooks import CLOCK_AHEAD, CLOCK_STEP

KEPT_SAMPLES = 5


class VenueClock:
    """Reads the venue's time off our monotonic clock, by the median of the last readings. Thread-safe.

    Until the first reading it is our wall clock. A change of our wall clock afterwards changes nothing. ``same`` tells
    that the venue lives by our wall clock, as one does that is simulated in this process. ``ahead`` is how many ms a
    stamp may be ahead of the venue's clock, and so ours before a reading: an uncertain reading leans towards the past,
    at most half of that, and of ``CLOCK_AHEAD``, ahead of the earliest time that it allows. ``step`` is in how many ms
    the readings count: each is cut off to a whole one, and taken as it is: the past once more.
    ``checked`` is whether the venue refuses stamps that are wrong: else nothing vouches for ours before a reading.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = RealTime.monotonic,
        wall: Callable[[], float] | None = None,
        *,
        same: bool = False,
        ahead: float = CLOCK_AHEAD,
        step: float = CLOCK_STEP,
        checked: bool = True,
    ) -> None:
        self.time = monotonic
        self._wall = wall
        self._furthest = min(ahead, CLOCK_AHEAD) / 2
        self._checked = checked
        self._step = max(step, CLOCK_STEP)
        self._unmeasured, self._ahead = (0.0, 0.0) if same else (UNMEASURED, max(ahead, UNMEASURED))
        self._readings: tuple[tuple[float, float], ...] = ()
        self._reckoned: tuple[float, float] | None = None

    def now(self, luck: float = 0.0) -> Moment:
        """Read our monotonic clock in seconds, and the venue's time in ms UTC."""
        monotonic = self.time()
        if (reckoned := self._reckoned) is None:
            timestamp = int((self._wall or time.time)() * 1000)
            return Moment(monotonic, timestamp, 0.0, self._unmeasured, luck, self._checked, self._ahead)
        offset, doubt = reckoned
        return Moment(monotonic, int(monotonic * 1000 + offset), 0.0, doubt, luck)

    def sample(self, reading: ClockSample) -> None:
        """Record one reading; the first of a measurement makes earlier ones count no more."""
        halfway = (reading.answered - reading.asked) * 1000 / 2
        offset = reading.timestamp + min(halfway, self._furthest) - reading.answered * 1000
        kept = () if reading.first else self._readings
        # Within one answer's time, and the part of a step that the venue leaves out: of a millisecond, we do, too.
        doubt = (reading.answered - reading.asked) * 1000 + self._step
        self._readings = readings = (*kept, (offset, doubt))[-KEPT_SAMPLES:]
        offsets, doubts = zip(*readings, strict=True)
        self._reckoned = _median(offsets), max(doubts)


def _median(numbers: Sequence[float]) -> float:
    ordered, middle = sorted(numbers), len(numbers) // 2
    return (ordered[~middle] + ordered[middle]) / 2
