"""Streams of a simulated venue in process, for the asyncio runner: no socket and no thread."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from urllib.parse import urlsplit

from hk_adapter.errors import NotSent, NotSupported, VenueUnavailable
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.simulated import SimulatedStream, SimulatedVenue
from hk_adapter.transport.stream_urls import CheckUrl


class InProcessStreams:
    """A StreamTransport that asks the simulator."""

    def __init__(self, simulator: SimulatedVenue, check: CheckUrl) -> None:
        self._simulator = simulator
        self._check = check

    async def open_stream(self, url: str, deadline: float) -> InProcessLink:
        """Open a connection at once."""
        return InProcessLink(opened(self._simulator, self._check(url), now_ms()))


def opened(simulator: SimulatedVenue, url: str, timestamp: int) -> SimulatedStream:
    """Open a connection. Raises NotSent where the simulator refuses it, and NotSupported where it has no streams."""
    open_stream = getattr(simulator, "open_stream", None)
    if open_stream is None:
        raise NotSupported("this simulator has no streams")
    connection: SimulatedStream = open_stream(urlsplit(url).path, timestamp)
    if connection.status == 101:
        return connection
    if connection.status == 0:
        raise NotSent("the simulated venue refused the stream's connection", unreachable=True)
    raise NotSent(f"the simulated venue refused the stream: HTTP status {connection.status}")


class InProcessLink:
    """One open connection."""

    def __init__(self, connection: SimulatedStream) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._frames: deque[str] = deque()
        connection.on_ready = self._wake

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._ready.set)

    async def receive(self, until: float | None) -> str | None:
        """As Link.receive."""
        while True:
            self._ready.clear()
            if not self._frames:
                self._frames.extend(self._connection.receive(now_ms()))
            if self._frames:
                return self._frames.popleft()
            if self._connection.closed is not None:
                raise VenueUnavailable(f"the stream has ended, with code {self._connection.closed.code}")
            left = None if until is None else until - monotonic()
            if left is not None and left <= 0:
                return None
            at = self._connection.next_at()
            due = None if at is None else max(0.001, (at - now_ms()) / 1000)
            with suppress(TimeoutError):
                async with time_limit(min((one for one in (left, due) if one is not None), default=None)):
                    await self._ready.wait()

    async def send(self, text: str) -> None:
        """As Link.send."""
        if self._connection.closed is not None:
            raise VenueUnavailable("the stream was lost")
        self._connection.send(text, now_ms())

    async def close(self) -> None:
        """As Link.close."""
        self._connection.on_ready = None
        self._connection.close(now_ms())
        self._ready.set()


def now_ms() -> int:
    """Return the machine's time as the simulator in process is told it, in ms UTC."""
    return int(time.time() * 1000)
