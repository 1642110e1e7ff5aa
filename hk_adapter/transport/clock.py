"""The venue's clock, as far as it is known: ours plus the offset last measured."""

from __future__ import annotations

import time
from collections.abc import Callable

from hk_adapter.flow.effects import Moment


class VenueClock:
    """Reads our clocks and adds what is known of the venue's offset, in ms."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._offset = 0

    def now(self) -> Moment:
        """Read our monotonic clock in seconds, and the venue's time in ms UTC."""
        return Moment(self._monotonic(), int(self._wall() * 1000) + self._offset)

    def sample(self, offset: int) -> None:
        """Learn that the venue's time minus our wall clock is ``offset`` ms."""
        self._offset = offset
