"""The last step before the wire: have the venue sign a call, and see that it goes nowhere but to its hosts."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.errors import AdapterError, NotSent, PluginError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.station import Clock
from hk_adapter.flow.wire import HttpRequest
from hk_adapter.hooks import Credentials, OpenedVenue

_FRAMING = frozenset({"content-length", "transfer-encoding", "host", "connection"})


class Outgoing:
    """Builds finished requests for one connection, each with a fresh timestamp."""

    def __init__(self, venue: OpenedVenue, credentials: Credentials | None, clock: Clock) -> None:
        self._venue = venue
        self._hosts = frozenset(venue.hosts)
        self._credentials = credentials
        self._clock = clock

    def __call__(self, call: HttpCall) -> HttpRequest:
        """Build the exact bytes of a call. Raises NotSent where that is impossible."""
        try:
            request = self._venue.sign(call, self._credentials if call.signed else None, self._clock.now().timestamp)
            _check(request)
            origin = request.origin
        except AdapterError as error:
            raise NotSent(f"the request could not be signed: {error}") from error
        except Exception as error:
            raise NotSent(f"the venue's plugin could not sign: {type(error).__name__}") from error
        if origin not in self._hosts:
            raise NotSent(f"the venue's plugin may not send to {origin}")
        return request


def _check(request: object) -> None:
    """Raise PluginError unless every part of a request is of its kind."""
    if not isinstance(request, HttpRequest):
        raise PluginError(f"sign gave {type(request).__name__}, not an HttpRequest")
    parts: tuple[object, object] = (request.method, request.url)
    if not all(isinstance(part, str) for part in parts):
        raise PluginError("sign gave a method or URL that is no text")
    if request.body is not None and not isinstance(request.body, bytes):
        raise PluginError(f"sign gave a body of {type(request.body).__name__}, not bytes")
    if not isinstance(request.headers, Mapping):
        raise PluginError("sign gave headers that are no mapping")
    headers: Mapping[object, object] = request.headers  # type: ignore[assignment]  # what it should be is checked here
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise PluginError("sign gave a header that is no text")
        if name.lower() in _FRAMING:
            raise PluginError(f"sign gave the header {name}, which HTTP itself adds")
