"""What goes wrong with frames: asked for by a test, frame by frame, or drawn from a seed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class StreamFault(StrEnum):
    """Name what happens to a frame instead of its arrival."""

    DROP = "drop"
    """The connection ends without a close frame; this one and all later ones are lost."""
    STALL = "stall"
    """Nothing arrives any more, from this frame on, and the connection stays open."""
    LOSE = "lose"
    """It never arrives."""
    DUPLICATE = "duplicate"
    """It arrives twice."""
    REORDER = "reorder"
    """It arrives right behind the next one."""
    LATE = "late"
    """It takes longer, and those behind it wait for it."""
    SPLIT = "split"
    """It arrives as two fragments of a WebSocket message."""
    TRUNCATE = "truncate"
    """Its first fragment arrives, then the connection ends without a close frame."""


@dataclass(slots=True)
class Mishap:
    """Hold one fault: `after` so many frames, for so many; None for `event` is any frame. `ms` is how late it makes."""

    kind: StreamFault
    after: int = 0
    times: int = 1
    event: str | None = None
    ms: int = 0

    def strikes(self, events: Collection[str]) -> bool:
        """Return whether this frame is the one; those before it are counted."""
        if self.event is not None and self.event not in events:
            return False
        if self.after:
            self.after -= 1
            return False
        return True


class Chance:
    """Draw faults from a seed: a share of all frames, of these kinds, late ones by up to `most_ms`."""

    def __init__(self, seed: int, share: float, kinds: Iterable[StreamFault], most_ms: int) -> None:
        self._random = Random(seed)  # noqa: S311 - chance must be repeatable here
        self._share = share
        self._kinds = tuple(kinds)
        self._most_ms = most_ms

    def draw(self) -> Mishap | None:
        """Draw for one frame."""
        if self._random.random() >= self._share:
            return None
        return Mishap(self._random.choice(self._kinds), ms=self._random.randint(1, self._most_ms))


class StreamFaults:
    """Keep the faults in the order they were asked for; what was asked for goes before what is drawn."""

    def __init__(self) -> None:
        self.chance: Chance | None = None
        self.refusals: list[int] = []
        """The statuses with which the next openings are refused."""
        self._waiting: list[Mishap] = []

    def __bool__(self) -> bool:
        return bool(self._waiting) or self.chance is not None

    def add(self, mishap: Mishap) -> None:
        """Queue a fault behind the others."""
        self._waiting.append(mishap)

    def take(self, events: Collection[str]) -> Mishap | None:
        """Return what becomes of a frame, None for nothing, and count it as used."""
        struck = next((mishap for mishap in self._waiting if mishap.strikes(events)), None)
        if struck is not None:
            struck.times -= 1
            if struck.times == 0:
                self._waiting.remove(struck)
            return struck
        return None if self.chance is None else self.chance.draw()
