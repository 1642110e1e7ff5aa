"""Resolves host names without ever holding a caller past its deadline: ``getaddrinfo`` cannot be interrupted.

The standard executors will not do: their threads are waited for when the interpreter or the loop ends. Where the
interpreter ends and starts no thread any more, names are resolved in the calling one.
"""

from __future__ import annotations

import codecs
import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any

from hk_adapter.flow.process import renew_after_fork
from hk_adapter.flow.threads import started

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
_Key = tuple[str, int, int]

codecs.lookup("idna")  # getaddrinfo needs it, and an interpreter that ends imports nothing any more


class NameLookups:
    """Runs each lookup in a daemon thread of its own, and shares it among those who ask meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[_Key, Future[list[AddressInfo]]] = {}
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Forget the lookups under way: their threads are the parent's."""
        self._lock = threading.Lock()
        self._running = {}

    def start(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> Future[list[AddressInfo]]:
        """Return the lookup's future. It fails with an OSError, and cannot be cancelled."""
        key = (host, port, family)
        with self._lock:
            future = self._running.get(key)
            if future is not None:
                return future
            future = Future()
            future.set_running_or_notify_cancel()
            self._running[key] = future
        thread = threading.Thread(target=self._run, args=(key, future), name="hk_adapter-dns", daemon=True)
        if not started(thread):
            self._run(key, future)
        return future

    def _run(self, key: _Key, future: Future[list[AddressInfo]]) -> None:
        found: list[AddressInfo] = []
        failure: BaseException | None = None
        try:
            found = _look_up(*key)
        except UnicodeError:
            failure = socket.gaierror(socket.EAI_NONAME, "not a host name")
        except BaseException as error:  # noqa: BLE001 - not swallowed: it is raised in the threads that wait
            failure = error
        with self._lock:
            self._running.pop(key, None)
        if failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(found)


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
