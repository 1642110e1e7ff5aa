"""Sends from threads over the requests session of a ccxt instance, once, and judges what became of it."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import requests
import urllib3

from hk_adapter.ccxt_facade.bots_session import ask_once
from hk_adapter.ccxt_facade.kept_connections import drop_what_passes_guards
from hk_adapter.ccxt_facade.proxies import Route, mocked_in, route_of
from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.http_rules import MAX_BODY, UnusableAnswer, lower_case, refusal
from hk_adapter.transport.redaction import is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.ways_out import Sender, replaced_beside

_CHUNK = 65536
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
_NEVER_BEGUN = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


class SessionPerformer:
    """A BlockingPerformer over ``exchange.session``: its connections, proxies, certificates and timeout.

    The deadline holds as far as requests' timeouts do: an answer whose headers trickle in outlives it.
    """

    def __init__(self, exchange: Any) -> None:
        redact_library_logs()
        self._exchange = exchange

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once and return the answer, whatever its status.

        ``deadline`` is in seconds of ``time.monotonic()``. Raises NotSent where no connection could be opened,
        OutcomeUnknown for every other failure of the network or the answer.
        """
        if reason := refusal(request, deadline, closed=False):
            raise NotSent(reason)
        if tool := mocked_in(self._exchange):
            raise NotSent(f"{tool} of the instance is replaced, as by a mock, which a cancel passes by")
        if tool := replaced_beside(Sender.BOTS_REQUESTS):
            raise NotSent(f"{tool} is replaced, as by a mock, which a cancel passes by")
        route = route_of(self._exchange, request)
        try:
            return self._exchange_once(request, route, deadline)
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

    def _exchange_once(self, request: HttpRequest, route: Route, deadline: float) -> Response:
        exchange = self._exchange
        exchange.session.cookies.clear()
        left = min(deadline - monotonic(), exchange.timeout / 1000)
        proxy = route.proxy or route.socks
        drop_what_passes_guards(exchange, exchange.session)
        answer = ask_once(
            exchange.session,
            request.method,
            route.url,
            rewritten=route.url != request.url,
            headers=route.headers,
            timeout=max(left, 0.001),
            proxies={"http": proxy, "https": proxy} if proxy else exchange.proxies,
            verify=exchange.verify and exchange.validateServerSsl,
        )
        with closing(answer):
            if isinstance(answer, urllib3.BaseHTTPResponse):
                status, raw = answer.status, answer
            else:
                status, raw = answer.status_code, answer.raw
            if status < 200:
                raise UnusableAnswer(f"HTTP status {status} is no final answer")
            _bound(raw, deadline)
            return Response(status, lower_case(answer.headers.items()), _whole(_parts(answer, raw), deadline))


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
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return True
        link = link.__cause__ or link.__context__
    return False


def _whole(arriving: Iterable[bytes], deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in arriving:
        size += len(part)
        if size > MAX_BODY:
            raise UnusableAnswer(f"the answer is longer than {MAX_BODY} bytes")
        if monotonic() >= deadline:
            raise UnusableAnswer("the answer was not whole by the deadline")
        parts.append(part)
    return b"".join(parts)


def _bound(raw: Any, deadline: float) -> None:
    """Have each read of what is still to come of an answer end by the deadline.

    The lines that tell lengths of chunks, and those after the last one, are read until they are whole, however they
    trickle in, and nothing of them is handed on that could be watched.
    """
    stream = getattr(getattr(getattr(raw, "_fp", None), "fp", None), "raw", None)
    if not isinstance(stream, socket.SocketIO):  # a test tool's own, or a connection that ended with the answer
        return
    sock, read_into = stream._sock, stream.readinto  # type: ignore[attr-defined]

    def readinto(buffer: Any) -> int | None:
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the call is over")
        before = sock.gettimeout()  # the next request of the bot's sets its own, but only after it was written
        sock.settimeout(left)
        try:
            return read_into(buffer)
        finally:
            sock.settimeout(before)

    stream.readinto = readinto  # type: ignore[assignment,method-assign]


def _parts(answer: Any, raw: Any) -> Iterator[bytes]:
    if not isinstance(raw, urllib3.BaseHTTPResponse):  # a test tool's own: vcrpy's, for one
        yield from answer.iter_content(_CHUNK)
        return
    while part := raw.read(_CHUNK, decode_content=True):
        yield part
