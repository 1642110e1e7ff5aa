"""ccxt's own HashKey client, unchanged but for its address, against the served simulator."""

from collections.abc import Iterator
from typing import Any

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Limits, Simulator, serve
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


def test_ccxt_lists_and_cancels_several(served: Served, exchange: Any) -> None:
    """Its lists, its batch cancel and its cancel-all work unchanged, and the venue's truth agrees with them."""
    ids = [exchange.create_order("ETH/USD", "limit", "buy", 0.1, 1900 + step)["id"] for step in range(4)]
    elsewhere = exchange.create_order("BTC/USD", "limit", "sell", 0.1, 90_000)["id"]
    assert {order["id"] for order in exchange.fetch_open_orders("ETH/USD")} == {*ids}
    assert {order["id"] for order in exchange.fetch_open_orders()} == {*ids, elsewhere}
    served.control.counter_order("ETHUSD", "SELL", "0.15", "1900")
    served.control.forget(ids[3])
    assert exchange.cancel_orders(ids[:2])[0]["info"]["result"] == []
    assert [served.control.order(order_id).status for order_id in ids[:3]] == [
        "CANCELED",
        "CANCELED",
        "PARTIALLY_FILLED",
    ]
    assert exchange.cancel_all_orders("ETH/USD")[0]["info"]["success"] is True
    assert [order["id"] for order in exchange.fetch_open_orders()] == [elsewhere]
    ended = exchange.fetch_canceled_and_closed_orders("ETH/USD")
    assert {order["id"]: (order["status"], order["filled"]) for order in ended} == {
        ids[0]: ("canceled", 0),
        ids[1]: ("canceled", 0),
        ids[2]: ("canceled", 0.05),
    }
    assert exchange.fetch_canceled_and_closed_orders("BTC/USD") == []


def test_ccxt_pages_through_history(served: Served, exchange: Any) -> None:
    """A limit and a cursor handed through ccxt reach the venue."""
    ids = [exchange.create_order("ETH/USD", "limit", "buy", 0.1, 1900)["id"] for _ in range(3)]
    for order_id in ids:
        exchange.cancel_order(order_id)
    (newest,) = exchange.fetch_canceled_and_closed_orders("ETH/USD", None, 1)
    assert newest["id"] == ids[2]
    rest = exchange.fetch_canceled_and_closed_orders("ETH/USD", None, None, {"fromOrderId": newest["id"]})
    assert {order["id"] for order in rest} == {*ids[:2]}


def test_ccxt_knows_a_failed_entry_and_the_limits(exchange: Any, served: Served) -> None:
    """An id that fails in a batch, and a request over the limit, become ccxt's own errors."""
    with pytest.raises(ccxt.OrderNotFound):
        exchange.cancel_orders(["1563291927536863744"])
    with serve(simulator=Simulator(limits=Limits())) as strict:
        exchange.urls["api"] = {"public": strict.url, "private": strict.url}
        exchange.fetch_open_orders()
        exchange.fetch_open_orders()
        with pytest.raises(ccxt.RateLimitExceeded):
            exchange.fetch_open_orders()
        assert strict.control.bans.queries_refused == 1
