"""Sends from threads over the requests session of a ccxt instance, once, and judges what became of it."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

import requests
import urllib3

from hk_adapter.ccxt_facade import round_trip
from hk_adapter.ccxt_facade.bots_session import ask_once, plain_pool
from hk_adapter.ccxt_facade.kept_connections import drop_what_passes_guards
from hk_adapter.ccxt_facade.proxies import Route, check_unmocked, route_of, seconds_of
from hk_adapter.ccxt_facade.round_trip import CHUNK, bound, check_final, read_whole
from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.plain_errors import came_of
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.http_rules import UnusableAnswer, address_of, lower_case
from hk_adapter.transport.packed_bodies import unpacked, unpacker_for
from hk_adapter.transport.redaction import is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.ways_out import Sender

_NETWORK_FAILURES = (
    OSError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
    requests.RequestException,
    UnusableAnswer,
    ValueError,  # the libraries let a chunk size that cannot be out as the error of Python's own reader
    OverflowError,
)
_NEVER_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_ABOUT_A_REQUEST = frozenset({"host", "content-length", "transfer-encoding", "expect", "upgrade"})
"""Headers of a bot's own that requests puts in the place of its own, or makes something else of."""
_NEVER_BEGUN = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


class SessionTransport:
    """A BlockingTransport over ``exchange.session``: its connections, proxies, certificates and timeout.

    Where a request has to go by the session itself, the deadline holds as far as requests' timeouts do: an answer whose
    headers trickle in outlives it.
    """

    def __init__(self, exchange: Any) -> None:
        redact_library_logs()
        self._exchange = exchange

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once and return the answer, whatever its status.

        ``deadline`` is in seconds of ``time.monotonic()``. Raises NotSent where no connection could be opened,
        OutcomeUnknown for every other failure of the network or the answer.
        """
        address = address_of(request, deadline)
        if isinstance(address, str):
            raise NotSent(address)
        check_unmocked(self._exchange, Sender.BOTS_REQUESTS)
        route, longest = route_of(self._exchange, request), seconds_of(self._exchange, request)
        session = self._exchange.session
        if session is None:
            raise NotSent(f"{request!r}: the instance has no session any more")
        try:
            left = max(min(deadline - monotonic(), longest), 0.001)
            return self._exchange_once(session, request, route, left, deadline)
        except _NETWORK_FAILURES as error:
            failure, unsent, unreachable = stand_in(error), _is_unsent(error), not is_own_shortage(error)
        # Raised outside the handler: there the library's exception would become the context of ours.
        if unsent:
            raise NotSent(
                f"{request!r}: no connection could be opened: {failure}", unreachable=unreachable
            ) from failure
        raise OutcomeUnknown(f"{request!r}: no whole answer came back: {failure}") from failure

    def close(self) -> None:
        """Close nothing: the session is the bot's."""

    def _exchange_once(
        self, session: Any, request: HttpRequest, route: Route, left: float, deadline: float
    ) -> Response:
        exchange = self._exchange
        session.cookies.clear()
        proxy = route.proxy or route.socks
        proxies = {"http": proxy, "https": proxy} if proxy else exchange.proxies
        verify = exchange.verify and exchange.validateServerSsl
        drop_what_passes_guards(exchange, session)
        if not proxies and route.url == request.url and _ABOUT_A_REQUEST.isdisjoint(map(_lower, route.headers)):
            pool = plain_pool(session, route.url, verify)
            if pool is not None:
                return round_trip.exchange(pool, request.method, route.url, route.headers, left, deadline)
        answer = ask_once(
            session, request.method, route.url, headers=route.headers, timeout=left, proxies=proxies,
            verify=verify,
        )  # fmt: skip
        with closing(answer):
            check_final(answer.status_code)
            bound(getattr(getattr(getattr(answer.raw, "_fp", None), "fp", None), "raw", None), deadline)
            headers = lower_case(answer.headers.items())
            return Response(answer.status_code, headers, read_whole(_parts(answer, headers), deadline))


def _lower(name: str | bytes) -> str:
    return (name.decode("latin-1") if isinstance(name, bytes) else name).lower()


def _is_unsent(error: BaseException) -> bool:
    """Whether the failure proves that no connection was open; whatever else it may be, bytes may have left."""
    if isinstance(error, _NEVER_BEGUN) or _is_untrusted(error):
        return True
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    reason = cause.reason if isinstance(cause, urllib3.exceptions.MaxRetryError) else cause
    if isinstance(reason, urllib3.exceptions.ProxyError):
        # Whoever had a connection to the proxy has another error beneath: it refused a tunnel, or hung up.
        reason = reason.original_error
    return isinstance(reason, _NEVER_CONNECTED)


def _is_untrusted(error: BaseException) -> bool:
    """Whether the other side was not believed to be the venue, which is told before a byte of a request goes out."""
    return any(isinstance(link, ssl.SSLCertVerificationError) for link in came_of(error))


def _parts(answer: requests.Response, headers: Mapping[str, str]) -> Iterator[bytes]:
    if not isinstance(answer.raw, urllib3.BaseHTTPResponse):  # a test tool's own: vcrpy's, for one
        return answer.iter_content(CHUNK)
    unpacker = unpacker_for(headers)
    parts = iter(partial(answer.raw.read, CHUNK, decode_content=unpacker is None), b"")
    return parts if unpacker is None else unpacked(parts, unpacker)
