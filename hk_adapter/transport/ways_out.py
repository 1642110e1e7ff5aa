"""The ways into a network in which mocks and guards stand: behind one that our requests pass by, nothing goes out.

A tool that mocks another library than ours does not see our requests, and a test that believes itself offline would
trade. What a sender goes through it is answered by, or refused.
"""

from __future__ import annotations

import http.client
import socket
import sys
from collections.abc import Iterable
from enum import Flag, auto
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import urllib3

from hk_adapter.flow import mock_signs

_RUNTIMES = frozenset({"gevent", "eventlet"})
"""Who replaces sockets, and what opens them, to wait in their own way: theirs are no mocks."""
_PLAYERS = frozenset({"vcr"})
"""Tools that replace several libraries' ways at once, those that our requests take among them."""

_SOCKET = socket.socket


class Sender(Flag):
    """Who sends: over which library, and whether over a session of ours or a bot's."""

    NOBODY = 0
    REQUESTS = auto()
    AIOHTTP = auto()
    BOTS_REQUESTS = auto()
    BOTS_AIOHTTP = auto()
    BLOCKING = REQUESTS | BOTS_REQUESTS
    ASYNC = AIOHTTP | BOTS_AIOHTTP


_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_WAYS: tuple[tuple[str, str, tuple[str, ...], Sender], ...] = (
    ("requests.adapters", "HTTPAdapter", ("send",), Sender.BOTS_REQUESTS),
    ("requests.sessions", "Session", ("get_adapter", "send", "request"), Sender.BOTS_REQUESTS),
    ("requests.sessions", "Session", _VERBS, Sender.NOBODY),
    ("requests.sessions", "", ("Session",), Sender.NOBODY),
    ("requests", "", ("Session", "request", *_VERBS), Sender.NOBODY),
    ("urllib3", "", ("PoolManager", "request"), Sender.NOBODY),
    ("urllib3.poolmanager", "PoolManager", ("urlopen", "request"), Sender.NOBODY),
    ("urllib3.connectionpool", "HTTPConnectionPool", ("urlopen", "_make_request"), Sender.BOTS_REQUESTS),
    ("urllib3.connection", "HTTPConnection", ("_new_conn",), Sender.BOTS_REQUESTS),
    ("urllib3.connection", "HTTPConnection", ("connect", "request"), Sender.BLOCKING),
    ("urllib3.connection", "HTTPSConnection", ("connect",), Sender.BLOCKING),
    ("urllib3.util.connection", "", ("create_connection",), Sender.BOTS_REQUESTS),
    ("http.client", "", ("HTTPConnection", "HTTPSConnection"), Sender.NOBODY),
    ("http.client", "HTTPConnection", ("connect", "request"), Sender.NOBODY),
    ("http.client", "HTTPConnection", ("endheaders", "send"), Sender.BLOCKING),
    ("urllib.request", "", ("urlopen",), Sender.NOBODY),
    ("urllib.request", "OpenerDirector", ("open",), Sender.NOBODY),
    ("socket", "", ("create_connection",), Sender.NOBODY),
    ("asyncio", "", ("open_connection",), Sender.NOBODY),
    ("asyncio.base_events", "BaseEventLoop", ("create_connection",), Sender.ASYNC),
    ("aiohttp", "", ("ClientSession", "request"), Sender.NOBODY),
    ("aiohttp.client", "", ("ClientSession",), Sender.NOBODY),
    ("aiohttp.client", "ClientSession", ("_request",), Sender.ASYNC),
    ("aiohttp.client", "ClientSession", ("request", "ws_connect", *_VERBS), Sender.NOBODY),
    ("aiohttp.connector", "BaseConnector", ("connect",), Sender.ASYNC),
    ("aiohttp.connector", "TCPConnector", ("connect",), Sender.ASYNC),
    ("aiohttp.connector", "TCPConnector", ("_create_connection",), Sender.NOBODY),
    ("aiohttp.client_reqrep", "ClientRequest", ("send",), Sender.ASYNC),
    ("httpx", "", ("Client", "AsyncClient", "request", *_VERBS), Sender.NOBODY),
    ("httpx._client", "Client", ("send", "request", *_VERBS), Sender.NOBODY),
    ("httpx._client", "AsyncClient", ("send", "request", *_VERBS), Sender.NOBODY),
    ("httpx._transports.default", "HTTPTransport", ("handle_request",), Sender.NOBODY),
    ("httpx._transports.default", "AsyncHTTPTransport", ("handle_async_request",), Sender.NOBODY),
    ("httpcore._sync.connection_pool", "ConnectionPool", ("handle_request",), Sender.NOBODY),
    ("httpcore._async.connection_pool", "AsyncConnectionPool", ("handle_async_request",), Sender.NOBODY),
)
"""Where they are, and who goes through them: a module, a class in it or none, and what is replaced there."""

_NEVER_REPLACED = frozenset({"HTTPAdapter.send", "Session.get_adapter", "Session.send"})
"""What only tools replace. Other functions are replaced by programs too, as to set a timeout: that counts as a mock
where it is seen to be one, or where pytest has been loaded."""


class _Way:
    """One function or class that may be replaced.

    Attributes:
        owner: where it was seen to be the library's ``own``; None, like that, where the library is not loaded.
    """

    __slots__ = ("_library", "_of", "label", "name", "own", "owner", "path")

    def __init__(self, module: str, owner: str, name: str) -> None:
        self.path, self._of, self.name = module, owner, name
        self._library = module.partition(".")[0]
        self.owner: Any = None
        self.own: Any = None
        self.label = ".".join(part for part in (self._library, owner, name) if part)
        self.is_another()  # learns what is there, so that a request on its way only compares

    def is_another(self) -> bool:
        """Whether something else is there than what came with the library; False where that is not loaded."""
        module = sys.modules.get(self.path)
        owner = getattr(module, self._of, None) if self._of else module
        found = getattr(owner, self.name, None)
        if found is None:
            return False
        if mock_signs.is_mock(found):
            return True
        if self._is_own(found):
            self.owner, self.own = owner, found
            return False
        certain = f"{self._of}.{self.name}" in _NEVER_REPLACED
        return (certain or mock_signs.in_a_test()) and not any(
            mock_signs.is_of(found, other) for other in _PLAYERS | _RUNTIMES
        )

    def _is_own(self, found: object) -> bool:
        if self.own is not None and mock_signs.name_of(found) != mock_signs.name_of(self.own):
            return False
        return mock_signs.is_of(found, self._library)


_KNOWN = tuple((_Way(module, owner, name), through) for module, owner, names, through in _WAYS for name in names)


@cache
def _passed_by(sender: Sender) -> tuple[_Way, ...]:
    return tuple(way for way, through in _KNOWN if sender not in through)


def replaced_beside(sender: Sender) -> str | None:
    """Name a way into the network that is replaced, as by a mock, and that a sender does not take; None: there is none.

    A wrapper that tells the name of what it wraps, as tracers do, still sends.
    """
    if socket.socket is not _SOCKET and _is_no_socket(sender, socket.socket):
        return "socket.socket"
    loaded = sys.modules
    for way in _passed_by(sender):  # compared here, without a call: there are many of them, for each request
        if way.own is None:
            if way.path in loaded and way.is_another():
                return way.label
        elif getattr(way.owner, way.name, None) is not way.own and way.is_another():
            return way.label
    return None


def _is_no_socket(sender: Sender, found: Any) -> bool:
    """Whether a sender would pass by what stands for ``socket.socket``, or could make nothing of it."""
    if not isinstance(found, type):
        return True
    if sender is not Sender.REQUESTS or is_of_runtime(found):
        return False
    return not issubclass(found, socket._socket.socket)  # type: ignore[attr-defined]


def is_of_runtime(found: type) -> bool:
    """Whether a class of sockets is one of a runtime's that replaces what waits."""
    return any(mock_signs.is_of(found, runtime) for runtime in _RUNTIMES)


def are_own(functions: Iterable[object], module: ModuleType) -> bool:
    """Whether each is a function of just that module: nothing of anybody else's stands in its place.

    A test tool that plays recorded answers puts its own there, and so does a tracer: a wrapper of ``wrapt`` has all the
    names of what it wraps, but is no function of the module's.
    """
    own = vars(module)
    for function in functions:  # noqa: SIM110 - each request asks this, and a generator would take twice as long
        if type(function) is not FunctionType or function.__globals__ is not own:
            return False
    return True


Network = tuple[Any, ...]


def network() -> Network:
    """Return through what a connection would be opened now.

    One that was opened through something else was opened before a guard stood there, or by a mock that is gone.
    """
    pools = urllib3.connectionpool
    loops = sys.modules.get("asyncio.base_events")
    return (
        socket.socket,
        getattr(socket.socket, "connect", None),
        socket.getaddrinfo,
        http.client.HTTPConnection,
        urllib3.util.connection.create_connection,
        urllib3.connection.HTTPConnection.connect,
        urllib3.connection.HTTPSConnection.connect,
        urllib3.connection.HTTPConnection._new_conn,
        pools.HTTPConnectionPool.ConnectionCls,
        pools.HTTPSConnectionPool.ConnectionCls,
        None if loops is None else loops.BaseEventLoop.create_connection,
    )
