"""One connection as the venue has it: frames on their way to the client, in order, and its end behind them.

Not read, it is cut once too many frames wait: so it costs bounded memory, as at a venue that cuts who reads too slowly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from hk_adapter.simulator.access.listen_keys import ListenKey
from hk_adapter.simulator.streams.faults import Mishap, StreamFault, StreamFaults

CUT = 1006
"""The code of an end without a close frame."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Hold how a connection ended: the WebSocket's code and reason, and when, in ms."""

    code: int
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold one text frame. `in_two`: it goes out as two fragments; `half`: its first one alone, before a cut."""

    text: str
    in_two: bool = False
    half: bool = False


class ServerConnection:
    """Carry frames to one client. `delay` is drawn for each frame, in ms; order is kept."""

    def __init__(self, faults: StreamFaults, delay: Callable[[], int], most: int, now: int) -> None:
        self.key: ListenKey | None = None
        """What a private one was opened with."""
        self.channel = ""
        self.on_ready: Callable[[], None] | None = None
        self.closed: Closed | None = None
        """Its end, once the client has come to it."""
        self.is_over = False
        """Nothing more is put in: it has ended, though the client may not have come to it, or was stalled."""
        self.is_stalled = False
        self.is_overrun = False
        self.touched = now
        """When a frame last went either way."""
        self.unanswered = 0
        """How many pings of the venue went out since the client last said anything."""
        self.heard = now
        """When the client last said anything."""
        self._faults = faults
        self._delay = delay
        self._most = most
        self._waiting: deque[tuple[int, Frame | Closed]] = deque()
        self._last = now
        self._held: Frame | None = None

    @property
    def unread(self) -> int:
        """Count the frames that the client has not taken."""
        return len(self._waiting)

    @property
    def next(self) -> int | None:
        """Return when the next frame arrives, or the end; None when nothing is on its way."""
        return self._waiting[0][0] if self._waiting else None

    def put(self, text: str, now: int, events: Collection[str] = ()) -> None:
        """Send a frame, unless it meets a fault; `events` are those that it tells of."""
        if self.is_over:
            return
        self.touched = now
        mishap = self._faults.take(events) if self._faults else None
        if mishap is None:
            self._deliver(Frame(text), now)
        else:
            self._spoil(mishap, text, now)
        if len(self._waiting) > self._most:
            self._waiting.clear()
            self.is_overrun = True
            self.end(CUT, "slow reader", now)
        self.wake()

    def end(self, code: int, reason: str, now: int) -> None:
        """End it behind what is on its way."""
        if not self.is_over:
            self.is_over = True
            self._held = None
            at = max(now, self._last) if self._waiting else now
            self._waiting.append((at, Closed(code, reason, at)))
            self.wake()

    def hang_up(self, now: int) -> None:
        """End it for the client: nothing more arrives."""
        self.is_over = True
        self._held = None
        self._waiting.clear()
        if self.closed is None:
            self.closed = Closed(1000, "closed by the client", now)
        self.wake()

    def take(self, now: int) -> list[Frame]:
        """Return the frames that have arrived by now; `closed` is set once the end is among what arrived."""
        arrived: list[Frame] = []
        while self._waiting and self._waiting[0][0] <= now:
            _, item = self._waiting.popleft()
            if isinstance(item, Closed):
                self.closed = item
            else:
                arrived.append(item)
        return arrived

    def hear(self, now: int) -> None:
        """Record that the client said something."""
        self.touched = self.heard = now
        self.unanswered = 0

    def wake(self) -> None:
        """Wake whoever waits for frames."""
        if self.on_ready is not None:
            self.on_ready()

    def _deliver(self, frame: Frame, now: int, late: int = 0) -> None:
        self._last = max(self._last, now + self._delay() + late)
        self._waiting.append((self._last, frame))
        if self._held is not None:
            self._waiting.append((self._last, self._held))
            self._held = None

    def _spoil(self, mishap: Mishap, text: str, now: int) -> None:
        match mishap.kind:
            case StreamFault.DROP:
                self.end(CUT, "", now)
            case StreamFault.STALL:
                self.is_over = self.is_stalled = True
                self._held = None
            case StreamFault.LOSE:
                pass
            case StreamFault.DUPLICATE:
                self._deliver(Frame(text), now)
                self._deliver(Frame(text), now)
            case StreamFault.REORDER if self._held is None:
                self._held = Frame(text)
            case StreamFault.LATE | StreamFault.REORDER:
                self._deliver(Frame(text), now, mishap.ms)
            case StreamFault.SPLIT:
                self._deliver(Frame(text, in_two=True), now, mishap.ms)
            case StreamFault.TRUNCATE:
                self._deliver(Frame(text, half=True), now)
                self.end(CUT, "", now)
