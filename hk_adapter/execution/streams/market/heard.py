"""What one frame means for those who watch a topic, and whether it is older than what was shown before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from hk_adapter.model import MarketEvent
from hk_adapter.record import Record

INSISTED = 5.0
"""Seconds after which a venue that shows only what is older is taken to have set its clock back."""


class Heard(Record, frozen=True):
    """What is to be told, and why the rest is in doubt; None where nothing is."""

    news: tuple[Any, ...] = ()
    doubt: str | None = None


NOTHING = Heard()


class Topic(Protocol):
    """What is known of one topic. No I/O, no clock: times are seconds of the monotonic one, as they are passed in.

    Attributes:
        is_whole: whether what is known is all there is, so that it may be told.
    """

    is_whole: bool

    def hear(self, event: MarketEvent, now: float) -> Heard:
        """Learn what an event says."""

    def lose(self) -> None:
        """Note that something may be missing from now on, until the topic begins anew."""

    def held(self) -> Sequence[Any]:
        """Return what somebody is told who comes now; asked while it is whole."""


class Onward:
    """The venue's own times of what was shown, which go on and not back."""

    def __init__(self) -> None:
        self._latest: int | None = None
        self._older_since: float | None = None

    def is_older(self, timestamp: int | None) -> bool:
        """Whether something newer was shown."""
        return timestamp is not None and self._latest is not None and timestamp < self._latest

    def shown(self, timestamp: int | None) -> None:
        """Note that something was shown that is not older."""
        self._latest, self._older_since = timestamp or self._latest, None

    def insists(self, now: float) -> bool:
        """Note that something older came; whether only such has come for so long that it begins anew."""
        if self._older_since is None:
            self._older_since = now
        if now - self._older_since < INSISTED:
            return False
        self._latest = self._older_since = None
        return True
