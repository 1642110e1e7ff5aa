"""The venue's clock for who watches by lists alone: what it says now, so that nothing new looks older than a watch."""

from __future__ import annotations

import math

from hk_adapter.errors import AdapterError, NotSupported
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.rounds import CLOCKS_APART
from hk_adapter.flow.effects import UNMEASURED, Moment, Now

READ_AGAIN = 3600.0
"""Seconds after which the venue's clock is read again: ours may be set, or drift."""
FAILED_AGAIN = 60.0
"""Seconds after which it is tried again where that failed."""
UNTOLD = 60_000
"""Milliseconds that a clock may be off which nobody can read."""


class ServerTime:
    """How far the venue's clock is from ours. Asked for once an hour, and only where nothing has measured it.

    Attributes:
        apart: milliseconds by which ``now`` may be wrong.
    """

    def __init__(self, asks: Asks) -> None:
        self._asks = asks
        self._ahead = 0
        self._due = -math.inf
        self.apart = CLOCKS_APART

    async def now(self, moment: Moment) -> int:
        """Return what the venue's clock said at a moment, in ms UTC. Raises nothing where it cannot be read."""
        if moment.doubt < UNMEASURED:
            self._ahead, self.apart = 0, CLOCKS_APART
        elif moment.monotonic >= self._due:
            await self._read()
        return moment.timestamp + self._ahead

    async def _read(self) -> None:
        asked = await Now()
        try:
            told = await self._asks.server_time()
        except AdapterError as error:
            self.apart = UNTOLD
            self._due = math.inf if isinstance(error, NotSupported) else asked.monotonic + FAILED_AGAIN
            return
        answered = await Now()
        self._ahead, self.apart = told - (asked.timestamp + answered.timestamp) // 2, CLOCKS_APART
        self._due = answered.monotonic + READ_AGAIN
