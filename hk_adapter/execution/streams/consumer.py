"""One who watches: a buffer with an end, filled by the stream's flow, and emptied by the consumer's own."""

from __future__ import annotations

from collections import deque

from hk_adapter.errors import AdapterError
from hk_adapter.flow.bell import Bell
from hk_adapter.flow.effects import Now
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.streams import Listen
from hk_adapter.model import OrderUpdate

MOST_WAITING = 10_000
"""Updates that wait for a consumer at the most, those of one order folded into one."""


class Consumer:
    """A consumer of order updates. Filled from one thread, emptied from another.

    Attributes:
        symbol: the only one whose orders it is told of; None: all.
        is_caught_up: whether it has been given what is open.
        trouble: what kept the stream from being opened last; None where nothing did.
    """

    def __init__(self, symbol: str | None = None, most: int = MOST_WAITING) -> None:
        self.symbol = symbol
        self.is_caught_up = False
        self.trouble: AdapterError | None = None
        self._most = most
        self._bell = Bell()
        self._lock = Guard()
        self._waiting: deque[OrderUpdate] = deque()
        self._dropped = 0
        self._ended = False
        self._error: AdapterError | None = None

    def offer(self, update: OrderUpdate) -> None:
        """Put in an update. Never waits: where there is no room, earlier ones of its order are folded into it."""
        with self._lock:
            if self._ended:
                return
            if len(self._waiting) >= self._most:
                self._make_room()
            self._waiting.append(update)
        self._bell.ring()

    @property
    def has_ended(self) -> bool:
        """Whether the stream, or the wish to watch it, is over."""
        return self._ended

    def catch_up(self) -> None:
        """Note that it has been given all that is open."""
        self.is_caught_up = True
        self._bell.ring()

    def end(self, error: AdapterError | None = None) -> None:
        """End it: after what waits come the error, where there is one, and the end."""
        with self._lock:
            if not self._ended:
                self._ended, self._error = True, error
        self._bell.ring()

    def leave(self) -> None:
        """Drop all that waits, too."""
        with self._lock:
            self._ended, self._error = True, None
            self._waiting.clear()
        self._bell.ring()

    async def next(self) -> OrderUpdate | None:
        """Wait for the next update, as a flow; None at the end. Raises, once, what ended the stream."""
        while True:
            with self._lock:
                if self._waiting:
                    return self._taken()
                if self._ended:
                    error, self._error = self._error, None
                    if error is not None:
                        raise error
                    return None
            await Listen(self._bell, None)

    async def caught_up(self, seconds: float) -> None:
        """Wait until it has been given what is open, as a flow, or so many seconds. Raises what ended the stream."""
        deadline = (await Now()).monotonic + seconds
        while not (self.is_caught_up or self._ended) and (await Now()).monotonic < deadline:
            await Listen(self._bell, deadline)
        with self._lock:
            error, self._error = self._error, None
        if error is not None:
            raise error

    def _taken(self) -> OrderUpdate:
        update = self._waiting.popleft()
        if self._dropped:
            update, self._dropped = update.replace(dropped=self._dropped), 0
        return update

    def _make_room(self) -> None:
        """Fold the updates of each order into the last one; where that is not enough, drop the oldest tenth."""
        last: dict[str | None, OrderUpdate] = {}
        for update in self._waiting:
            before = last.pop(update.order.id, None)
            folded = 0 if before is None else before.folded + 1
            last[update.order.id] = update.replace(folded=update.folded + folded) if folded else update
        self._waiting = deque(last.values())
        spare = max(1, self._most // 10)
        while len(self._waiting) > self._most - spare:
            self._dropped += 1 + self._waiting.popleft().folded
