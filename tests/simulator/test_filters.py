"""The filters of a pair, as exchangeInfo shows them, hold for what is created."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Simulator
from hk_adapter.simulator.exchange.filters import BAND, OPEN_ORDERS_MOST

from .conftest import CREATE, LIMIT_BUY, NOW, ORDER, Client, speaking

MARKET: dict[str, Any] = {"symbol": "ETHUSD", "type": "MARKET"}

MARKET_REFUSALS: list[tuple[str, dict[str, object]]] = [
    ("0001", {}),
    ("0001", {"quantity": ""}),
    ("0001", {"amount": ""}),
    ("-1129", {"quantity": "1", "amount": "100"}),
    ("-1126", {"quantity": "0"}),
    ("-1126", {"quantity": "-1"}),
    ("-1136", {"quantity": "0.00001"}),
    ("-1135", {"quantity": "1000.0001"}),
    ("-1137", {"quantity": "1.00001"}),
    ("-1130", {"amount": "0"}),
    ("-1130", {"amount": "all"}),
    ("-1140", {"amount": "9.99"}),
    ("-1206", {"amount": "5000000.01"}),
    ("-1148", {"amount": "100.0000001"}),
    ("-1130", {"quantity": "1", "stpMode": "NOT_EXPIRE"}),
]


@pytest.mark.parametrize("side", ["BUY", "SELL"])
@pytest.mark.parametrize(("code", "terms"), MARKET_REFUSALS)
def test_a_market_order_that_breaks_a_rule_is_refused(
    client: Client, side: str, code: str, terms: dict[str, object]
) -> None:
    """Each documented rule answers its code, and neither an order nor a lock is left."""
    client.control.counter_order("ETHUSD", "SELL", 5000, 2000, now=NOW)
    client.control.counter_order("ETHUSD", "BUY", 5000, 1990)
    before = client.control.balance("USD")
    assert client.refused("POST", CREATE, **MARKET, side=side, **terms) == code
    assert client.control.orders() == []
    assert client.control.balance("USD") == before


@pytest.mark.parametrize(
    "terms", [{"quantity": "0.0001"}, {"quantity": "1000"}, {"amount": "10"}, {"amount": "12.345678"}]
)
def test_the_limits_themselves_are_allowed(client: Client, terms: dict[str, str]) -> None:
    """A market order of the least and of the greatest amount, and cash to the finest step, are taken in."""
    assert client.ok("POST", CREATE, **MARKET, side="SELL", **terms)["status"] == "NEW"


def filters_of(client: Client, symbol: str) -> dict[str, dict[str, Any]]:
    """Read a pair's filters as a client would."""
    response = client.send("GET", "/api/v1/exchangeInfo", symbol=symbol)
    return {each["filterType"]: each for each in json.loads(response.body)["filters"]}


def test_the_filters_that_are_kept_are_those_that_are_shown(client: Client) -> None:
    """Band and count are the numbers of the catalogue."""
    for symbol in client.simulator.venue.markets:
        shown = filters_of(client, symbol)
        assert shown["LIMIT_TRADING"]["maxEntrustNum"] == OPEN_ORDERS_MOST
        for name in ("LIMIT_TRADING", "MARKET_TRADING"):
            rates = {shown[name][rate] for rate in ("buyPriceUpRate", "sellPriceDownRate")}
            assert rates == {str(BAND)}


@pytest.mark.parametrize("code", ["0210", "0207"])
def test_a_price_outside_the_band_is_refused_where_it_is_checked(code: str) -> None:
    """A buy far above the last trade or a sell far below it; the edge is inside, and without a trade nothing is."""
    client = speaking(price_band=code)
    client.rest(price="5000", quantity="0.1")
    client.control.trade("ETHUSD", "1", "2000")
    assert client.refused("POST", CREATE, **(LIMIT_BUY | {"price": "2400.01"})) == code
    assert client.refused("POST", CREATE, **(LIMIT_BUY | {"side": "SELL", "price": "1599.99"})) == code
    assert client.create(price="2400")["status"] == "NEW"
    assert client.create(side="SELL", price="2500.01")["status"] == "NEW"


def test_the_band_is_unchecked_unless_told(client: Client) -> None:
    """What it is around is documented nowhere."""
    client.rest()
    client.control.trade("ETHUSD", "1", "2000")
    assert client.create(price="5000")["status"] == "NEW"


def test_the_band_bounds_market_orders_too() -> None:
    """Where it is checked, a market order goes no further, and the remainder is canceled."""
    client = speaking(price_band="0210")
    for price in (2000, 2400, 2401):
        client.control.counter_order("ETHUSD", "SELL", 1, price, now=NOW)
    client.control.trade("ETHUSD", "1", "2000")
    order_id = client.ok("POST", CREATE, **MARKET, side="BUY", quantity="3")["orderId"]
    assert (client.query(order_id)["status"], client.query(order_id)["executedQty"]) == ("PARTIALLY_CANCELED", "2")


@pytest.mark.parametrize("code", ["-2017", "-2002"])
def test_too_many_open_orders_of_a_pair_are_refused_where_they_are_counted(code: str) -> None:
    """300 of a pair, as the catalogue shows; other pairs and what ended do not count."""
    client = speaking(open_orders_limit=code)
    order_ids = [client.rest(quantity="0.01") for _ in range(300)]
    assert client.refused("POST", CREATE, **LIMIT_BUY) == code
    assert client.create(symbol="ETHUSDT")["status"] == "NEW"
    client.ok("DELETE", ORDER, orderId=order_ids[0])
    assert client.create()["status"] == "NEW"


def test_open_orders_are_not_counted_unless_told() -> None:
    """By default any number rests."""
    client = Client(Simulator(keep_requests=0))
    assert len({client.rest(quantity="0.01") for _ in range(301)}) == 301
