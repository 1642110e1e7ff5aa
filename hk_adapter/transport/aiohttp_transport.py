"""Sends from asyncio tasks, over one aiohttp session. Imported only when used: aiohttp is slow to import."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client import ClientTimeout
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.tracing import Trace
from urllib3.util.wait import wait_for_read
from yarl import URL

from hk_adapter.errors import ConfigurationError, NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.dns import NameLookups
from hk_adapter.transport.hosts import checked_proxy
from hk_adapter.transport.http_rules import (
    KEEP_ALIVE,
    LONGEST_HEAD,
    MAX_BODY,
    Address,
    UnusableAnswer,
    address_of,
    complete_headers,
    lower_case,
    written,
)
from hk_adapter.transport.loop_sessions import LoopSessions
from hk_adapter.transport.one_answer_aiohttp import OneAnswerHandler, read_whole
from hk_adapter.transport.proxies import environment_proxy
from hk_adapter.transport.redaction import is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.trust import trusting_context
from hk_adapter.transport.ways_out import Sender, are_own, network, replaced_beside

_ADDED_BY_AIOHTTP = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_NETWORK_FAILURES = (OSError, asyncio.TimeoutError, aiohttp.ClientError, HttpProcessingError, UnusableAnswer)


class _Stage(Enum):
    NEW = auto()
    CONNECTING = auto()
    MAY_HAVE_LEFT = auto()


@dataclass(slots=True)
class _Progress:
    stage: _Stage = _Stage.NEW
    transport: asyncio.Transport | None = None
    limit: asyncio.Timeout | None = None

    def give_up(self) -> None:
        """Let the time for the exchange be over, unless it is over itself."""
        with suppress(RuntimeError):
            if self.limit is not None:
                self.limit.reschedule(asyncio.get_running_loop().time())

    def abort(self) -> None:
        """Drop the connection at once: a polite end of TLS could wait long for a silent venue."""
        if self.transport is not None:
            # Early 3.11 (Debian 12 ships 3.11.2): a TLS transport that is closed already has no protocol to abort.
            with suppress(AttributeError):
                self.transport.abort()


_progress: ContextVar[_Progress | None] = ContextVar("hk_adapter_progress", default=None)


class AiohttpTransport:
    """An AsyncTransport over an ``aiohttp.ClientSession`` for each event loop that it is used in.

    Args:
        proxy: ``http://`` or ``https://`` URL; with None the connection is direct.
        trust_env: take the proxy from HTTP(S)_PROXY and NO_PROXY. The netrc file is never read.
        ssl_context: for a private authority.
        ca_file: PEM file of the authorities to trust, where there is no ``ssl_context``.
        max_body: bytes of a decompressed answer beyond which it is refused.
    """

    def __init__(
        self,
        *,
        proxy: str | None = None,
        trust_env: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: str | None = None,
        max_body: int = MAX_BODY,
    ) -> None:
        redact_library_logs()
        self._proxy = checked_proxy(proxy)
        self._trust_env = trust_env
        self._context = ssl_context or trusting_context(ca_file, trust_env=trust_env)
        self._max_body = max_body
        self._sessions = LoopSessions(lambda: _session(self._context))
        self._closed = False

    async def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once and return the answer, whatever its status.

        ``deadline`` is in seconds of ``time.monotonic()``. Raises NotSent when provably no byte of the
        request left, OutcomeUnknown for every other failure of the network or the answer.
        """
        address = address_of(request, deadline, closed=self._closed)
        if isinstance(address, str):
            raise NotSent(address)
        if tool := replaced_beside(Sender.AIOHTTP):
            raise NotSent(f"{tool} is replaced, as by a mock, which our requests pass by; use environment='simulator'")
        progress = _Progress()
        try:
            async with time_limit(deadline - monotonic()) as progress.limit:
                return await self._exchange(request, address, progress)
        except _NETWORK_FAILURES as error:
            raise_struck(error)
            failure, unreachable = stand_in(error), not is_own_shortage(error)
        # Raised outside the handler: there the library's exception would become the context of ours.
        if progress.stage is _Stage.CONNECTING:
            raise NotSent(
                f"{request!r}: no connection could be opened: {failure}", unreachable=unreachable
            ) from failure
        raise OutcomeUnknown(f"{request!r}: no whole answer came back: {failure}") from failure

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        self._closed = True
        await self._sessions.close()

    async def _exchange(self, request: HttpRequest, address: Address, progress: _Progress) -> Response:
        session, proxy = self._sessions.running(), self._proxy_for(address.origin)
        before = _progress.get()
        _progress.set(progress)
        try:
            straight = proxy is None and _is_untouched(session)
            response = await (
                self._straight(request, address, session) if straight else self._by_session(request, session, proxy)
            )
        except BaseException:
            progress.abort()
            raise
        else:
            if request.body and _is_unsent(progress.transport):
                progress.abort()  # what is asked next would wait behind a body that the venue may never read
            return response
        finally:
            progress.limit = None
            _progress.set(before)  # no reset: what was abandoned is closed in whichever context the collector runs

    async def _straight(self, request: HttpRequest, address: Address, session: aiohttp.ClientSession) -> Response:
        """Exchange over a connection of the session's, of which the rest has nothing to add."""
        origin, target = address
        connector = cast("_WatchedConnector", session.connector)
        connection = await connector.connect(connector.request_to(origin), [], session.timeout)
        try:
            protocol, transport = connection.protocol, connection.transport
            if protocol is None or transport is None:
                raise aiohttp.ClientConnectionError("the connection is closed")
            protocol.set_response_params(
                skip_payload=request.method == "HEAD",
                read_until_eof=True,
                auto_decompress=False,
                max_line_size=LONGEST_HEAD,
                max_field_size=LONGEST_HEAD,
            )
            transport.write(written(request, origin, target))
            message, payload = await protocol.read()
            while message.code < 200 and message.code != 101:
                message, payload = await protocol.read()
            headers = lower_case(message.headers.items())
            response = Response(message.code, headers, await self._read(message.code, payload, headers))
        except BaseException:
            connection.close()
            raise
        connection.release()
        return response

    async def _by_session(self, request: HttpRequest, session: aiohttp.ClientSession, proxy: str | None) -> Response:
        """Exchange through the session's own way, where a proxy is, or a tool stands that answers from a cassette."""
        async with session.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body,
            headers=complete_headers(request.headers),
            allow_redirects=False,
            proxy=proxy,
            auto_decompress=False,
        ) as answer:
            headers = lower_case(answer.headers.items())
            return Response(answer.status, headers, await self._read(answer.status, answer.content, headers))

    async def _read(self, status: int, content: aiohttp.StreamReader, headers: Mapping[str, str]) -> bytes:
        if status < 200:
            raise UnusableAnswer(f"HTTP status {status} is no final answer")
        return await read_whole(content, headers, self._max_body)

    def _proxy_for(self, origin: str) -> str | None:
        if self._proxy is None and self._trust_env:
            return environment_proxy(origin)
        return self._proxy


class _WatchedConnector(aiohttp.TCPConnector):
    """Notes when a connection is handed over for writing, and hands over only one for each call."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(limit=0, ssl=context, resolver=LoopResolver(), keepalive_timeout=KEEP_ALIVE)
        self._factory = partial(OneAnswerHandler, loop=self._loop)  # type: ignore[assignment]
        self._requests: dict[str, ClientRequest] = {}

    def request_to(self, origin: str) -> ClientRequest:
        """Return a request by which aiohttp knows which connection is wanted."""
        if origin not in self._requests:
            self._requests[origin] = ClientRequest("GET", URL(origin), loop=self._loop)
        return self._requests[origin]

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:
        progress = _progress.get()
        if progress is None or progress.stage is not _Stage.NEW:
            raise aiohttp.ClientConnectionError("refused to send a request twice")
        progress.stage = _Stage.CONNECTING
        connection = await super().connect(req, traces, timeout)
        while self._has_ended(connection):
            connection.close()
            connection = await super().connect(req, traces, timeout)
        progress.stage = _Stage.MAY_HAVE_LEFT
        progress.transport = connection.transport
        if isinstance(connection.protocol, OneAnswerHandler):
            connection.protocol.give_up = progress.give_up
        return connection

    def _has_ended(self, connection: Connection) -> bool:
        """Whether anything arrived on a used connection: its end, not seen yet, or what none asked for.

        So has one that was opened through something else than a new one would be: it would pass a guard by.
        """
        protocol, transport = connection.protocol, connection.transport
        if transport is None or not isinstance(protocol, OneAnswerHandler):
            return False
        through = network()
        if protocol.opened_through is None:
            protocol.opened_through = through
            return False
        if protocol.opened_through != through:
            return True
        return protocol.should_close or bool(wait_for_read(transport.get_extra_info("socket"), 0.0))


class LoopResolver(AbstractResolver):
    """Keeps lookups out of the loop's executor, whose stuck threads would be waited for at its end."""

    def __init__(self) -> None:
        self._lookups = NameLookups()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look a name up, and wait for the answer in the loop."""
        found = await self._lookups.start(host, port, family).waited()
        return [
            ResolveResult(hostname=host, host=str(place[0]), port=place[1], family=kin, proto=proto, flags=0)
            for kin, _, proto, _, place in found
        ]

    async def close(self) -> None:
        """Lookups end by themselves."""


def _is_untouched(session: aiohttp.ClientSession) -> bool:
    """Whether nobody else's function is in the place of those that the session's own way goes through.

    Some tracers put what listens into each new session.
    """
    return (
        are_own((type(session)._request,), aiohttp.client)
        and are_own((ClientRequest.send,), aiohttp.client_reqrep)
        and not session.trace_configs
    )


def _is_unsent(transport: asyncio.Transport | None) -> bool:
    """Whether something written is still to be sent: TLS knows only of what it has not packed yet."""
    beneath = getattr(getattr(transport, "_ssl_protocol", None), "_transport", None)
    with suppress(AttributeError):  # as above
        return any(one.get_write_buffer_size() > 0 for one in (transport, beneath) if one is not None)
    return False


def _session(context: ssl.SSLContext) -> aiohttp.ClientSession:
    session = aiohttp.ClientSession(
        connector=_WatchedConnector(context),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=None),
        skip_auto_headers=_ADDED_BY_AIOHTTP,
        max_line_size=LONGEST_HEAD,
        max_field_size=LONGEST_HEAD,
    )
    # aiohttp sends a GET, PUT or DELETE again when a kept-alive connection drops; no public option stops it.
    if not hasattr(session, "_retry_connection"):
        raise ConfigurationError("this release of aiohttp may repeat requests by itself; install another one")
    session._retry_connection = False
    return session
