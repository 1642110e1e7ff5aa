"""Which aiohttp session a call may use: one for each event loop, and none that a fork has copied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import aiohttp

from hk_adapter.flow.forks import renew_after_fork

_left_to_the_parent: list[aiohttp.ClientSession] = []


class LoopSessions:
    """The sessions of one transport, each made by the first call in its loop."""

    def __init__(self, make: Callable[[], aiohttp.ClientSession]) -> None:
        self._make = make
        self._by_loop: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Keep the parent's sessions as they are: closed here, the parent's loop would be deaf to them."""
        for session in self._by_loop.values():
            leave_alone(session)
        self._by_loop = {}

    def running(self) -> aiohttp.ClientSession:
        """Return the session of the running loop."""
        loop = asyncio.get_running_loop()
        session = self._by_loop.get(loop)
        if session is None:
            for ended in [other for other in self._by_loop if other.is_closed()]:
                drop(self._by_loop.pop(ended))
            session = self._by_loop[loop] = self._make()
        return session

    async def close(self) -> None:
        """Close all of them, those of other loops by these."""
        while self._by_loop:
            loop, session = self._by_loop.popitem()
            if loop is asyncio.get_running_loop():
                await _close_whole(session)
            elif loop.is_closed():
                drop(session)
            else:
                closing = _close_whole(session)
                try:
                    asyncio.run_coroutine_threadsafe(closing, loop)
                except RuntimeError:  # it has just been closed
                    closing.close()
                    drop(session)


async def _close_whole(session: aiohttp.ClientSession) -> None:
    """Close a session with its sockets: early releases of aiohttp leave those to the loop, which may end first."""
    connector = session.connector
    transports = [] if connector is None else list(_transports(connector))
    await session.close()
    for transport in transports:
        if isinstance(transport, asyncio.Transport):
            with suppress(AttributeError):  # early 3.11: one of TLS that is closed already has no protocol to abort
                transport.abort()
    if transports:
        await asyncio.sleep(0)  # their sockets are closed in the loop's next round


def leave_alone(session: aiohttp.ClientSession) -> None:
    """Keep a session that a fork has copied for good, with its connections, and have nothing ever close it here.

    Loops copied by a fork share the kernel's list of what they wait for.
    """
    _left_to_the_parent.append(session)
    connector = session.connector
    if connector is not None:
        connector._closed = True


def drop(session: aiohttp.ClientSession) -> None:
    """Close the sockets of a session whose loop is closed already: it can do nothing any more, nor say good-bye."""
    connector = session.connector
    if connector is None:
        return
    for transport in list(_transports(connector)):
        _close_socket(transport)
    connector._conns.clear()
    connector._acquired.clear()
    connector._closed = True


def _transports(connector: aiohttp.BaseConnector) -> Iterator[asyncio.BaseTransport]:
    for pooled in connector._conns.values():
        for protocol, _ in pooled:
            if protocol.transport is not None:
                yield protocol.transport
    for protocol in connector._acquired:
        if protocol.transport is not None:
            yield protocol.transport


def _close_socket(transport: Any) -> None:
    under_tls = getattr(getattr(transport, "_ssl_protocol", None), "_transport", None)
    end = getattr(under_tls or transport, "_call_connection_lost", None)
    if end is not None:
        with suppress(RuntimeError):  # what is told of it is to run in the loop that is closed
            end(None)
