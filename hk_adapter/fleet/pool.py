"""Many accounts open at once, for threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, NotSent, PluginError, shown
from hk_adapter.fleet.fan_out import Abandoned, in_threads
from hk_adapter.fleet.member import PoolAccount, chosen
from hk_adapter.fleet.pool_base import PoolBase
from hk_adapter.fleet.shared_sockets import Share, SharedSockets
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.http import BlockingTransport
from hk_adapter.venue.connect import Venue, blocking_transport
from hk_adapter.venue.connection import Connection, open_connection

_FEWEST_IDLE = 32
"""Sockets to a host that are kept, at least; else one for each account."""


class VenuePool(PoolBase[Venue]):
    """Many accounts of any venues, each a ``Venue`` of its own. May be used from many threads. A context manager.

    Accounts of one key share its rate budget, as everywhere. Those that go out the same way share their sockets, their
    name look-ups and their TLS context. Creates of all of them can be blocked at once.
    """

    def __init__(self, accounts: Iterable[PoolAccount], *, block_file: str | os.PathLike[str] | None = None) -> None:
        """Collect the accounts; arguments and errors as ``PoolBase``."""
        super().__init__(accounts, block_file=block_file)
        self._guard = Guard()
        idle = max(_FEWEST_IDLE, len(self._members))
        self._sockets: SharedSockets[BlockingTransport] = SharedSockets(partial(blocking_transport, most_idle=idle))

    def open(self) -> Mapping[str, AdapterError]:
        """Open all accounts that are not open, at once, and return ``failures``: one that fails costs no other."""
        missing = [name for name in self._members if name not in self._open]
        results = self._at_once({name: partial(self.__getitem__, name) for name in missing})
        self._failures |= {name: error for name, error in results.items() if isinstance(error, AdapterError)}
        return self.failures

    def __getitem__(self, name: str) -> Venue:
        """Return an account's venue, opened if it is not. Raises what ``connect`` raises; KeyError for no member."""
        return self.opened(name)[0]

    def opened(self, name: str) -> tuple[Venue, Connection]:
        """As ``pool[name]``, with the connection beneath."""
        member = self._members[name]
        if (found := self._open.get(name)) is not None:
            return found
        try:
            opened = self._opened(member)
        except AdapterError as error:
            self._failures[name] = error
            raise
        with self._guard:
            kept = None if self._closed else self._open.setdefault(name, opened)
        if kept is not opened:
            opened[0].close()
        if kept is None:
            raise NotSent("the pool is closed; open another one")
        self._failures.pop(name, None)
        return kept

    @contextmanager
    def beside(self, name: str) -> Iterator[tuple[Venue, Connection]]:
        """Open an account's venue once more, for as long as the block lasts: ``pool[name]`` may have been closed.

        It has the same connection: budget, look-ups, wrappers and key. Raises as ``pool[name]``.
        """
        _, connection = self.opened(name)
        venue = self._venue(connection)
        try:
            yield venue, connection
        finally:
            venue.close()

    def call(self, method: str, *args: Any, accounts: Iterable[str] | None = None, **named: Any) -> dict[str, Any]:
        """Call a method of ``Venue`` on many accounts at once, and return what each came to, by their names.

        Args:
            method: such as ``fetch_balance``.
            args: the method's own.
            accounts: names; None is all.
            named: the method's own.

        Returns for each account its result, or, as a value, the AdapterError that it ended in. Raises InvalidArgument
        for no method, and for names that no account has.
        """
        if method.startswith("_") or not callable(getattr(Venue, method, None)):
            raise InvalidArgument(f"a Venue has no method {shown(method)}")
        names = chosen(self._members, accounts, None)

        def one(name: str) -> Any:
            return getattr(self[name], method)(*args, **named)

        return self._at_once({name: partial(one, name) for name in names})

    def close(self) -> None:
        """Close every account and every socket. Idempotent."""
        with self._guard:
            self._closed = True
            opened, self._open = list(self._open.values()), {}
        for venue, _ in opened:
            venue.close()
        for transport in self._sockets.take_all():
            transport.close()

    def __enter__(self) -> VenuePool:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self, member: PoolAccount) -> tuple[Venue, Connection]:
        connection = open_connection(member.arguments(self._blocks[member.name], self._seen[member.name]))
        return self._venue(connection)._opened(), connection

    def _venue(self, connection: Connection) -> Venue:
        shared = self._sockets.of(connection)
        return Venue(connection, None if shared is None else Share(shared))

    def _at_once(self, work: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        results = in_threads(work, Abandoned())
        for name, result in results.items():
            if isinstance(result, Exception) and not isinstance(result, AdapterError):
                results[name] = unexpected(result)
        return {name: results[name] for name in work}


def unexpected(error: Exception) -> PluginError:
    """Return an account's failure that is none of ours as one of ours."""
    told = PluginError(f"it broke with {type(error).__name__}")
    told.__cause__ = error
    return told
