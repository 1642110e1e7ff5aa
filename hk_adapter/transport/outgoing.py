"""The last step before the wire: have the venue sign a call, and see that it goes nowhere but to its hosts."""

from __future__ import annotations

from hk_adapter.errors import AdapterError, NotSent, PluginError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.runners import Clock
from hk_adapter.flow.wire import HttpRequest
from hk_adapter.hooks import Credentials, OpenedVenue


class Outgoing:
    """Builds finished requests for one connection, each with a fresh timestamp."""

    def __init__(self, venue: OpenedVenue, credentials: Credentials | None, clock: Clock) -> None:
        self._venue = venue
        self._credentials = credentials
        self._clock = clock

    def __call__(self, call: HttpCall) -> HttpRequest:
        """Build the exact bytes of a call. Raises NotSent where that is impossible."""
        try:
            request = self._venue.sign(call, self._credentials if call.signed else None, self._clock.now().timestamp)
        except AdapterError as error:
            raise NotSent(f"the request could not be signed: {error}") from error
        except Exception as error:
            raise NotSent(f"the venue's plugin could not sign: {type(error).__name__}") from error
        if not isinstance(request, HttpRequest):
            raise NotSent("the venue's plugin signed nothing that can be sent") from PluginError(
                "sign broke its contract"
            )
        if request.origin not in self._venue.hosts:
            raise NotSent(f"the venue's plugin may not send to {request.origin}")
        return request
