"""Sends from threads over the requests session of a ccxt instance, once, and judges what became of it."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar

from hk_adapter.ccxt_facade.idle_connections import keep_without_locks
from hk_adapter.ccxt_facade.kept_connections import drop_what_passes_guards
from hk_adapter.ccxt_facade.proxies import Route, mocked_in, route_of
from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.http_rules import MAX_BODY, UnusableAnswer, lower_case, refusal
from hk_adapter.transport.redaction import is_own_shortage, redact_library_logs, stand_in
from hk_adapter.transport.ways_out import Sender, replaced_beside

_CHUNK = 65536
_MOST_CONNECTIONS = 256
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
            return self._exchange_once(request.method, route, deadline)
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

    def _exchange_once(self, method: str, route: Route, deadline: float) -> Response:
        exchange = self._exchange
        exchange.session.cookies.clear()
        left = min(deadline - monotonic(), exchange.timeout / 1000)
        proxy = route.proxy or route.socks
        drop_what_passes_guards(exchange, exchange.session)
        answer = once_only(exchange.session).request(
            method,
            route.url,
            headers=route.headers,
            timeout=max(left, 0.001),
            proxies={"http": proxy, "https": proxy} if proxy else exchange.proxies,
            verify=exchange.verify and exchange.validateServerSsl,
            allow_redirects=False,
            stream=True,
        )
        with closing(answer):
            _bound(answer, deadline)
            return Response(answer.status_code, lower_case(answer.headers.items()), _read(answer, deadline))


def once_only(session: Any) -> Any:
    """Return the session with its adapters' repeats off, without touching the bot's: connections are shared."""
    if not isinstance(session, requests.Session):
        return session
    quiet = object.__new__(type(session))
    quiet.__dict__.update(session.__dict__)
    quiet.cookies = RequestsCookieJar()  # the bot's, cleared before, has a lock that an interrupt could leave taken
    quiet.adapters = OrderedDict((prefix, _quiet(adapter)) for prefix, adapter in session.adapters.items())
    return quiet


def furnish(session: Any, ca_file: str | None) -> None:
    """Let a new session keep a connection for each of many threads, and trust the authorities of a PEM file.

    requests keeps ten connections, and warns of each other one. None trusts whom requests trusts.
    """
    if type(session) is requests.Session:
        for prefix, adapter in session.adapters.items():
            if type(adapter) is HTTPAdapter:
                session.adapters[prefix] = _Trusting(ca_file)


class _Trusting(HTTPAdapter):
    """Trusts a PEM file: what a session is told of it, requests passes over where a request says ``verify=True``."""

    __attrs__ = [*HTTPAdapter.__attrs__, "_ca_file"]  # noqa: RUF012 - requests' own name for what is pickled and copied

    def __init__(self, ca_file: str | None) -> None:
        super().__init__(pool_maxsize=_MOST_CONNECTIONS)
        self._ca_file = ca_file

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        keep_without_locks(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **keywords)
        keep_without_locks(manager)
        return manager

    def send(self, request: Any, *arguments: Any, **keywords: Any) -> requests.Response:
        if self._ca_file is not None and keywords.get("verify") is True:
            keywords["verify"] = self._ca_file
        return super().send(request, *arguments, **keywords)


def _quiet(adapter: Any) -> Any:
    if not isinstance(adapter, HTTPAdapter):
        return adapter
    quiet = object.__new__(type(adapter))
    quiet.__dict__.update(adapter.__dict__)
    quiet.max_retries = urllib3.Retry(0, read=False)
    return quiet


def _is_unsent(error: BaseException) -> bool:
    """Whether the failure proves that no connection was open; whatever else it may be, bytes may have left."""
    if isinstance(error, _NEVER_BEGUN) or _is_untrusted(error):
        return True
    cause = error.args[0] if error.args else None
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


def _read(answer: requests.Response, deadline: float) -> bytes:
    if answer.status_code < 200:
        raise UnusableAnswer(f"HTTP status {answer.status_code} is no final answer")
    parts: list[bytes] = []
    size = 0
    for part in _parts(answer):
        size += len(part)
        if size > MAX_BODY:
            raise UnusableAnswer(f"the answer is longer than {MAX_BODY} bytes")
        if monotonic() >= deadline:
            raise UnusableAnswer("the answer was not whole by the deadline")
        parts.append(part)
    return b"".join(parts)


def _bound(answer: requests.Response, deadline: float) -> None:
    """Have each read of what is still to come of an answer end by the deadline.

    The lines that tell lengths of chunks, and those after the last one, are read until they are whole, however they
    trickle in, and nothing of them is handed on that could be watched.
    """
    raw = getattr(getattr(getattr(answer.raw, "_fp", None), "fp", None), "raw", None)
    if not isinstance(raw, socket.SocketIO):  # a test tool's own, or a connection that ended with the answer
        return
    sock, read_into = raw._sock, raw.readinto  # type: ignore[attr-defined]

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

    raw.readinto = readinto  # type: ignore[assignment,method-assign]


def _parts(answer: requests.Response) -> Iterator[bytes]:
    """Read what is there, rather than until a chunk is full: that would not see the deadline."""
    read = getattr(answer.raw, "read1", None)
    if read is None or not isinstance(answer.raw, urllib3.BaseHTTPResponse):  # a test tool's own: vcrpy's, for one
        yield from cast("Iterator[bytes]", answer.iter_content(_CHUNK))
        return
    while part := read(_CHUNK, decode_content=True):
        yield part
