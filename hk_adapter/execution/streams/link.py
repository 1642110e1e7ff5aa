"""One connection of a stream, whatever is watched there: read and tended side by side, and closed however that ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from hk_adapter.errors import PluginError, VenueUnavailable
from hk_adapter.flow.effects import Flow, Gather, Now
from hk_adapter.flow.streams import CloseStream, OpenStream

OPENING = 10.0
"""Seconds that opening a connection may take."""


class Pings(Protocol):
    """What writes the pings of a connection: a plan's reader."""

    def ping(self, timestamp: int) -> str | None:
        """Write the client's ping, at a time in ms UTC; None where the venue wants none."""


async def open_link(url: str) -> Any:
    """Open a connection."""
    return await OpenStream(url, (await Now()).monotonic + OPENING)


async def read_and_tend(link: Any, reading: Flow[None], tending: Flow[None]) -> Exception | None:
    """Run both until the connection is lost, and close it; return what else ended one of them, None for that loss."""
    ends = await Gather((reading, tending))
    await CloseStream(link)
    others = (end for end in ends if isinstance(end, Exception) and not isinstance(end, VenueUnavailable))
    return next(others, None)


async def tend_and_close(link: Any, tend: Callable[[], Flow[None]]) -> None:
    """Tend a connection, and close it then: whoever reads it ends by that."""
    try:
        await tend()
    except Exception:  # and not in a finally: a flow that is abandoned may await nothing any more
        await CloseStream(link)
        raise
    await CloseStream(link)


def ping_text(reader: Pings, timestamp: int) -> str | None:
    """Write a ping; None where the venue wants none. Raises PluginError where the plugin's reader breaks."""
    try:
        return reader.ping(timestamp)
    except Exception as error:
        raise PluginError(f"a stream's reader broke with {type(error).__name__}") from error


def after(now: float, seconds: float | None) -> float:
    """Return when so many seconds are over; infinite for None, which is never."""
    return math.inf if seconds is None else now + seconds
