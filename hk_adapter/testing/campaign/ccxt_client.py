"""ccxt's own HashKey class in virtual time: its way to the network and its waiting are replaced, and nothing else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from hk_adapter.errors import ConfigurationError, NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_ID, SimRequest, Simulator
from hk_adapter.testing.campaign.scenario import EPOCH
from hk_adapter.testing.virtual_time import Story, VirtualTime, play_out

T = TypeVar("T")

_UNREACHABLE: Mapping[str, type[requests.RequestException]] = {
    "connect timeout": requests.ConnectTimeout,
    "TLS failure": requests.exceptions.SSLError,
}
"""What requests raises for a connection that could not be opened, by the fault's name; else ConnectionError."""


class Wiring(Protocol):
    """Carries a request, as the scenario's wire does."""

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Play the story of one exchange."""


def open_ccxt() -> Any:
    """Import ccxt. Raises ConfigurationError where it is not installed."""
    try:
        import ccxt  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise ConfigurationError("this needs ccxt: pip install 'hk-adapter[ccxt]'") from error
    return ccxt


class CcxtClient:
    """One ``ccxt.hashkey``, which every scenario gets anew to its own wire and clock.

    Its session, signing, parsing, error handling and rate limiting are its own. The session's adapter, at which
    requests itself hands a request over to the network, leads to the wire; what waits moves the virtual clock.

    Attributes:
        exchange: the instance of ccxt's class.
    """

    def __init__(self) -> None:
        self.exchange: Any = getattr(open_ccxt(), VENUE_ID)({"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET})
        self.exchange.session.mount("https://", _VirtualAdapter(self._carry))
        self.exchange.milliseconds = self._milliseconds
        self.exchange.throttle = self._throttle
        self.exchange.sleep = self._sleep
        self.exchange.set_markets(self.exchange.parse_markets(_catalogue()["symbols"]))
        self._wire: Wiring | None = None
        self._time = VirtualTime()
        self._skew = 0.0

    def enter(self, wire: Wiring, time: VirtualTime, *, skew: float, timeout: float) -> None:
        """Join a scenario. ``skew`` is how far its wall clock is ahead, ``timeout`` that of a request, in seconds."""
        self._wire, self._time, self._skew = wire, time, skew
        self.exchange.timeout = timeout * 1000
        self.exchange.lastRestRequestTimestamp = 0

    def _milliseconds(self) -> int:
        return int((EPOCH + self._time.now + self._skew) * 1000)

    def _sleep(self, milliseconds: float) -> None:
        self._time.jump(self._time.now + milliseconds / 1000)

    def _throttle(self, cost: float | None = None) -> None:
        # The blocking class waits until rateLimit times the cost has passed since its last request.
        waited = self._milliseconds() - self.exchange.lastRestRequestTimestamp
        left = self.exchange.rateLimit * (1 if cost is None else cost) - waited
        self._sleep(max(0.0, left))

    def _carry(self, request: HttpRequest, timeout: float) -> Response:
        if self._wire is None:
            raise TypeError("a client must enter a scenario before it is used")
        deadline = self._time.now + timeout
        try:
            return play_out(self._time, self._wire.send(request, deadline))
        except NotSent as error:
            raise _UNREACHABLE.get(str(error), requests.ConnectionError)(str(error)) from error
        except OutcomeUnknown as error:
            if self._time.now >= deadline:
                raise requests.ReadTimeout("Read timed out.") from error
            raise requests.ConnectionError("Connection aborted.") from error


class _VirtualAdapter(BaseAdapter):
    """Stands where requests opens connections."""

    def __init__(self, carry: Callable[[HttpRequest, float], Response]) -> None:
        super().__init__()
        self._carry = carry

    def send(self, request: requests.PreparedRequest, *_: object, **options: Any) -> requests.Response:
        """Send a request, and build requests' own response of the answer."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        asked = HttpRequest(str(request.method), str(request.url), request.headers, body)
        answer = self._carry(asked, options["timeout"])
        response = requests.Response()
        response.status_code, response.reason = answer.status, ""
        response.headers = CaseInsensitiveDict(answer.headers)
        response.raw = io.BytesIO(answer.body)
        response.url, response.request = asked.url, request
        return response

    def close(self) -> None:
        """Do nothing: nothing is held open."""


def _catalogue() -> Any:
    """Ask the simulated venue what can be traded, so that no scenario has to."""
    answer = Simulator().handle(SimRequest("GET", "/api/v1/exchangeInfo"), int(EPOCH * 1000))
    return json.loads(answer.body)
