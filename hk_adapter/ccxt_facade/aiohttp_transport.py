"""Sends from asyncio tasks over the aiohttp session of a ccxt instance, once, and judges what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import ccxt
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientTimeout
from yarl import URL

from hk_adapter.ccxt_facade.kept_connections import drop_what_ended, drop_what_passes_guards
from hk_adapter.ccxt_facade.proxies import Route, check_unmocked, refused_by_ccxt, route_of, seconds_of
from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.http_rules import MAX_BODY, UnusableAnswer, address_of, lower_case
from hk_adapter.transport.one_answer_aiohttp import read_whole
from hk_adapter.transport.redaction import LibraryFailure, is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.ways_out import Sender

_NETWORK_FAILURES = (OSError, asyncio.TimeoutError, aiohttp.ClientError, UnusableAnswer)
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(slots=True)
class _Once:
    """A middleware that lets one request through, and no second one.

    aiohttp sends a DELETE again, by itself, when a kept-alive connection drops; switching that off is the session's
    own business, and the session is the bot's.
    """

    passes: int = 0

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        self.passes += 1
        if self.passes > 1:
            raise aiohttp.ClientConnectionError("refused to send a request twice")
        return await handler(request)


class AsyncSessionTransport:
    """An AsyncTransport over the session that ``exchange.open()`` makes: its connections, proxies and timeout."""

    def __init__(self, exchange: Any) -> None:
        redact_library_logs()
        self._exchange = exchange

    async def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once and return the answer, whatever its status.

        ``deadline`` is in seconds of ``time.monotonic()``. Raises NotSent where no connection could be opened,
        OutcomeUnknown for every other failure of the network or the answer.
        """
        address = address_of(request, deadline)
        if isinstance(address, str):
            raise NotSent(address)
        check_unmocked(self._exchange, Sender.BOTS_AIOHTTP)
        route = route_of(self._exchange, request)
        session, lack = self._session(route)
        if lack is not None:
            raise NotSent(f"{request!r}: no session could be opened: {lack}") from lack
        once, longest = _Once(), seconds_of(self._exchange, request)
        if session is None or session.closed:  # by the bot, which gave it or takes it away
            raise NotSent(f"{request!r}: the instance's session is closed")
        try:
            async with time_limit(min(deadline - monotonic(), longest)):
                return await self._exchange_once(session, request.method, route, once)
        except _NETWORK_FAILURES as error:
            failure, unreachable = stand_in(error), not is_own_shortage(error)
            unsent = once.passes <= 1 and isinstance(error, _NEVER_CONNECTED)
        # Raised outside the handler: there the library's exception would become the context of ours.
        if unsent:
            raise NotSent(
                f"{request!r}: no connection could be opened: {failure}", unreachable=unreachable
            ) from failure
        raise OutcomeUnknown(f"{request!r}: no whole answer came back: {failure}") from failure

    async def close(self) -> None:
        """Close nothing: the session is the bot's."""

    def _session(self, route: Route) -> tuple[Any, LibraryFailure | None]:
        """Return the session, or why this machine could open none: ccxt reads its certificates for it."""
        exchange = self._exchange
        if getattr(exchange, "closed_by_user", False):
            # What is opened now nobody would close.
            raise refused_by_ccxt(ccxt.ExchangeClosedByUser(f"{exchange.id} instance was closed by the user"))
        try:
            exchange.open()
            return exchange.session if route.socks is None else exchange.get_socks_proxy_session(route.socks), None
        except OSError as error:
            return None, stand_in(error)

    async def _exchange_once(self, session: Any, method: str, route: Route, once: _Once) -> Response:
        drop_what_passes_guards(self._exchange, session)
        drop_what_ended(session)
        async with session.request(
            method,
            URL(route.url, encoded=True),
            headers=route.headers,
            proxy=route.proxy or self._exchange.aiohttp_proxy,
            timeout=ClientTimeout(total=None, sock_connect=None),  # ours bounds the whole exchange
            allow_redirects=False,
            auto_decompress=False,
            middlewares=(once,),
        ) as answer:
            headers = lower_case(answer.headers.items())
            return Response(answer.status, headers, await _read(answer, headers))


async def _read(answer: ClientResponse, headers: Mapping[str, str]) -> bytes:
    if answer.status < 200:
        raise UnusableAnswer(f"HTTP status {answer.status} is no final answer")
    return await read_whole(answer.content, headers, MAX_BODY)
