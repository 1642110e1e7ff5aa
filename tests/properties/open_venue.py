"""A venue in process whose simulator speaks a drawn dialect, through either facade."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

import hk_adapter as hk
from hk_adapter.simulator import Dialect, Simulator, SimulatorControl
from tests.conftest import SkippedTime


@dataclass
class OpenVenue:
    """An open venue, whose calls are waited for, and its side door."""

    venue: Any
    loop: asyncio.AbstractEventLoop
    time: SkippedTime

    @property
    def control(self) -> SimulatorControl:
        """The simulator's side door."""
        control: SimulatorControl = self.venue.simulator
        return control

    @property
    def now(self) -> int:
        """The venue's time in ms."""
        return int(self.time.time() * 1000)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of either facade."""
        result = getattr(self.venue, name)(*args, **kwargs)
        return self.loop.run_until_complete(result) if inspect.isawaitable(result) else result

    def place(self, amount: str = "1", price: str = "1900", **kwargs: Any) -> hk.Order:
        """Let an order to buy ETH rest."""
        order: hk.Order = self.call("create_order", "ETH/USD", "limit", "buy", amount, price, **kwargs)
        return order


@contextmanager
def opened(facade: str, dialect: Dialect, time: SkippedTime, *, seed: int = 0) -> Iterator[OpenVenue]:
    """Open one; no local budget, so that calls fall as close together as they can."""
    connect: Any = hk.connect if facade == "blocking" else hk.connect_async
    loop = asyncio.new_event_loop()
    try:
        with mock.patch("hk_adapter.connection.Simulator", partial(Simulator, dialect=dialect, seed=seed)):
            open_venue = OpenVenue(connect("hashkey", environment="simulator", budget="unlimited"), loop, time)
        yield open_venue
        open_venue.call("close")
    finally:
        loop.close()
