"""A client of the simulator's core that knows the documents and nothing of the adapter."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from hk_adapter.simulator import (
    DEFAULT_API_KEY,
    DEFAULT_SECRET,
    Dialect,
    SimRequest,
    SimResponse,
    Simulator,
    SimulatorControl,
)

NOW = 1_701_094_949_000
ORDER = "/api/v1/spot/order"
CREATE = "/api/v1.1/spot/order"
OPEN_ORDERS = "/api/v1/spot/openOrders"
HISTORY = "/api/v1/spot/tradeOrders"
CANCEL_BY_IDS = "/api/v1/spot/cancelOrderByIds"
CANCEL_ALL = "/api/v1/spot/cancelAllOpenOrders"


def sign(text: str, secret: str = DEFAULT_SECRET) -> str:
    """Sign a text as the documents say."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass
class Client:
    """Send signed requests to a core at a clock of its own."""

    simulator: Simulator = field(default_factory=Simulator)
    now: int = NOW
    api_key: str = DEFAULT_API_KEY
    secret: str = DEFAULT_SECRET

    @property
    def control(self) -> SimulatorControl:
        """Give the control handle of this client's venue."""
        return SimulatorControl(self.simulator)

    def send(self, method: str, path: str, *, in_body: bool = False, **parameters: object) -> SimResponse:
        """Send a signed request, its parameters in the query or the form body."""
        text = urlencode({"timestamp": self.now} | parameters)
        return self.send_text(method, path, f"{text}&signature={sign(text, self.secret)}", in_body=in_body)

    def send_text(self, method: str, path: str, text: str, *, in_body: bool = False) -> SimResponse:
        """Send parameters exactly as written."""
        query, body = ("", text.encode()) if in_body else (text, b"")
        return self.simulator.handle(SimRequest(method, path, query, {"X-HK-APIKEY": self.api_key}, body), self.now)

    def ok(self, method: str, path: str, **parameters: Any) -> dict[str, Any]:
        """Send a request that must succeed, and give its answer."""
        response = self.send(method, path, **parameters)
        assert response.status == 200, response.body
        answer: dict[str, Any] = json.loads(response.body)
        return answer

    def send_list(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Ask for a list, and give its rows."""
        rows: list[dict[str, Any]] = json.loads(self.send("GET", path, **parameters).body)
        return rows

    def refused(self, method: str, path: str, **parameters: Any) -> str:
        """Send a request that must be refused, and give its code."""
        response = self.send(method, path, **parameters)
        return refusal(response)

    def create(self, **terms: object) -> dict[str, Any]:
        """Let a limit order rest: a buy of 1 ETH at 1900 USD but for `terms`."""
        return self.ok("POST", CREATE, **(LIMIT_BUY | terms))

    def rest(self, **terms: object) -> str:
        """Create an order like `create`, and give its id."""
        order_id: str = self.create(**terms)["orderId"]
        return order_id

    def query(self, order_id: str) -> dict[str, Any]:
        """Ask for an order."""
        return self.ok("GET", ORDER, orderId=order_id)

    def listed(self, path: str, **parameters: Any) -> list[str]:
        """Ask for a list, and give the ids on it."""
        response = self.send("GET", path, **parameters)
        assert response.status == 200, response.body
        return [row["orderId"] for row in json.loads(response.body)]


def speaking(**settings: Any) -> Client:
    """Give a client of a venue that speaks a dialect."""
    return Client(Simulator(dialect=Dialect(**settings)))


LIMIT_BUY: dict[str, Any] = {"symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "1900"}


def refusal(response: SimResponse) -> str:
    """Give the code of a documented refusal: HTTP 400, a code that is text, and a msg."""
    body = json.loads(response.body)
    assert response.status == 400
    assert set(body) == {"code", "msg"}
    assert isinstance(body["code"], str)
    assert body["msg"]
    code: str = body["code"]
    return code


@pytest.fixture
def client() -> Client:
    """Give a client of a fresh venue."""
    return Client()


@pytest.fixture
def control(client: Client) -> SimulatorControl:
    """Give the control handle of the client's venue."""
    return client.control
