"""Sends from threads, over connections of urllib3, as requests does, and through proxies as requests opens them.

The exchange itself is driven here and not by ``Session.send``: that one re-encodes the URL, repeats, does not
know whether a byte left, does not bound a trickled answer, and costs more than the rest of a cancel. So requests is
imported for proxies alone: it takes a fifth of what a new process has until its first order is canceled.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

import msgspec
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.util.wait import wait_for_read

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.deadline_socket import bind_tls, in_force, open_socket
from hk_adapter.transport.dns import NameLookups
from hk_adapter.transport.hosts import checked_proxy
from hk_adapter.transport.http_rules import (
    KEEP_ALIVE,
    MAX_BODY,
    Address,
    UnusableAnswer,
    address_of,
    complete_headers,
    lower_case,
    written,
)
from hk_adapter.transport.inherited_pools import drop_copy, let_go
from hk_adapter.transport.one_answer import OneAnswer
from hk_adapter.transport.packed_bodies import check_packing, unpacked, unpacker_for
from hk_adapter.transport.redaction import is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.trust import trusting_context
from hk_adapter.transport.ways_out import Sender, are_own, network, replaced_beside

_POOL_SIZE = 32
_CHUNK = 65536

_NETWORK_FAILURES = (
    OSError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
    UnusableAnswer,
)


class _Progress(msgspec.Struct):
    may_have_left: bool = False
    """True from the moment the request is handed to an open connection: TLS and any proxy tunnel are up."""


class RequestsTransport:
    """A BlockingTransport over connections of its own, for many threads.

    Args:
        proxy: ``http://`` or ``https://`` URL; with None the connection is direct.
        trust_env: take the proxy from HTTP(S)_PROXY and NO_PROXY. The netrc file is never read.
        ssl_context: for a private authority; its ``sslsocket_class`` is replaced.
        ca_file: PEM file of the authorities to trust, where there is no ``ssl_context``.
        max_body: bytes of a decompressed answer beyond which it is refused.
        most_idle: connections to a host that are kept open while nobody uses them.
        plain: that nothing but plain HTTP is expected, so that whom to trust is read when a request needs it after all.
    """

    def __init__(
        self,
        *,
        proxy: str | None = None,
        trust_env: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: str | None = None,
        max_body: int = MAX_BODY,
        most_idle: int = _POOL_SIZE,
        plain: bool = False,
    ) -> None:
        redact_library_logs()
        if proxy is not None or trust_env:
            import requests.adapters  # noqa: F401, PLC0415 - slow to import; an ending interpreter imports nothing
        self._proxy = checked_proxy(proxy)
        self._proxy_of = _environment_proxy() if trust_env else None
        self._max_body = max_body
        self._most_idle = most_idle
        self._own_context = ssl_context
        self._trust = partial(trusting_context, ca_file, trust_env=trust_env)
        if not plain or trust_env or ca_file is not None:
            self._context()  # it takes its time, and tells what is wrong with the file that was named
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._idle: dict[str, deque[HTTPConnection]] = {}
        self._opened: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._lookups = NameLookups()
        self._closed = False
        weakref.finalize(self, _close_all, self._idle)
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Open connections anew when they are needed; the parent's are left to it."""
        for pool in self._pools.values():
            let_go(pool)
        for connection in list(self._opened):
            drop_copy(connection)
        self._idle.clear()
        self._pools = {}

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once and return the answer, whatever its status.

        ``deadline`` is in seconds of ``time.monotonic()``. Raises NotSent when provably no byte of the
        request left, OutcomeUnknown for every other failure of the network or the answer.
        """
        address = address_of(request, deadline, closed=self._closed)
        if isinstance(address, str):
            raise NotSent(address)
        if tool := replaced_beside(Sender.REQUESTS):
            raise NotSent(f"{tool} is replaced, as by a mock, which our requests pass by; use environment='simulator'")
        progress, before = _Progress(), in_force.deadline
        try:
            in_force.deadline = deadline
            return self._exchange(request, address, progress)
        except _NETWORK_FAILURES as error:
            raise_struck(error)
            failure, unreachable = stand_in(error), not is_own_shortage(error)
        finally:
            in_force.deadline = before
        # Raised outside the handler: there the library's exception would become the context of ours.
        if progress.may_have_left:
            raise OutcomeUnknown(f"{request!r}: no whole answer came back: {failure}") from failure
        raise NotSent(f"{request!r}: no connection could be opened: {failure}", unreachable=unreachable) from failure

    def close(self) -> None:
        """Close every idle connection; one in use is closed when its call ends. Idempotent."""
        self._closed = True
        _close_all(self._idle)
        for pool in list(self._pools.values()):
            pool.close()

    def _exchange(self, request: HttpRequest, address: Address, progress: _Progress) -> Response:
        origin, target = address
        pool = self._pool(origin)
        # A deque, each of whose moves is one step: the queue of urllib3's pool stays locked when an interrupt strikes
        # between its taking the lock and being bound to give it back.
        idle = self._idle.setdefault(origin, deque())
        connection = _taken(idle) or cast("HTTPConnection", pool._new_conn())
        keep = False
        try:
            if connection.is_closed:
                self._connect(pool, connection, through_tunnel=pool.proxy is not None and origin.startswith("https:"))
            progress.may_have_left = True
            begin: Callable[[], Any] = connection.getresponse
            if pool.proxy is None and _is_untouched(connection):
                whole = _write(partial(connection.send, written(request, origin, target)))
                begin = partial(_begun, connection, request.method)
            else:
                whole = _write(_by_urllib3(connection, request, target, pool))
            response, surplus = self._read(begin)
            keep = whole and not surplus and connection.sock is not None
            keep = keep and not self._closed and len(idle) < self._most_idle
            connection.idle_since = monotonic()  # type: ignore[attr-defined]
        finally:
            if not keep:
                connection.close()
        if keep:
            idle.append(connection)
        return response

    def _pool(self, origin: str) -> urllib3.HTTPConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            proxy = self._proxy or (None if self._proxy_of is None else self._proxy_of(origin))
            context = self._context() if "https:" in f"{origin} {proxy}" else None
            # Our context is given for each pool: some releases of requests put their own above the manager's.
            found = _manager(proxy, context).connection_from_url(f"{origin}/", pool_kwargs={"ssl_context": context})
            pool = self._pools.setdefault(origin, found)
        return pool

    def _context(self) -> ssl.SSLContext:
        context = self._own_context or self._trust()
        bind_tls(context)
        return context

    def _connect(self, pool: urllib3.HTTPConnectionPool, connection: HTTPConnection, *, through_tunnel: bool) -> None:
        self._opened.add(connection)
        connection.opened_through = network()  # type: ignore[attr-defined]
        # On the instance: test tools such as vcrpy replace the class, and an own one would escape them.
        connection._new_conn = partial(self._open, pool)  # type: ignore[method-assign]
        connection.debuglevel = 0  # else http.client prints each head, with key, signature and a proxy's password
        if connection.response_class is http.client.HTTPResponse:
            connection.response_class = OneAnswer
        if through_tunnel:
            pool._prepare_proxy(connection)
        else:
            connection.connect()

    def _open(self, pool: urllib3.HTTPConnectionPool) -> socket.socket:
        host, port = (pool.proxy.host, pool.proxy.port) if pool.proxy else (pool.host, pool.port)
        return open_socket(self._lookups, str(host), int(port or 0), HTTPConnection.default_socket_options)

    def _read(self, begin: Callable[[], Any]) -> tuple[Response, bool]:
        """Read an answer; and say whether more came with it than belongs to it."""
        answer = begin()
        try:
            headers = answer.named if isinstance(answer, OneAnswer) else lower_case(answer.headers.items())
            response = Response(answer.status, headers, self._body(answer, headers))
        finally:
            answer.close()
        return response, getattr(getattr(answer, "_original_response", answer), "surplus", False)

    def _body(self, answer: Any, headers: Mapping[str, str]) -> bytes:
        if answer.status < 200:
            raise UnusableAnswer(f"HTTP status {answer.status} is no final answer")
        parts: list[bytes] = []
        size = 0
        packed = "content-encoding" in headers
        for part in _unpacked(answer, headers) if packed else iter(partial(answer.read, _CHUNK), b""):
            size += len(part)
            if size > self._max_body:
                raise UnusableAnswer(f"the answer is longer than {self._max_body} bytes")
            parts.append(part)
        return b"".join(parts)


def _unpacked(answer: Any, headers: Mapping[str, str]) -> Iterator[bytes]:
    unpacker = unpacker_for(headers)
    if unpacker is None:
        if isinstance(
            getattr(answer, "_original_response", answer), OneAnswer
        ):  # a test tool's own are unpacked already
            check_packing(headers)
        return iter(partial(answer.read, _CHUNK), b"")
    told = {} if isinstance(answer, OneAnswer) else {"decode_content": False}
    return unpacked(iter(partial(answer.read, _CHUNK, **told), b""), unpacker)


def _is_untouched(connection: HTTPConnection) -> bool:
    """Whether nobody else's function is in the place of those that urllib3's own way goes through."""
    upper, lower = type(connection), http.client.HTTPConnection
    return (
        are_own((upper.request, upper.putrequest, upper.putheader, upper.getresponse), urllib3.connection)
        and are_own((lower.putrequest, lower.putheader, lower.endheaders, lower.getresponse), http.client)
        and connection.response_class is OneAnswer
    )


def _by_urllib3(
    connection: HTTPConnection, request: HttpRequest, target: str, pool: urllib3.HTTPConnectionPool
) -> Callable[[], object]:
    headers = complete_headers(request.headers)
    if pool.proxy is not None and pool.scheme == "http":
        target = request.url
        headers |= pool.proxy_headers
    return partial(
        connection.request, request.method, target, body=request.body, headers=headers, preload_content=False
    )


def _write(write: Callable[[], object]) -> bool:
    """Write the request; False if the venue stopped reading, which may still mean that it answered first."""
    try:
        write()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise_struck(error)
        return False
    return True


def _begun(connection: HTTPConnection, method: str) -> OneAnswer:
    """Return an answer whose head is read."""
    answer = OneAnswer(connection.sock, method=method)
    try:
        answer.begin()
    except BaseException:
        answer.close()
        raise
    if answer.will_close:
        connection.close()  # the answer holds its socket still
    return answer


def _close_all(idle: dict[str, deque[HTTPConnection]]) -> None:
    for connections in list(idle.values()):
        while connections:
            connections.pop().close()


def _taken(idle: deque[HTTPConnection]) -> HTTPConnection | None:
    """Pop the connection used last that is fresh and on which nothing has arrived since; close the others met.

    One that was opened through something else than what a new one would be is not fresh: it would pass a guard by.
    """
    through = network()
    while True:
        try:
            connection = idle.pop()
        except IndexError:
            return None
        since: float = connection.idle_since  # type: ignore[attr-defined]
        fresh = monotonic() - since <= KEEP_ALIVE and connection.opened_through == through  # type: ignore[attr-defined]
        if fresh and not connection.is_closed and not _has_more(connection):
            return connection
        connection.close()


def _has_more(connection: HTTPConnection) -> bool:
    """Whether there is something to read that nobody asked for: an answer too many, surplus bytes, or the end."""
    sock = connection.sock
    if sock is None:
        return False
    decrypted = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
    return decrypted or wait_for_read(sock, 0.0)


def _environment_proxy() -> Callable[[str], str | None]:
    from hk_adapter.transport.proxies import environment_proxy  # noqa: PLC0415 - slow to import; not where it is asked

    return environment_proxy


def _manager(proxy: str | None, context: ssl.SSLContext | None) -> urllib3.PoolManager:
    """Return what makes connections for an origin. Of its pools only what they know is used: none keeps any."""
    if proxy is None:
        return urllib3.PoolManager()
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - as above

    manager: urllib3.PoolManager = HTTPAdapter(max_retries=0).proxy_manager_for(proxy, proxy_ssl_context=context)
    return manager
