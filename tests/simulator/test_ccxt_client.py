"""ccxt's own HashKey client, unchanged but for its address, against the served simulator."""

from collections.abc import Iterator
from typing import Any

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.server import Served

ccxt = pytest.importorskip("ccxt")


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fresh venue at the machine's time, which is ccxt's too."""
    with serve() as server:
        yield server


@pytest.fixture
def exchange(served: Served) -> Iterator[Any]:
    """Point ccxt's client at the served venue; nothing else is changed."""
    client = ccxt.hashkey(
        {
            "apiKey": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "enableRateLimit": False,
            "urls": {"api": {"public": served.url, "private": served.url}},
        }
    )
    yield client
    if client.session is not None:
        client.session.close()


def test_ccxt_places_queries_and_cancels(served: Served, exchange: Any) -> None:
    """The client loads markets, places, queries and cancels; its cancel says open, as on the real venue."""
    created = exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)
    assert (created["symbol"], created["status"], created["price"]) == ("ETH/USD", "open", 1900)
    found = exchange.fetch_order(created["id"])
    assert (found["id"], found["status"], found["filled"], found["amount"]) == (created["id"], "open", 0, 1)
    canceled = exchange.cancel_order(created["id"])
    assert (canceled["id"], canceled["status"]) == (created["id"], "open")
    assert canceled["timestamp"] == created["timestamp"]
    assert exchange.fetch_order(created["id"])["status"] == "canceled"
    assert served.control.order(created["id"]).status == "CANCELED"


def test_ccxt_sees_fills(served: Served, exchange: Any) -> None:
    """Fills arranged by control are what ccxt's parser reads."""
    created = exchange.create_order("BTC/HKD", "limit", "sell", 0.5, 400_000, {"clientOrderId": "mine-1"})
    assert created["clientOrderId"] == "mine-1"
    served.control.fill(created["id"], "0.2", "410000")
    found = exchange.fetch_order(None, None, {"clientOrderId": "mine-1"})
    assert (found["filled"], found["average"], found["cost"]) == (0.2, 410_000, 82_000)
    exchange.cancel_order(None, None, {"clientOrderId": "mine-1"})
    assert exchange.fetch_order(created["id"])["status"] == "canceled"


def test_ccxt_knows_the_refusals(exchange: Any) -> None:
    """The client maps the simulator's refusals to its own errors."""
    with pytest.raises(ccxt.OrderNotFound):
        exchange.cancel_order("1563291927536863744")
    with pytest.raises(ccxt.InsufficientFunds):
        exchange.create_order("BTC/USD", "limit", "buy", 90, 50_000)
    created = exchange.create_order("ETH/USDT", "limit", "buy", 1, 1900, {"postOnly": True})
    assert created["postOnly"] is True
    exchange.cancel_order(created["id"])
    with pytest.raises(ccxt.OrderNotFillable):
        exchange.cancel_order(created["id"])
    exchange.secret = "wrong"
    with pytest.raises(ccxt.BadRequest):
        exchange.fetch_order(created["id"])


def test_ccxt_loads_currencies_and_status(exchange: Any) -> None:
    """What else ccxt asks without a key: currencies, time, status."""
    assert exchange.fetch_currencies()["USDT"]["type"] == "crypto"
    assert exchange.fetch_currencies()["HKD"]["type"] == "fiat"
    assert exchange.fetch_time() > 1_700_000_000_000
    assert exchange.fetch_status()["status"] == "ok"
