"""When a question is asked that closes a gap: after each opening, again a little later, and where there is doubt.

Times are seconds of the monotonic clock, as they are passed in. Pure.
"""

from __future__ import annotations

import math

CLOCKS_APART = 2000
"""Milliseconds that the venue's clock may be behind ours, when it is asked what is younger than a watch."""
LISTED_AGAIN = 30.0
"""Seconds after which a list is asked for once more: it may lag, and show what was before it was asked for."""
LISTED_EVERY = 300.0
"""Seconds between two lists as long as all goes well: a venue may lose a frame, and nobody would ever know."""
DOUBT_PAUSE = 1.0
"""Seconds before a doubt is asked about: what settles it may be on its way. Twice as many each time."""
_LONGEST_PAUSE = 60.0


class Rounds:
    """When one question is to be asked next."""

    def __init__(self) -> None:
        self._planned = self._doubt_due = math.inf
        self._opened_at = self._asked_at = -math.inf
        self._doubts = 0
        self._has_failed = False

    @property
    def due(self) -> float:
        """When; infinite where it never is."""
        return min(self._planned, self._doubt_due)

    def opened(self, now: float) -> None:
        """Record that there is a gap: what is in doubt of it waits for no doubts of before."""
        self._planned = self._opened_at = now
        self._doubts, self._has_failed = 0, False

    def plan(self, at: float) -> None:
        """Plan to ask by a time at the latest; what has failed is asked again when that says."""
        if not self._has_failed:
            self._planned = min(self._planned, at)

    def doubted(self, now: float) -> None:
        """Record a doubt: it is asked about soon, and less and less often while one follows the other."""
        if now > self._asked_at + LISTED_AGAIN:
            self._doubts = 0
        pause = min(_LONGEST_PAUSE, DOUBT_PAUSE * 2.0 ** min(self._doubts, 10))
        self._doubt_due = min(self._doubt_due, now + pause)

    def has_no_doubt(self) -> None:
        """Record that there is none any more."""
        self._doubt_due = math.inf

    def answered(self, asked: float) -> None:
        """Record an answer to what was asked at that time."""
        self._doubts = self._doubts + 1 if self._doubt_due < math.inf else 0
        self._doubt_due, self._asked_at, self._has_failed = math.inf, asked, False
        again = self._opened_at + LISTED_AGAIN
        self._planned = again if asked < again else asked + LISTED_EVERY

    def failed(self, now: float, luck: float, retry_after: float | None) -> None:
        """Record that there was no answer; ``luck`` is from 0 up to 1."""
        self._planned, self._doubt_due = now + max(retry_after or 0.0, 1.0 + luck), math.inf
        self._has_failed = True

    def is_settled(self, asked: float) -> bool:
        """Whether what was asked at that time is no more about the last gap, even where a list lags."""
        return asked >= self._opened_at + LISTED_AGAIN
