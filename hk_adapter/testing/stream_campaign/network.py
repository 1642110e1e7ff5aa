"""The network between the adapter and the simulated venue: requests take their time or are lost, streams are opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlsplit

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.simulator import SimRequest, Simulator
from hk_adapter.testing.virtual_streams import SimulatedLink
from hk_adapter.testing.virtual_time import Story, VirtualTime

EPOCH = 1_700_000_000
"""Unix time at the virtual clock's zero."""
SWITCHED = 101


class Network:
    """Carries what one scene sends. ``lost`` is a share of the requests; 0 from some moment on ends it."""

    def __init__(self, simulator: Simulator, time: VirtualTime, rng: Random, lost: float) -> None:
        self._simulator = simulator
        self._time = time
        self._rng = rng
        self.lost = lost
        self.on_answer: Callable[[], None] = lambda: None
        """Called after each answer of the venue's, lost ones included."""
        self.opened: list[int] = []
        """When connections were asked for, in ms UTC."""
        self.carried: Counter[str] = Counter()
        """By method; ``open`` counts the openings."""

    def timestamp(self) -> int:
        """Return the venue's time, in ms UTC."""
        return round((EPOCH + self._time.now) * 1000)

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Play the story of one exchange."""
        self.carried[request.method] += 1
        fate = self._rng.random()
        yield self._travelled()
        if fate < self.lost / 2:
            raise NotSent("no connection")
        parts = urlsplit(request.url)
        asked = SimRequest(request.method, parts.path, parts.query, request.headers, request.body or b"")
        answer = self._simulator.handle(asked, self.timestamp())
        self.on_answer()
        yield self._travelled()
        if fate < self.lost:
            raise OutcomeUnknown("the answer was lost")
        return Response(answer.status, {name.lower(): text for name, text in answer.headers.items()}, answer.body)

    def open_stream(self, url: str, deadline: float) -> Story[Any]:
        """Open a stream."""
        self.carried["open"] += 1
        yield self._travelled()
        self.opened.append(self.timestamp())
        connection = self._simulator.open_stream(urlsplit(url).path, self.timestamp())
        if connection.status != SWITCHED:
            raise NotSent(f"refused with {connection.status}")
        return SimulatedLink(connection, self.timestamp)

    def _travelled(self) -> float:
        return self._time.now + self._rng.uniform(0.005, 0.08)
