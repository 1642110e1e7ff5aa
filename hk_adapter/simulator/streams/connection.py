"""A stream as its client holds it, in process: no socket, no thread, and no clock but the time each call brings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from hk_adapter.simulator.exchange.agenda import Agenda
from hk_adapter.simulator.streams.hub import Streams
from hk_adapter.simulator.streams.server_connection import Closed, Frame, ServerConnection


class Host(Protocol):
    """Is what a connection is one of: the simulator."""

    agenda: Agenda
    streams: Streams

    def at(self, now: int) -> AbstractContextManager[None]:
        """Do something at a time, under the lock."""
        ...

    def looking(self) -> AbstractContextManager[object]:
        """Look at something under the lock, without moving the time."""
        ...


class StreamConnection:
    """One connection. `now` moves the venue's time, in ms, as a request's does; any thread may call.

    `status` is 101 when it was opened, else the HTTP status of the refusal, 0 when no connection came about.
    """

    def __init__(self, simulator: Host, connection: ServerConnection, status: int) -> None:
        self.status = status
        self._simulator = simulator
        self._connection = connection

    @property
    def closed(self) -> Closed | None:
        """How it ended, once its reader has come to the end; None while it is open for the reader."""
        return self._connection.closed

    @property
    def is_stalled(self) -> bool:
        """Return whether a fault keeps the venue silent on it."""
        return self._connection.is_stalled

    @property
    def is_overrun(self) -> bool:
        """Return whether it was cut because nobody read it."""
        return self._connection.is_overrun

    @property
    def on_ready(self) -> Callable[[], None] | None:
        """What is called when something was put in, within the call that brought it about; it may only take note."""
        return self._connection.on_ready

    @on_ready.setter
    def on_ready(self, callback: Callable[[], None] | None) -> None:
        self._connection.on_ready = callback

    def receive(self, now: int) -> list[str]:
        """Return the frames that have arrived by now and were not given before, in order."""
        return [frame.text for frame in self.take(now) if not frame.half]

    def take(self, now: int) -> list[Frame]:
        """Return the same, with how each goes over a socket."""
        with self._simulator.at(now):
            return self._connection.take(now)

    def next_at(self) -> int | None:
        """Return when to look again if nobody does anything: the next frame, the end, or what the venue has to do."""
        with self._simulator.looking():
            if self._connection.closed is not None:
                return None
            known = [at for at in (self._connection.next, self._simulator.agenda.next) if at is not None]
            return min(known, default=None)

    def send(self, text: str, now: int) -> None:
        """Send a frame; on a connection that has ended nothing happens."""
        with self._simulator.at(now):
            self._simulator.streams.hear(self._connection, text, now)

    def close(self, now: int) -> None:
        """Hang up: nothing arrives any more."""
        with self._simulator.at(now):
            self._simulator.streams.hang_up(self._connection, now)
