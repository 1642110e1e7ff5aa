"""What one frame means for those who watch a topic, and whether it is older than what was shown before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from hk_adapter.model import MarketEvent
from hk_adapter.record import Record

INSISTED = 5.0
"""Seconds after which a venue that shows only what is older is taken to have set its clock back."""
MOST_LATE = 10_000
"""Milliseconds that a frame may come late. What is further behind is not older: one of the two times is wrong."""


class Heard(Record, frozen=True):
    """What is to be told, and why the rest is in doubt; None where nothing is.

    ``is_older``: whether it was left out because something newer was shown, which nothing newer has confirmed yet.
    """

    news: tuple[Any, ...] = ()
    doubt: str | None = None
    is_older: bool = False


NOTHING = Heard()


class Topic(Protocol):
    """What is known of one topic. No I/O, no clock: times are seconds of the monotonic one, as they are passed in.

    Attributes:
        is_whole: whether what is known is all there is, so that it may be told.
    """

    is_whole: bool

    def hear(self, event: MarketEvent, now: float) -> Heard:
        """Record what an event says."""

    def lose(self) -> None:
        """Record that something may be missing from now on, until the topic begins anew."""

    def held(self) -> Sequence[Any]:
        """Return what somebody is told who comes now; asked while it is whole."""


class Onward:
    """The venue's own times of what was shown, which go on and not back.

    Attributes:
        latest: the latest of them, in ms UTC; None before one.
    """

    def __init__(self) -> None:
        self.latest: int | None = None
        self._older_since: float | None = None

    def is_older(self, timestamp: int | None) -> bool:
        """Whether something newer was shown."""
        return timestamp is not None and self.latest is not None and timestamp < self.latest

    def shown(self, timestamp: int | None) -> None:
        """Record that something was shown that is not older."""
        self.latest, self._older_since = timestamp or self.latest, None

    def insists(self, now: float) -> bool:
        """Record that something older came; whether only such has come for so long that it begins anew."""
        if self._older_since is None:
            self._older_since = now
        if now - self._older_since < INSISTED:
            return False
        self._begin_anew()
        return True

    def heard_older(self, what: str, timestamp: int, now: float) -> Heard:
        """Return what an older one means, of those that ``what`` names: it is late, or a time is wrong, a doubt."""
        if self.insists(now):
            return Heard(doubt=f"its time is behind that of {what} before")
        if self.latest is not None and self.latest - timestamp > MOST_LATE:
            self._begin_anew()
            return Heard(doubt=f"its time is far behind that of {what} before")
        return Heard(is_older=True)

    def _begin_anew(self) -> None:
        self.latest = self._older_since = None
