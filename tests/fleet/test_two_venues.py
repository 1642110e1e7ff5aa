"""A pool of venues of two kinds, one of which another library talks to, is stopped by the same decision."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.fleet import PoolAccount, VenuePool, kill_switch
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, opened_desk
from tests.fleet.conftest import open_at

pytest.importorskip("ccxt")

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


def test_both_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders at an exchange of ccxt's and at our own venue are all proven off the book; creates are denied at both."""
    monkeypatch.setattr("hk_adapter.fleet.arrivals.LAG", 0.05)
    with opened_desk() as desk:
        options = {"base_url": desk.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1}
        members = [
            PoolAccount("own", "hashkey", environment="simulator", budget="unlimited"),
            PoolAccount("theirs", "ccxt:kraken", **options),
        ]
        with VenuePool(members) as pool:
            assert not pool.failures
            placed = pool.call("create_order", *TERMS)
            report = kill_switch(pool, timeout=20)
            assert {one.account: [order.order_id for order in one.orders] for one in report.accounts} == {
                name: [order.id] for name, order in placed.items()
            }
            assert report.complete, report
            assert open_at(pool["own"].simulator) == []
            assert [order["status"] for order in desk.orders.values()] == ["canceled"]
            assert {type(denied) for denied in pool.call("create_order", *TERMS).values()} == {hk.OrderDenied}
