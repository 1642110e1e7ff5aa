"""Resolves host names without ever holding a caller past its deadline: ``getaddrinfo`` cannot be interrupted.

The standard executors will not do: their threads are waited for when the interpreter or the loop ends. Where the
interpreter ends and starts no thread any more, names are resolved in the calling one.
"""

from __future__ import annotations

import codecs
import ipaddress
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.threads import started_bare

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
_Key = tuple[str, int, int]

codecs.lookup("idna")  # getaddrinfo needs it, and an interpreter that ends imports nothing any more


class Lookup:
    """One lookup under way, for any number of threads and loops that wait for it.

    No lock that two of them hold: a ``Future``'s stays taken where an interrupt strikes who waits.
    """

    def __init__(self) -> None:
        self.ended = False
        self._found: list[AddressInfo] = []
        self._failure: BaseException | None = None
        self._waiting: deque[Callable[[], object]] = deque()

    def wait(self, seconds: float) -> list[AddressInfo]:
        """Block this thread until it has ended. Raises OSError, and TimeoutError after ``seconds``."""
        bell = threading.Lock()
        bell.acquire()
        self._when_ended(bell.release)
        if not bell.acquire(timeout=seconds):
            raise TimeoutError("the name was not resolved in time")
        return self._result()

    async def waited(self) -> list[AddressInfo]:
        """Wait in the running loop. Raises OSError."""
        from asyncio import Event, get_running_loop  # noqa: PLC0415 - threads resolve names without a loop

        loop, ended = get_running_loop(), Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(ended.set)

        self._when_ended(tell)
        await ended.wait()
        return self._result()

    def end(self, found: list[AddressInfo], failure: BaseException | None) -> None:
        """Record what came of it, and wake everybody who waits."""
        self._found, self._failure, self.ended = found, failure, True
        self._wake()

    def _when_ended(self, tell: Callable[[], object]) -> None:
        self._waiting.append(tell)
        if self.ended:
            self._wake()

    def _wake(self) -> None:
        with suppress(IndexError):
            while True:
                self._waiting.popleft()()

    def _result(self) -> list[AddressInfo]:
        if self._failure is not None:
            raise self._failure
        return self._found


class NameLookups:
    """Runs each lookup in a daemon thread of its own, and shares it among those who ask meanwhile."""

    def __init__(self) -> None:
        self._guard = Guard()
        self._running: dict[_Key, Lookup] = {}
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Forget the lookups under way: their threads are the parent's."""
        self._running = {}

    def start(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> Lookup:
        """Return the lookup that is under way, or begin one. It cannot be canceled."""
        key = (host, port, family)
        with self._guard:
            lookup = self._running.get(key)
            if lookup is not None and not lookup.ended:
                return lookup
            lookup = Lookup()
            begun = started_bare(self._run, key, lookup)
            if begun:
                self._running[key] = lookup  # not sooner: an interrupt would leave one that nobody carries out
        if not begun:
            self._run(key, lookup)
        return lookup

    def _run(self, key: _Key, lookup: Lookup) -> None:
        found: list[AddressInfo] = []
        failure: BaseException | None = None
        try:
            found = _look_up(*key)
        except UnicodeError:
            failure = socket.gaierror(socket.EAI_NONAME, "not a host name")
        except BaseException as error:  # noqa: BLE001 - not swallowed: it is raised in the threads that wait
            failure = error
        lookup.end(found, failure)


def literal_address(host: str, port: int) -> AddressInfo | None:
    """Return the address if the host is one already, or None if it is a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.version == 4:
        return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))
    return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0))


def _look_up(host: str, port: int, family: int) -> list[AddressInfo]:
    found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
    return [(int(kin), int(kind), proto, name, tuple(place)) for kin, kind, proto, name, place in found]
