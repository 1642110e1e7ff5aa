"""The venue's clock is read off the monotonic one, by the median of its readings, leaning towards the past."""

from __future__ import annotations

import pytest

from hk_adapter.flow.effects import ClockSample
from hk_adapter.transport.venue_clock import VenueClock

HOUR = 3_600_000


class Clocks:
    """Our two clocks, set by hand; the venue's is the wall clock plus an error of ours."""

    def __init__(self, wrong_by: int = 0) -> None:
        self.seconds = 1000.0
        self.wrong_by = wrong_by

    def clock(self) -> VenueClock:
        """Give a venue clock that reads these two."""
        return VenueClock(lambda: self.seconds, lambda: (self.venue_time() + self.wrong_by) / 1000)

    def venue_time(self) -> int:
        """Say the venue's time, in ms UTC."""
        return 1_700_000_000_000 + int(self.seconds * 1000)

    def reading(self, there: float, back: float, *, first: bool = False) -> ClockSample:
        """Read the venue's time, under way for so many seconds there and back."""
        asked = self.seconds
        self.seconds += there
        timestamp = self.venue_time()
        self.seconds += back
        return ClockSample(timestamp, asked, self.seconds, first)


def test_before_a_reading_it_is_our_wall_clock() -> None:
    """Nothing is asked of a venue whose clock nobody doubts."""
    clocks = Clocks(wrong_by=250)
    assert clocks.clock().now().timestamp == clocks.venue_time() + 250


def test_what_a_venue_takes_is_how_far_ours_may_be_ahead() -> None:
    """Before a reading alone; no reading leans further ahead for it."""
    clocks = Clocks()
    clock = VenueClock(lambda: clocks.seconds, lambda: clocks.venue_time() / 1000, ahead=30_000)
    assert (clock.now().ahead, VenueClock(same=True, ahead=30_000).now().ahead) == (30_000, 0.0)
    clock.sample(clocks.reading(there=0.0, back=4.0))
    assert (clock.now().ahead, clock.now().timestamp - clocks.venue_time()) == (0.0, -3500)


def test_one_reading_mends_a_clock_that_is_wrong_by_an_hour() -> None:
    """An hour's error is gone after one reading, to half of its round trip."""
    clocks = Clocks(wrong_by=HOUR)
    clock = clocks.clock()
    clock.sample(clocks.reading(0.05, 0.05, first=True))
    assert abs(clock.now().timestamp - clocks.venue_time()) <= 50


def test_a_later_change_of_our_wall_clock_changes_nothing() -> None:
    """After a reading only the monotonic clock counts."""
    clocks = Clocks()
    clock = clocks.clock()
    clock.sample(clocks.reading(0.01, 0.01, first=True))
    clocks.wrong_by = -HOUR
    clocks.seconds += 600
    assert abs(clock.now().timestamp - clocks.venue_time()) <= 10


def test_one_odd_reading_of_three_does_not_count() -> None:
    """The median leaves out a reading whose answer was long under way."""
    clocks = Clocks()
    clock = clocks.clock()
    clock.sample(clocks.reading(0.01, 0.01, first=True))
    clock.sample(clocks.reading(2.0, 0.01))
    clock.sample(clocks.reading(0.01, 0.01))
    assert abs(clock.now().timestamp - clocks.venue_time()) <= 10


def test_a_new_measurement_forgets_the_old_ones() -> None:
    """When the venue's clock steps, its first new reading is enough."""
    clocks = Clocks()
    clock = clocks.clock()
    for first in (True, False, False):
        clock.sample(clocks.reading(0.01, 0.01, first=first))
    stepped = clocks.reading(0.01, 0.01, first=True)
    clock.sample(ClockSample(stepped.timestamp + HOUR, stepped.asked, stepped.answered, first=True))
    assert abs(clock.now().timestamp - (clocks.venue_time() + HOUR)) <= 10


def test_the_slowest_reading_never_runs_far_ahead() -> None:
    """Whichever way the time of a slow reading went, the stamp stays less than 1000 ms ahead of the venue."""
    for there, back in ((3.0, 0.0), (0.0, 3.0), (1.5, 1.5)):
        clocks = Clocks()
        clock = clocks.clock()
        clock.sample(clocks.reading(there, back, first=True))
        ahead = clock.now().timestamp - clocks.venue_time()
        assert -5000 < ahead < 1000


@pytest.mark.parametrize("seconds", [1000.001, 1000.4, 1000.999])
def test_a_clock_that_tells_whole_seconds_is_read_to_within_one(seconds: float) -> None:
    """Its time is never wrong by more than the doubt that it is told with, and leans towards the past."""
    clocks = Clocks()
    clocks.seconds = seconds
    clock = VenueClock(lambda: clocks.seconds, lambda: 0.0, step=1000)
    reading = clocks.reading(0.05, 0.05, first=True)
    clock.sample(reading.replace(timestamp=reading.timestamp // 1000 * 1000))
    moment = clock.now()
    assert -1050 <= moment.timestamp - clocks.venue_time() <= 50
    assert abs(moment.timestamp - clocks.venue_time()) <= moment.doubt <= 1101
