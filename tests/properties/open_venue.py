"""A venue in process whose simulator speaks a drawn dialect, through either facade."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest import mock

import hk_adapter as hk
from hk_adapter.flow.runtime import Runtime
from hk_adapter.simulator import Dialect, Simulator, SimulatorControl


class StillTime:
    """A clock that moves only by what somebody slept."""

    def __init__(self) -> None:
        self._slept = 0.0

    def restart(self) -> None:
        """Begin anew, for a venue that knows nothing of what was before."""
        self._slept = 0.0

    def monotonic(self) -> float:
        """Seconds, as ``time.monotonic``."""
        return 1000.0 + self._slept

    def time(self) -> float:
        """Seconds, as ``time.time``."""
        return 1_760_000_000.0 + self._slept

    def sleep(self, seconds: float) -> None:
        """Move on."""
        assert seconds >= 0, seconds
        self._slept += seconds

    async def sleep_async(self, seconds: float, _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Move on, once the others had their turn."""
        self._slept += seconds
        await _sleep(0)


@dataclass
class OpenVenue:
    """An open venue, whose calls are waited for, and its control handle."""

    venue: Any
    loop: asyncio.AbstractEventLoop
    time: StillTime

    @property
    def control(self) -> SimulatorControl:
        """The simulator's control handle."""
        control: SimulatorControl = self.venue.simulator
        return control

    @property
    def now(self) -> int:
        """The venue's time in ms."""
        return round(self.time.time() * 1000)

    def tick(self) -> None:
        """Let everything happen at the venue that is due by now."""
        self.control.advance(self.now)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of either facade."""
        result = getattr(self.venue, name)(*args, **kwargs)
        return self.loop.run_until_complete(result) if inspect.isawaitable(result) else result

    def place(self, amount: str = "1", price: str = "1900", **kwargs: Any) -> hk.Order:
        """Let an order to buy ETH rest."""
        order: hk.Order = self.call("create_order", "ETH/USD", "limit", "buy", amount, price, **kwargs)
        return order


@contextmanager
def opened(facade: str, dialect: Dialect, time: StillTime, *, seed: int = 0) -> Iterator[OpenVenue]:
    """Open one; no local budget, so that calls fall as close together as they can."""
    connect: Any = hk.connect if facade == "blocking" else hk.connect_async
    core = Simulator(dialect=replace(dialect, cursor_name="either"), seed=seed)
    loop = asyncio.new_event_loop()
    time.restart()
    try:
        with (
            mock.patch("hk_adapter.simulator.opening.Simulator", return_value=core),
            mock.patch("hk_adapter.venue.connection.Runtime", partial(Runtime, rng=random.Random(seed))),
        ):
            open_venue = OpenVenue(connect("hashkey", environment="simulator", budget="unlimited"), loop, time)
        yield open_venue
        open_venue.call("close")
    finally:
        loop.close()
