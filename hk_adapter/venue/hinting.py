"""What a venue's library hears, passed on to the poll that it may only wake. Nothing of it can end a watch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

from hk_adapter.errors import NotSent
from hk_adapter.execution.attempt import Attempt
from hk_adapter.flow.async_runner import AsyncRunner
from hk_adapter.flow.awaited import awaited
from hk_adapter.flow.blocking_runner import LIBRARY
from hk_adapter.flow.driver import Watched
from hk_adapter.flow.effects import Flow, Lane
from hk_adapter.flow.log_line import Lines
from hk_adapter.flow.real_time import monotonic
from hk_adapter.hooks.hints import Hint, Hints, Wanted, Ways
from hk_adapter.transport.foreign_sockets import ForeignSockets

_LOG = Lines("hk_adapter.streams")

T = TypeVar("T")

SECONDS = 10.0
"""How long a library's question, or opening its socket, may take."""
CLOSING = 2.0
"""Seconds that a library is given to end, before its sockets are closed for it."""


@runtime_checkable
class Woken(Protocol):
    """A poll that takes hints."""

    @property
    def wanted(self) -> Wanted:
        """What is watched."""

    def learn_hint(self, hint: Hint) -> None:
        """Ask at once about what may have changed."""


Sockets = Callable[[frozenset[str]], ForeignSockets]
"""Makes what opens sockets at these origins."""


class ConnectionWays:
    """The ways of a connection; see ``Ways``. No socket is opened before it is known where that is allowed."""

    def __init__(self, runner: AsyncRunner) -> None:
        self._runner = runner
        self.sockets: ForeignSockets | None = None

    async def ask(self, flow: Flow[T]) -> T:
        """As Ways.ask."""
        return await self._runner.run(Watched(flow, Attempt(monotonic() + SECONDS, Lane.NORMAL)))

    async def open_socket(self, url: str, **options: Any) -> Any:
        """As Ways.open_socket."""
        if self.sockets is None:
            raise NotSent("it is not known yet where a socket may be opened")
        return await self.sockets.open_socket(url, **options)


class Hinting:
    """Begins to listen beside each poll of one loop. ``hints`` makes what listens, by the ways that it is given."""

    def __init__(self, hints: Callable[[Ways], Hints], runner: AsyncRunner, sockets: Sockets) -> None:
        self._hints = hints
        self._runner = runner
        self._sockets = sockets

    def begin(self, poll: Woken) -> Listening:
        """Begin to listen for a poll."""
        return Listening(poll, self._hints, ConnectionWays(self._runner), self._sockets)


class Listening:
    """One library that listens for one poll: anew whenever something else is watched."""

    def __init__(self, poll: Woken, hints: Callable[[Ways], Hints], ways: ConnectionWays, sockets: Sockets) -> None:
        self._poll = poll
        self._ways = ways
        self._make_sockets = sockets
        self._changed = asyncio.Event()
        self._task = asyncio.ensure_future(self._run(hints))
        self.has_changed()

    def has_changed(self) -> None:
        """Look again at what is watched."""
        self._changed.set()

    async def end(self) -> None:
        """Stop, and leave nothing behind, within seconds."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self, make: Callable[[Ways], Hints]) -> None:
        try:
            await awaited(lambda: self._begin(make), LIBRARY)
        except Exception as error:  # noqa: BLE001 - whatever a library's fault is, the poll goes on
            _LOG.warning("what changes is found by asking alone, for its library broke: %s", type(error).__name__)
        finally:
            if self._ways.sockets is not None:
                await self._ways.sockets.close()

    async def _begin(self, make: Callable[[Ways], Hints]) -> None:
        hints = make(self._ways)
        self._ways.sockets = self._make_sockets(hints.stream_hosts)
        await self._listen(hints)

    async def _listen(self, hints: Hints) -> None:
        # What is no plain error, such as SystemExit, would leave the loop where it left a task.
        listening = asyncio.ensure_future(awaited(lambda: hints.listen(self._poll.learn_hint), LIBRARY))
        listening.add_done_callback(_retrieve)
        try:
            while not listening.done():
                hints.want(self._poll.wanted)
                self._changed.clear()
                changed = asyncio.ensure_future(self._changed.wait())
                try:
                    await asyncio.wait((changed, listening), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    changed.cancel()
        finally:
            listening.cancel()
            await asyncio.wait((listening,), timeout=CLOSING)
        listening.result()


def _retrieve(task: asyncio.Task[None]) -> None:
    """Retrieve what ended a task, so that the loop does not show it: its words may name a listen key."""
    if not task.cancelled():
        task.exception()
