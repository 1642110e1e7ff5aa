"""What carries the requests of many accounts: one transport for all that go out the same way, closed with the pool.

A request is signed before it gets here, so a socket, a name look-up and a TLS context are nobody's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from hk_adapter.errors import NotSent
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.http import AsyncTransport, BlockingTransport, HttpRequest, Response
from hk_adapter.venue.connection import Connection

P = TypeVar("P", BlockingTransport, AsyncTransport)


class SharedSockets(Generic[P]):
    """The transports of one pool, by their proxy and the authorities that they trust."""

    def __init__(self, make: Callable[[Connection], P]) -> None:
        self._make: Callable[[Connection], P] = make
        self._guard = Guard()
        self._made: dict[tuple[str | None, bool, str | None], P] = {}

    def of(self, connection: Connection) -> P | None:
        """Return the transport that a connection shares; None for a simulator in process, which has its own."""
        if connection.simulator is not None:
            return None
        way = (connection.proxy, connection.trust_env, connection.ca_file)
        with self._guard:
            found = self._made.get(way)
            if found is None:
                found = self._made[way] = self._make(connection)
            return found

    def take_all(self) -> list[P]:
        """Return all of them, to be closed, and forget them."""
        with self._guard:
            made = list(self._made.values())
            self._made = {}
        return made


class Share:
    """One account's part of a transport: closing it sends nothing more, and leaves the sockets to the others."""

    def __init__(self, transport: BlockingTransport) -> None:
        self._transport = transport
        self._closed = False

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once, as the transport does; NotSent after ``close``."""
        check_open(self._closed)
        return self._transport.send(request, deadline)

    def close(self) -> None:
        """Send nothing more. Idempotent."""
        self._closed = True


class AsyncShare:
    """As ``Share``, for asyncio."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport
        self._closed = False

    async def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once, as the transport does; NotSent after ``close``."""
        check_open(self._closed)
        return await self._transport.send(request, deadline)

    async def close(self) -> None:
        """Send nothing more. Idempotent."""
        self._closed = True


def check_open(closed: bool) -> None:
    """Raise NotSent where an account was closed."""
    if closed:
        raise NotSent("the connection to the venue is closed; open another one")
