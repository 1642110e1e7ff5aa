"""Streams of a simulated venue in virtual time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from hk_adapter.errors import VenueUnavailable
from hk_adapter.flow.simulated import SimulatedStream


class SimulatedLink:
    """A VirtualLink over a simulated venue's stream; ``timestamp`` gives the venue's time in ms UTC."""

    def __init__(self, connection: SimulatedStream, timestamp: Callable[[], int]) -> None:
        self._connection = connection
        self._timestamp = timestamp
        self._frames: deque[str] = deque()

    def take(self) -> str | None:
        """As VirtualLink.take."""
        if not self._frames:
            self._frames.extend(self._connection.receive(self._timestamp()))
        if self._frames:
            return self._frames.popleft()
        if self._connection.closed is not None:
            raise VenueUnavailable(f"the stream has ended, with code {self._connection.closed.code}")
        return None

    def send(self, text: str) -> None:
        """As VirtualLink.send."""
        if self._connection.closed is not None:
            raise VenueUnavailable("the stream was lost")
        self._connection.send(text, self._timestamp())

    def close(self) -> None:
        """As VirtualLink.close."""
        self._connection.close(self._timestamp())
