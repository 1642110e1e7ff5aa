"""The public endpoints: ping, time, exchangeInfo, and paths nobody serves."""

import json

import pytest

from hk_adapter.simulator import SimRequest, Simulator
from tests.cases import each

from .conftest import NOW, Client, refusal

MARKETS = {"ETHUSD", "BTCUSD", "ETHUSDT", "BTCUSDT", "BTCHKD"}


def get(path: str, query: str = "") -> dict[str, object]:
    """Ask a public endpoint, without any key."""
    response = Simulator().handle(SimRequest("GET", path, query), NOW)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    answer: dict[str, object] = json.loads(response.body)
    return answer


def test_ping_answers_an_empty_object() -> None:
    """Ping needs no key and says nothing."""
    assert get("/api/v1/ping") == {}


def test_time_is_the_time_it_is_given() -> None:
    """The core has no clock of its own: server time is `now`, a bare number of ms."""
    assert get("/api/v1/time") == {"serverTime": NOW}


def test_exchange_info_has_the_documented_envelope() -> None:
    """Without a symbol the whole catalogue comes in its envelope."""
    info = get("/api/v1/exchangeInfo", "site=HK")
    assert set(info) == {
        "timezone", "serverTime", "brokerFilters", "symbols", "options", "contracts", "coins", "site"
    }  # fmt: skip
    assert {symbol["symbol"] for symbol in info["symbols"]} >= MARKETS  # type: ignore[attr-defined]


@each("symbol", sorted(MARKETS))
def test_exchange_info_of_one_symbol_is_the_bare_object(symbol: str) -> None:
    """With a symbol the answer is that pair itself, every filter number a string."""
    info = get("/api/v1/exchangeInfo", f"symbol={symbol}")
    assert info["symbol"] == info["symbolName"] == symbol
    assert info["status"] == "TRADING"
    filters = {entry["filterType"]: entry for entry in info["filters"]}  # type: ignore[attr-defined]
    assert set(filters) == {
        "PRICE_FILTER", "LOT_SIZE", "MIN_NOTIONAL", "TRADE_AMOUNT", "LIMIT_TRADING", "MARKET_TRADING", "OPEN_QUOTE"
    }  # fmt: skip
    numbers = [value for entry in filters.values() for name, value in entry.items() if name != "maxEntrustNum"]
    assert all(isinstance(number, str) for number in numbers)
    assert "tickSize" in filters["PRICE_FILTER"]
    assert "stepSize" in filters["LOT_SIZE"]
    assert "minNotional" in filters["MIN_NOTIONAL"]


def test_exchange_info_of_an_unknown_symbol_is_refused(client: Client) -> None:
    """A pair nobody lists answers 0201."""
    assert refusal(client.simulator.handle(SimRequest("GET", "/api/v1/exchangeInfo", "symbol=DOGEUSD"), NOW)) == "0201"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/api/v9/nothing"), ("PATCH", "/api/v1/spot/order")]
)
def test_an_unknown_path_is_html_that_calls_itself_json(method: str, path: str) -> None:
    """The venue's 404 is an HTML page under a JSON content type, as seen live."""
    response = Simulator().handle(SimRequest(method, path), NOW)
    assert response.status == 404
    assert response.headers["Content-Type"] == "application/json"
    assert response.body.startswith(b"<html>")
