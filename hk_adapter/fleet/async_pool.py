"""Many accounts open at once, for asyncio."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, NotSent, shown
from hk_adapter.fleet.member import PoolAccount, chosen
from hk_adapter.fleet.pool_base import PoolBase
from hk_adapter.fleet.shared_sockets import AsyncShare, SharedSockets
from hk_adapter.flow.http import AsyncTransport
from hk_adapter.venue.connect import AsyncVenue, async_transport
from hk_adapter.venue.connection import Connection, open_connection


class AsyncVenuePool(PoolBase[AsyncVenue]):
    """As ``VenuePool``, for asyncio: used from one loop. An async context manager."""

    def __init__(self, accounts: Iterable[PoolAccount], *, block_file: str | os.PathLike[str] | None = None) -> None:
        """Collect the accounts; arguments and errors as ``PoolBase``."""
        super().__init__(accounts, block_file=block_file)
        self._sockets: SharedSockets[AsyncTransport] = SharedSockets(async_transport)

    async def open(self) -> Mapping[str, AdapterError]:
        """Open all accounts that are not open, at once, and return ``failures``: one that fails costs no other."""
        missing = [name for name in self._members if name not in self._open]
        await asyncio.gather(*(self.opened(name) for name in missing), return_exceptions=True)
        return self.failures

    async def venue(self, name: str) -> AsyncVenue:
        """Return an account's venue, opened if it is not. Raises as ``connect_async``; KeyError for no member."""
        return (await self.opened(name))[0]

    def __getitem__(self, name: str) -> AsyncVenue:
        """Return an account's venue that is open. Raises NotSent where it is not; KeyError for no member."""
        if name not in self._members:
            raise KeyError(name)
        if name not in self._open:
            raise NotSent(f"the account {name!r} is not open; await pool.open() or pool.venue(name)")
        return self._open[name][0]

    async def opened(self, name: str) -> tuple[AsyncVenue, Connection]:
        """As ``venue``, with the connection beneath."""
        member = self._members[name]
        if (found := self._open.get(name)) is not None:
            return found
        try:
            opened = await self._opened(member)
        except AdapterError as error:
            self._failures[name] = error
            raise
        kept = None if self._closed else self._open.setdefault(name, opened)
        if kept is not opened:
            await opened[0].close()
        if kept is None:
            raise NotSent("the pool is closed; open another one")
        self._failures.pop(name, None)
        return kept

    @asynccontextmanager
    async def beside(self, name: str) -> AsyncIterator[tuple[AsyncVenue, Connection]]:
        """Open an account's venue once more; as ``VenuePool.beside``."""
        _, connection = await self.opened(name)
        venue = self._venue(connection)
        try:
            yield venue, connection
        finally:
            await venue.close()

    async def call(
        self, method: str, *args: Any, accounts: Iterable[str] | None = None, **named: Any
    ) -> dict[str, Any]:
        """Call a method of ``AsyncVenue`` on many accounts at once; as ``VenuePool.call``."""
        if method.startswith("_") or not inspect.iscoroutinefunction(getattr(AsyncVenue, method, None)):
            raise InvalidArgument(f"an AsyncVenue has no such method to await: {shown(method)}")
        names = chosen(self._members, accounts, None)

        async def one(name: str) -> Any:
            try:
                return await getattr(await self.venue(name), method)(*args, **named)
            except AdapterError as error:
                return error

        return dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))

    async def close(self) -> None:
        """Close every account and every socket. Idempotent."""
        self._closed = True
        opened, self._open = list(self._open.values()), {}
        for venue, _ in opened:
            await venue.close()
        for transport in self._sockets.take_all():
            await transport.close()

    async def __aenter__(self) -> AsyncVenuePool:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _opened(self, member: PoolAccount) -> tuple[AsyncVenue, Connection]:
        connection = open_connection(member.arguments(self._blocks[member.name], self._seen[member.name]))
        return await self._venue(connection)._opened(), connection

    def _venue(self, connection: Connection) -> AsyncVenue:
        shared = self._sockets.of(connection)
        return AsyncVenue(connection, None if shared is None else AsyncShare(shared))
