"""Streams over aiohttp's WebSocket: each connection has a session of its own, and is closed with it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client import ClientTimeout, ClientWSTimeout
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from hk_adapter.errors import NotSent, VenueUnavailable
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.aiohttp_transport import LoopResolver
from hk_adapter.transport.begun import Begun
from hk_adapter.transport.hosts import checked_proxy
from hk_adapter.transport.http_rules import USER_AGENT
from hk_adapter.transport.proxies import environment_proxy
from hk_adapter.transport.redaction import is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.stream_urls import CheckUrl
from hk_adapter.transport.trust import trusting_context

LARGEST_FRAME = 8 * 1024 * 1024
CLOSING = 0.5
"""Seconds that the venue is given to say good-bye."""
SENDING = 5.0
"""Seconds in which the venue must take what is sent: one that does not read would hold up whoever sends for ever."""
AT_ONCE = 64
"""Frames that are read without letting the loop's other tasks have their turn; and empty ones that may come within a
second: no venue sends them, and however many wait to be read, aiohttp counts them for nothing."""

_FAILURES = (OSError, asyncio.TimeoutError, aiohttp.ClientError, ValueError)


class AiohttpStreams:
    """A StreamTransport. Arguments as of ``AiohttpTransport``; ``check`` says which URLs may be opened."""

    def __init__(
        self, check: CheckUrl, *, proxy: str | None = None, trust_env: bool = False, ca_file: str | None = None
    ) -> None:
        redact_library_logs()
        self._check = check
        self._proxy = checked_proxy(proxy)
        self._trust_env = trust_env
        self._context = trusting_context(ca_file, trust_env=trust_env)

    async def open_stream(self, url: str, deadline: float) -> AiohttpLink:
        """Open a connection by ``deadline``, in seconds of ``time.monotonic()``; redirects are not followed."""
        return await self.open_link(url, deadline, autoping=False)

    async def open_link(
        self, url: str, deadline: float, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> AiohttpLink:
        """As open_stream, with ``options`` of aiohttp's ``ws_connect`` for whoever reads the socket by himself."""
        url = self._check(url)
        proxy = self._proxy_for(url)
        session = aiohttp.ClientSession(
            connector=_OnceConnector(self._context),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=ClientTimeout(total=None),
        )
        try:
            async with time_limit(deadline - monotonic()):
                socket = await session.ws_connect(
                    URL(url, encoded=True),
                    proxy=proxy,
                    timeout=ClientWSTimeout(ws_close=CLOSING),
                    max_msg_size=LARGEST_FRAME,
                    headers={"User-Agent": USER_AGENT, **(headers or {})},
                    **options,
                )
        except BaseException as error:
            await session.close()
            if not isinstance(error, _FAILURES):
                raise
            failure, unreachable = stand_in(error), not is_own_shortage(error)
            by_proxy = isinstance(error, aiohttp.ClientHttpProxyError)  # whose status the failure tells as such
            status = None if by_proxy else getattr(error, "status", None)
        else:
            return AiohttpLink(session, socket)
        said = f": HTTP status {status}" if status else ""
        raise NotSent(f"no stream could be opened{said}: {failure}", unreachable=unreachable) from failure

    def _proxy_for(self, url: str) -> str | None:
        if self._proxy is None and self._trust_env:
            parts = urlsplit(url)
            return environment_proxy(f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}")
        return self._proxy


class AiohttpLink:
    """One open connection. ``socket`` is aiohttp's."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self.socket = socket
        self._closing: asyncio.Future[None] | None = None
        self._read = self._empty = 0
        self._empty_since = 0.0

    async def receive(self, until: float | None) -> str | None:
        """As Link.receive."""
        try:
            message = await self._message(until)
        except (aiohttp.ClientError, OSError, RuntimeError):
            raise VenueUnavailable("the stream was lost") from None
        if message is None:
            return None
        if message.type is aiohttp.WSMsgType.TEXT:
            text: str = message.data
            return text or self._nothing()
        if message.type is aiohttp.WSMsgType.BINARY:
            return self._nothing()  # no documented frame: whoever reads it finds nothing that he knows
        raise VenueUnavailable(f"the stream has ended, with code {self.socket.close_code}")

    async def _message(self, until: float | None) -> aiohttp.WSMessage | None:
        coming = Begun(self._next())
        if coming.is_over:  # it was there already: no time limit is set up for it
            return await coming
        seconds = None if until is None else max(0.0, until - monotonic())
        try:
            async with time_limit(seconds) as limit:
                return await coming
        except TimeoutError:
            if limit.expired():
                return None
            raise

    async def _next(self) -> aiohttp.WSMessage:
        """Wait for a frame that is none of the protocol's own heartbeats; those are answered."""
        while True:
            self._read += 1
            if self._read % AT_ONCE == 0:
                await asyncio.sleep(0)  # what waits to be read is read without a pause, and may come without an end
            message = await self.socket.receive()
            if message.type is aiohttp.WSMsgType.PING:
                self._nothing()
                await self.socket.pong(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                self._nothing()
            else:
                return message

    def _nothing(self) -> str:
        """Count a frame that says nothing. Raises VenueUnavailable where too many come within a second."""
        now = monotonic()
        if now - self._empty_since >= 1.0:
            self._empty, self._empty_since = 0, now
        self._empty += 1
        if self._empty > AT_ONCE:
            raise VenueUnavailable("the stream says nothing, again and again")
        return ""

    async def send(self, text: str) -> None:
        """As Link.send."""
        try:
            async with time_limit(SENDING):
                await self.socket.send_str(text)
        except (aiohttp.ClientError, OSError, RuntimeError, TimeoutError):
            raise VenueUnavailable("the stream was lost") from None

    async def close(self) -> None:
        """As Link.close."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._is_flooded():
            self.socket._response.close()
        else:
            with suppress(*_FAILURES, RuntimeError):
                async with time_limit(2 * CLOSING):
                    await self.socket.close()
        connector = self._session.connector
        transports = [] if connector is None else [one.transport for one in connector._acquired]
        await self._session.close()
        for transport in transports:
            if isinstance(transport, asyncio.Transport):
                with suppress(AttributeError):  # early 3.11: one of TLS that is closed already has none to abort
                    transport.abort()
        await asyncio.sleep(0)  # sockets are closed in the loop's next round

    def _is_flooded(self) -> bool:
        """Whether so much waits to be read that a good-bye behind it would hold up the loop, frame by frame."""
        unread = getattr(getattr(self.socket, "_reader", None), "_buffer", ())
        return len(unread) > AT_ONCE


class _OnceConnector(aiohttp.TCPConnector):
    """Connects once: a redirect would lead elsewhere, with the listen key in its URL."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(limit=0, ssl=context, resolver=LoopResolver())
        self._connected = False

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:
        if self._connected:
            raise aiohttp.ClientConnectionError("refused to follow a redirect")
        self._connected = True
        return await super().connect(req, traces, timeout)
