"""What is going to happen at a venue, by the moment, in virtual seconds."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush


class Agenda:
    """Events to come. What falls due together happens in the order in which it was arranged."""

    def __init__(self) -> None:
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._scheduled = 0
        self._now = 0.0
        self.happened = 0
        """How many events there were."""

    @property
    def next(self) -> float | None:
        """When the next one is."""
        return self._events[0][0] if self._events else None

    def at(self, when: float, action: Callable[[float], None]) -> None:
        """Plan something for a moment."""
        self._scheduled += 1
        heappush(self._events, (when, self._scheduled, action))

    def settle(self, until: float) -> None:
        """Carry out everything that is due."""
        while self._events and self._events[0][0] <= until:
            when, _, action = heappop(self._events)
            self._now = when
            self.happened += 1
            action(when)
