"""A clock for asyncio that only sleeping moves: what is measured by it is waiting, not this machine's work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from heapq import heappop, heappush
from itertools import count
from unittest import mock

from hk_adapter.transport.venue_clock import VenueClock

_TURNS = 3
"""Rounds of the loop in which nobody may come to sleep before the clock moves on."""


class VirtualClock:
    """Stands for the machine's clocks in whatever goes by a simulator in process. Seconds."""

    def __init__(self) -> None:
        self._now, self._began = 0.0, time.time()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._moving = False

    def monotonic(self) -> float:
        """Return the seconds that have been slept."""
        return self._now

    def time(self) -> float:
        """Return the time of day, had it been as long."""
        return self._began + self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until all others wait longer."""
        if seconds <= 0:
            await _turn()
            return
        wake = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self._now + seconds, next(self._order), wake))
        if not self._moving:
            self._moving = True
            self._move(_TURNS)
        await wake

    def _move(self, turns: int) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heappop(self._sleepers)  # its task was canceled
        if not self._sleepers:
            self._moving = False
            return
        if turns == 0:
            self._now, _, wake = heappop(self._sleepers)
            wake.set_result(None)
        asyncio.get_running_loop().call_soon(self._move, turns - 1 if turns else _TURNS)


_turn = partial(asyncio.sleep, 0)


@contextmanager
def virtual_clock() -> Iterator[VirtualClock]:
    """Let venues that are opened meanwhile, and their simulators in process, go by one."""
    clock = VirtualClock()
    with ExitStack() as stack:
        for name, stand_in in {
            "hk_adapter.venue.connection.VenueClock": partial(VenueClock, clock.monotonic, clock.time),
            "hk_adapter.transport.in_process.time": clock,
            "hk_adapter.transport.in_process.monotonic": clock.monotonic,
            "asyncio.sleep": clock.sleep,
        }.items():
            stack.enter_context(mock.patch(name, stand_in))
        yield clock
