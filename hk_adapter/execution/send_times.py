"""When the sends of one cancel left, by the venue's clock, as well as that is known. Pure: no I/O."""

from __future__ import annotations

from msgspec.structs import replace

from hk_adapter.flow.effects import MOST_BEHIND, UNMEASURED, Moment
from hk_adapter.record import Record

CLOCK_NOISE = 20.0
"""Milliseconds by which two readings of the clocks may differ though nobody has set any: rounding, and slewing."""


def latest_time(now: Moment) -> float:
    """Return the latest time, in ms UTC, that a venue's clock may show now."""
    return now.timestamp + (now.doubt if now.doubt < UNMEASURED else MOST_BEHIND)


def clocks_apart(doubt: float, ahead: float = 0.0) -> float:
    """Return by how many ms what a venue wrote down may be before the time that we read, of which there is a ``doubt``.

    Whatever clock tells a venue's time, it is another one that dates its orders: nobody notices while a stamp by the
    one is not too far ahead of the other. Without a doubt it is one clock, and that is ours. ``ahead`` is by how many
    ms a venue takes stamps of a clock that was not measured.
    """
    return max(doubt, UNMEASURED, ahead) if doubt else 0.0


def asleep_since(begun: Moment, now: Moment) -> float:
    """Return for how many ms our monotonic clock may have stood still since a moment, as where the machine slept.

    A clock of ours that was set ahead meanwhile, or measured to be behind, looks the same.
    """
    asleep = now.time_at(begun.monotonic) - begun.timestamp
    return asleep if asleep > CLOCK_NOISE else 0.0


class SendTimes(Record, frozen=True, gc=False):
    """When the first send and the last one left, in ms UTC as the venue counts them; None if that is not known.

    Attributes:
        doubt: by how many ms those may be wrong.
        earliest: the earliest that any reading of the clocks allows for the first send, by the clock that dates orders:
            where the venue has called our clock wrong, it may yet be the venue's that has leapt since.
        latest: the latest that any allows for the last one.
        first_at: when the first one left, in seconds of the monotonic clock.
        last_at: when the last one did.
        vouched: whether anything vouched for our clock as the first one left; else it tells nothing before it is
            measured.
        guessed: whether the first one is timed by our clock alone, which the venue's has not been read against since.
    """

    first: int | None = None
    last: int | None = None
    doubt: float = UNMEASURED
    earliest: float | None = None
    latest: float | None = None
    first_at: float | None = None
    last_at: float | None = None
    vouched: bool = True
    guessed: bool = False

    def sent(self, now: Moment, *, again: bool) -> SendTimes:
        """Record that a send is about to leave, the first one or one more."""
        stamp, latest = now.timestamp, now.timestamp + now.doubt
        if not now.vouched:
            first_at = self.first_at if again else now.monotonic
            return SendTimes(doubt=now.doubt, first_at=first_at, last_at=now.monotonic, vouched=False)
        if again:
            return replace(self, last=stamp, last_at=now.monotonic, latest=max(_known(latest, self.latest)))
        earliest = stamp - clocks_apart(now.doubt, now.ahead)
        doubt = max(now.doubt, now.ahead)
        guessed = now.ahead > 0
        return SendTimes(stamp, stamp, doubt, earliest, latest, now.monotonic, now.monotonic, guessed=guessed)

    def is_told_otherwise(self, now: Moment) -> bool:
        """Whether the clocks by now tell another time of the last send than was read before it left.

        It may have waited for its turn, and they were set or measured meanwhile: its stamp was of another time then.
        """
        if self.last is None or self.last_at is None:
            return False
        return abs(now.time_at(self.last_at) - self.last) > CLOCK_NOISE

    def refused(self) -> SendTimes:
        """Record that the venue called our clock wrong: where it was never measured, it tells nothing any more."""
        return self if self.doubt < UNMEASURED else self._undated()

    def measured(self, now: Moment) -> SendTimes:
        """Record what the clock says after a measurement: the monotonic clock tells how long ago a send left.

        Where both cannot be true, the one clock or the other has leapt, and nothing tells when anything was sent. A
        venue that tells whole seconds leaves open more than that: within it, our own clock says when.
        """
        is_read = self.guessed and not now.ahead
        is_told = now.doubt < UNMEASURED or (now.vouched and not self.vouched) or is_read
        if self.first_at is None or self.last_at is None:
            return self
        if not is_told:
            return self._set_anew(now, self.first_at, self.last_at)
        first, last, doubt = round(now.time_at(self.first_at)), round(now.time_at(self.last_at)), now.doubt
        if doubt >= UNMEASURED and self.first is not None and self.last is not None:
            first, last = _nearest_within(self.first, first, doubt), _nearest_within(self.last, last, doubt)
        earliest = min(_known(first - clocks_apart(doubt), self.earliest))
        latest = max(_known(last + doubt, self.latest))
        if self.first is not None and not self._agrees(first, doubt):
            return replace(self._undated(), earliest=earliest, latest=latest)
        return replace(self, first=first, last=last, doubt=doubt, earliest=earliest, latest=latest, guessed=False)

    def _set_anew(self, now: Moment, first_at: float, last_at: float) -> SendTimes:
        """Record what our clock alone says, which may have been set since: back, and nothing tells what was sent when.

        Set ahead, or where the machine slept, the first send was no later than it was said to be.
        """
        if self.first is None or not self.is_told_otherwise(now):
            return self
        first, last = round(now.time_at(first_at)), round(now.time_at(last_at))
        earliest = min(_known(first - clocks_apart(now.doubt, now.ahead), self.earliest))
        times = replace(self, earliest=earliest, latest=max(_known(last + now.doubt, self.latest)))
        return times if first >= self.first else times._undated()

    def _agrees(self, first: int, doubt: float) -> bool:
        behind = 0 if self.first is None else first - self.first
        most = self.doubt if self.doubt < UNMEASURED else MOST_BEHIND
        return -(self.doubt + doubt) <= behind <= most + doubt

    def _undated(self) -> SendTimes:
        return replace(self, first=None, last=None, doubt=UNMEASURED)

    @property
    def is_undated(self) -> bool:
        """Whether something was sent, and nothing tells when."""
        return self.first is None and self.first_at is not None

    @property
    def latest_first(self) -> float | None:
        """The latest, in ms UTC, that any reading of the clocks allows for the first send; None where none tells.

        Where a later send was timed since the clocks contradicted one another, its reading alone counts.
        """
        latest = self.latest if self.last is None else self.last + self.doubt
        if latest is None or self.first_at is None or self.last_at is None:
            return None
        return latest - (self.last_at - self.first_at) * 1000

    def at(self, moment: float) -> float | None:
        """Return a monotonic time in ms UTC as the venue counts them; None where nothing tells."""
        if self.first is None or self.first_at is None:
            return None
        return self.first + (moment - self.first_at) * 1000

    def beside(self, other: SendTimes) -> SendTimes:
        """Record that another cancel may be what ended the order: the first send of all counts."""
        earliest = min(_known(self.earliest, other.earliest), default=None)
        if other.first is None or (self.first is not None and self.first <= other.first):
            return replace(self, earliest=earliest)
        doubt, guessed = max(self.doubt, other.doubt), self.guessed or other.guessed
        return replace(self, first=other.first, doubt=doubt, earliest=earliest, guessed=guessed)


def _known(*times: float | None) -> list[float]:
    return [time for time in times if time is not None]


def _nearest_within(ours: int, read: int, doubt: float) -> int:
    return min(max(ours, read - int(doubt)), read + int(doubt))
