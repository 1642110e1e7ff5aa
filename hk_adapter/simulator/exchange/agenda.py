"""What is still to happen: actions at future times, carried out in time order once the venue's time gets there."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Action = Callable[[int], object]


class Agenda:
    """Keep actions until their time; each is given that time, in ms."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Action]] = []
        self._turn = count()
        self.afterwards: Action | None = None
        """What follows each action, at the same time; nothing while None."""

    @property
    def next(self) -> int | None:
        """Return when the next action is due, None when nothing waits."""
        return self._waiting[0][0] if self._waiting else None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, at: int, action: Action) -> None:
        """Put an action on the agenda; of two for the same time, the one added first goes first."""
        heappush(self._waiting, (at, next(self._turn), action))

    def run(self, now: int) -> None:
        """Carry out everything that is due at `now`, and what that adds and is due too."""
        while self._waiting and self._waiting[0][0] <= now:
            at, _, action = heappop(self._waiting)
            action(at)
            if self.afterwards is not None:
                self.afterwards(at)
