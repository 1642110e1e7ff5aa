"""ccxt's own HashKey client places every kind of order at the served simulator, and reads what became of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Dialect, Simulator, serve
from hk_adapter.simulator.server import Served

from .conftest import NOW

ccxt = pytest.importorskip("ccxt")


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a venue that signs batches as ccxt does, over the query, with others' orders on one pair's book."""
    simulator = Simulator(dialect=Dialect(batch_signature="query"))
    with serve(simulator=simulator, clock=lambda: NOW) as server:
        for side, price in (("SELL", 2000), ("BUY", 1990)):
            server.control.counter_order("ETHUSD", side, 5, price, now=NOW)
        yield server


@pytest.fixture
def exchange(served: Served) -> Iterator[Any]:
    """Point ccxt's client at the served venue, and set its clock; nothing else is changed."""
    client = ccxt.hashkey(
        {
            "apiKey": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "enableRateLimit": False,
            "urls": {"api": {"public": served.url, "private": served.url}},
        }
    )
    client.milliseconds = lambda: NOW
    yield client
    if client.session is not None:
        client.session.close()


def test_a_market_order_by_cost(exchange: Any) -> None:
    """The client spends quote currency, and reads a filled order."""
    order_id = exchange.create_market_buy_order_with_cost("ETH/USD", 4000)["id"]
    found = exchange.fetch_order(order_id)
    assert (found["status"], found["filled"], found["cost"], found["average"]) == ("closed", 2, 4000, 2000)


def test_a_market_order_by_amount(exchange: Any) -> None:
    """The client sells base units, and reads that the rest was canceled."""
    found = exchange.fetch_order(exchange.create_order("ETH/USD", "market", "sell", 7)["id"])
    assert (found["status"], found["filled"], found["cost"]) == ("canceled", 5, 9950)


def test_times_in_force(exchange: Any) -> None:
    """IOC and FOK go through as ccxt sends them."""
    ids = [
        exchange.create_order("ETH/USD", "limit", "buy", 6, 2000, {"timeInForce": time_in_force})["id"]
        for time_in_force in ("FOK", "IOC")
    ]
    assert [exchange.fetch_order(order_id)["filled"] for order_id in ids] == [0, 5]


def test_several_orders_at_once(served: Served, exchange: Any) -> None:
    """The client's batch, on the older path and signed over the query, creates its orders in their order."""
    created = exchange.create_orders(
        [
            {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": amount, "price": 1900, "params": {}}
            for amount in (1, 2)
        ]
    )
    assert [order["status"] for order in created] == ["open", "open"]
    assert [served.control.order(order["id"]).amount for order in created] == [1, 2]
    assert [seen.path for seen in served.control.requests if seen.method == "POST"] == ["/api/v1/spot/batchOrders"]


def test_a_failed_entry_of_a_batch(served: Served, exchange: Any) -> None:
    """The client raises for the first entry that failed; the others stand all the same."""
    orders = [
        {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": amount, "price": 1900, "params": {}}
        for amount in (1, 600)
    ]
    with pytest.raises(ccxt.InsufficientFunds):
        exchange.create_orders(orders)
    assert len(served.control.orders()) == 1
