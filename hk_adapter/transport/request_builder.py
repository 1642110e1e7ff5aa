"""The last step before the wire: have the venue sign a call, and see that it goes nowhere but to its hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from hk_adapter.errors import AdapterError, NotSent, PluginError
from hk_adapter.flow.contained import fault_in, plainly
from hk_adapter.flow.effects import PUBLIC, HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.runtime import Clock
from hk_adapter.hooks import Credentials, OpenedVenue
from hk_adapter.transport.http_rules import split

_FRAMING = frozenset({"content-length", "transfer-encoding", "host", "connection"})


class RequestBuilder:
    """Builds finished requests for one connection, each with a fresh timestamp, and a nonce where they are in order.

    Who names a ``base_url`` gives the key to that host: nothing that is signed goes to another one.
    """

    def __init__(
        self,
        venue: OpenedVenue,
        credentials: Credentials | None,
        clock: Clock,
        numbered: Callable[[HttpCall, int], HttpCall] | None = None,
        base_url: str | None = None,
    ) -> None:
        self._venue = venue
        self._hosts = frozenset(str.__str__(host) for host in venue.hosts)
        self._groups = frozenset(venue.limits)
        self._credentials = credentials
        self._clock = clock
        self._numbered = numbered
        self._base_url = base_url

    def going_by(self, clock: Clock, numbered: Callable[[HttpCall, int], HttpCall] | None = None) -> RequestBuilder:
        """Return what builds the same connection's requests, by another clock and other nonces."""
        return RequestBuilder(self._venue, self._credentials, clock, numbered, self._base_url)

    def __call__(self, call: HttpCall) -> HttpRequest:
        """Build the exact bytes of a call. Raises NotSent where that is impossible, or where no budget counts it."""
        for group in set(call.groups) - self._groups:
            if call.signed or group != PUBLIC:
                raise NotSent(f"the venue's limits declare no group {group!r}")
        timestamp = self._clock.now().timestamp
        if self._numbered is not None:
            call = self._numbered(call, timestamp)
        finished, origin = self.signed(call, timestamp)
        if origin not in self._hosts:
            raise NotSent(f"the venue's plugin may not send to {origin}")
        if call.signed and self._base_url is not None and origin != self._base_url:
            raise NotSent(f"what is signed goes to base_url only, not to {origin}")
        return finished

    def signed(self, call: HttpCall, timestamp: int) -> tuple[HttpRequest, str]:
        """Have the venue sign a call at its time in ms UTC; return the request, and the origin that it goes to."""
        try:
            request = self._venue.sign(call, self._credentials if call.signed else None, timestamp)
            finished = _finished(request)
            return finished, split(finished.url).origin
        except BaseException as error:
            fault = fault_in(error, "sign")
            if fault is None:
                raise
        if isinstance(fault, AdapterError):
            raise NotSent(f"the request could not be signed: {fault}") from fault
        raise NotSent(f"the venue's plugin could not sign: {type(fault).__name__}") from fault


def _finished(request: object) -> HttpRequest:
    """Copy the bytes of a request and nothing else of it; raise PluginError unless every part is of its kind.

    What a class of the plugin's own says of itself is not asked: a text that is compared is the text that is sent.
    """
    if type(request) is not HttpRequest:
        raise PluginError(f"sign gave {type(request).__name__}, not an HttpRequest")
    method, url = _text(request.method, "a method or URL"), _text(request.url, "a method or URL")
    body: object = request.body
    if body is not None and not isinstance(body, bytes):
        raise PluginError(f"sign gave a body of {type(body).__name__}, not bytes")
    return HttpRequest(method, url, _headers(request.headers), None if body is None else _bytes(body))


def _pairs(given: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Read a mapping of whatever class."""
    items = plainly(given.items, "the headers that sign gave")
    return plainly(partial(list, items), "the headers that sign gave")


def _headers(given: object) -> Mapping[str, str]:
    if type(given) is not dict and not isinstance(given, Mapping):
        raise PluginError("sign gave headers that are no mapping")
    headers: dict[str, str] = {}
    for name, value in given.items() if type(given) is dict else _pairs(given):
        name_sent = _text(name, "a header")
        if name_sent.lower() in _FRAMING:
            raise PluginError(f"sign gave the header {name_sent}, which HTTP itself adds")
        headers[name_sent] = _text(value, "a header")
    return MappingProxyType(headers)


def _text(value: object, what: str) -> str:
    if type(value) is str:
        return value
    if not isinstance(value, str):
        raise PluginError(f"sign gave {what} that is no text")
    return str.__str__(value)


def _bytes(value: bytes) -> bytes:
    return value if type(value) is bytes else bytes(memoryview(value))
