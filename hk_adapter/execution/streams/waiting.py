"""What one who watches has: a buffer with an end, filled by the stream's flow, and emptied by the consumer's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import Generic, TypeVar

from hk_adapter.errors import AdapterError
from hk_adapter.flow.bell import Bell
from hk_adapter.flow.effects import Now
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.streams import Listen

U = TypeVar("U")

MOST_WAITING = 10_000
"""Updates that wait for a consumer at the most."""


class Waiting(ABC, Generic[U]):
    """Updates that wait for a consumer. Filled from one thread, emptied from another.

    Attributes:
        is_caught_up: whether it has been given what there is to begin with.
        trouble: what kept the stream from being opened last; None where nothing did.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self.is_caught_up = False
        self.trouble: AdapterError | None = None
        self._most = most
        self._bell = Bell()
        self._lock = Guard()
        self._waiting: deque[U] = deque()
        self._ended = False
        self._error: AdapterError | None = None

    def offer(self, update: U) -> None:
        """Put in an update. Never waits: where there is no room, earlier ones make some."""
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

    @property
    def is_whole(self) -> bool:
        """Whether, while its stream is live, nothing is missing of what it watches."""
        return True

    def catch_up(self) -> None:
        """Record that it has been given all that there is to begin with."""
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

    def take(self) -> U | None:
        """Return the next update where one waits; None where none does."""
        if not self._waiting:
            return None
        with self._lock:
            return self._take_next() if self._waiting else None

    async def next(self, seconds: float | None = None) -> U | None:
        """Wait for the next update, as a flow; None at the end. Raises, once, what ended the stream.

        Raises TimeoutError where none has come within so many ``seconds``; None waits for as long as it takes.
        """
        until = None if seconds is None else (await Now()).monotonic + seconds
        while True:
            with self._lock:
                if self._waiting:
                    return self._take_next()
                if self._ended:
                    error, self._error = self._error, None
                    if error is not None:
                        raise error
                    return None
            if until is not None and (await Now()).monotonic >= until:
                raise TimeoutError(f"no update came within {seconds:g} s")
            await Listen(self._bell, until)

    async def caught_up(self, seconds: float) -> None:
        """Wait until it has been given what there is, as a flow, or so many seconds. Raises what ended the stream."""
        deadline = (await Now()).monotonic + seconds
        while not (self.is_caught_up or self._ended) and (await Now()).monotonic < deadline:
            await Listen(self._bell, deadline)
        with self._lock:
            error, self._error = self._error, None
        if error is not None:
            raise error

    @abstractmethod
    def _take_next(self) -> U:
        """Return the next of those that wait, which says what was not delivered before it; it waits no more."""

    @abstractmethod
    def _make_room(self) -> None:
        """Fold or drop earlier ones."""
