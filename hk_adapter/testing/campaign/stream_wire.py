"""The way of a stream and of its own requests: on the wire of the calls, whose faults strike them, too."""

from __future__ import annotations

import math
from collections import deque
from random import Random
from typing import Any
from urllib.parse import urlsplit

from hk_adapter.errors import NotSent, OutcomeUnknown, VenueUnavailable
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.simulator import SimRequest, SimResponse
from hk_adapter.simulator.streams.connection import StreamConnection
from hk_adapter.testing.campaign.network import Wire
from hk_adapter.testing.campaign.scenario import Scenario
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.stream_plan import StreamTrouble
from hk_adapter.testing.virtual_time import Story, VirtualTime

_SWITCHED = 101
_LISTEN_KEYS = "/api/v1/userDataStream"
_SOON = 0.001
_STEPPED = 0.1
"""Seconds after which a stream is looked at again where the venue's clock is no measure."""


class PlaceLink:
    """A WakefulLink over a stream of the scenario's venue. Nothing arrives while the venue is out of reach."""

    def __init__(
        self, place: ScenarioVenue, connection: StreamConnection, scenario: Scenario, time: VirtualTime
    ) -> None:
        self._place = place
        self._connection = connection
        self._scenario = scenario
        self._time = time
        self._frames: deque[str] = deque()
        self._seen = -1
        self._is_ready = True
        self._next: float = math.inf
        connection.on_ready = self._wake

    def _wake(self) -> None:
        self._is_ready = True

    def is_ready(self) -> bool:
        """As WakefulLink.is_ready."""
        return self._is_ready or self._seen != self._place.happened

    def next_at(self) -> float:
        """As WakefulLink.next_at."""
        due = self._place.next
        return self._next if due is None else min(self._next, due)

    def take(self) -> str | None:
        """As VirtualLink.take."""
        if not self._frames:
            self._look()
        if self._frames:
            return self._frames.popleft()
        if self._connection.closed is not None:
            raise VenueUnavailable(f"the stream has ended, with code {self._connection.closed.code}")
        return None

    def _look(self) -> None:
        now = self._time.now
        self._place.settle(now)
        if not self.is_ready() and now < self._next:
            return
        self._seen, self._is_ready = self._place.happened, False
        self._frames.extend(self._connection.receive(self._place.time(now)))
        due = self._connection.next_at()
        self._next = math.inf if due is None else max(now + _SOON, now + self._until(due, now))

    def _until(self, due: int, now: float) -> float:
        """Return in how many seconds the venue's clock shows a time."""
        if self._scenario.step is not None:
            return _STEPPED
        return (due - self._place.time(now)) / 1000 / (1 + self._scenario.drift)

    def send(self, text: str) -> None:
        """As VirtualLink.send."""
        if self._connection.closed is not None:
            raise VenueUnavailable("the stream was lost")
        self._connection.send(text, self._place.time(self._time.now))

    def close(self) -> None:
        """As VirtualLink.close."""
        self._connection.close(self._place.time(self._time.now))


class StreamWire:
    """Carries what the keeper of a stream asks for, and opens connections.

    Attributes:
        asked: how many questions it has asked since the calls began.
    """

    def __init__(
        self, scenario: Scenario, trouble: StreamTrouble, place: ScenarioVenue, wire: Wire, time: VirtualTime
    ) -> None:
        self._scenario = scenario
        self._trouble = trouble
        self._place = place
        self._wire = wire
        self._time = time
        self._dice = Random(f"stream wire {scenario.seed}")  # noqa: S311 - it repeats
        self.asked = 0

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Play the story of one exchange."""
        spared = self._is_spared()
        if not spared and request.method == "GET":
            self.asked += 1
        if not spared and not urlsplit(request.url).path.startswith(_LISTEN_KEYS):
            return (yield from self._wire.send(request, deadline, beside=True))
        if not spared:
            self._wire.speaks_beside()
        fate = 1.0 if spared else self._dice.random() / max(self._scenario.rate, 1e-9)
        yield from self._travel(deadline)
        if fate < 0.3:
            raise NotSent("no connection", unreachable=True)
        answer = self._answer(request)
        yield from self._travel(deadline)
        if fate < 0.6:
            raise OutcomeUnknown("the answer was lost")
        if fate < 1.0:
            answer = SimResponse(503, body=b"<html>busy</html>")
        return Response(answer.status, {name.lower(): text for name, text in answer.headers.items()}, answer.body)

    def open_stream(self, url: str, deadline: float) -> Story[Any]:
        """Open a stream."""
        yield from self._travel(deadline)
        connection = self._place.simulator.open_stream(urlsplit(url).path, self._place.time(self._time.now))
        if connection.status != _SWITCHED:
            raise NotSent(f"refused with {connection.status}")
        return PlaceLink(self._place, connection, self._scenario, self._time)

    def _is_spared(self) -> bool:
        return self._trouble.spared and self._time.now < 0

    def _answer(self, request: HttpRequest) -> SimResponse:
        parts = urlsplit(request.url)
        asked = SimRequest(request.method, parts.path, parts.query, request.headers, request.body or b"")
        return self._place.handle(asked, None, self._time.now)

    def _travel(self, deadline: float) -> Story[None]:
        when = self._time.now + self._scenario.latency
        outage = self._scenario.outage
        dead = outage is not None and outage.begins <= when < outage.ends and outage.kind in {"silent", "unreachable"}
        if dead or when >= deadline:
            yield deadline
            raise OutcomeUnknown("no answer came before the deadline")
        yield when
        self._place.settle(when)
