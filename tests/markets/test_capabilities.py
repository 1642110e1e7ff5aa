"""``has`` says what works, by ccxt's keys, from the hooks that a venue implements."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.execution.operations import OPERATIONS, capabilities

ccxt = pytest.importorskip("ccxt")

EVERYTHING = frozenset(hook for row in OPERATIONS.values() for hook in row.hooks)


def test_the_keys_are_ccxts():
    """A bot that asks ccxt's ``has`` asks ours with the same keys."""
    known = set(ccxt.Exchange().describe()["has"]) | set(ccxt.kraken().describe()["has"])  # which has a countdown
    assert {key for row in OPERATIONS.values() for key in row.keys} <= known


def test_a_missing_hook_takes_its_calls_away():
    """Without the query, an order cannot be fetched, nor a watch settle a doubt; everything else still works."""
    has = capabilities(EVERYTHING - {"fetch_order"}, {})
    assert [key for key, works in has.items() if not works] == [
        "fetchOrder",
        "fetchOrderTrades",
        "watchOrders",
    ]


def test_orders_are_watched_without_a_stream_by_asking():
    """Where what is open is listed and an order looked up, the core lists again and again, and ``has`` says so.

    So are fills and balances, each where the venue has a list of them.
    """
    without = EVERYTHING - {"open_stream"}
    assert capabilities(without, {})["watchOrders"] == "emulated"
    assert capabilities(without - {"fetch_open_orders"}, {})["watchOrders"] is False
    assert capabilities(EVERYTHING, {"open_stream": False})["watchOrders"] == "emulated"
    for key, hook in (("watchMyTrades", "fetch_my_trades"), ("watchBalance", "fetch_balance")):
        assert capabilities(frozenset({hook}), {})[key] == "emulated"
        assert capabilities(without - {hook}, {})[key] is False


def test_a_venue_may_say_that_its_site_lacks_some_of_a_hook():
    """What works in part is neither True nor False; what the site lacks altogether is False."""
    has = capabilities(EVERYTHING, {"fetch_tickers": "partial", "fetch_accounts": False})
    assert (has["fetchTicker"], has["fetchTickers"], has["fetchAccounts"]) == ("partial", "partial", False)


def test_what_the_core_does_singly_needs_no_batch_hook():
    """Several orders are canceled and placed one by one where the venue has no request for several."""
    has = capabilities(frozenset({"cancel_order", "create_order"}), {})
    assert (has["cancelOrders"], has["createOrders"], has["cancelAllOrders"]) == (True, True, False)


def test_hashkey_serves_the_whole_spot_life():
    """Every call works on HashKey's default site, but a countdown of its own; nobody can change that in place."""
    with hk.connect("hashkey", environment="simulator") as venue:
        assert {key for key, works in venue.has.items() if works is not True} == {"cancelAllOrdersAfter"}
        with pytest.raises(TypeError):
            venue.has["watchMyTrades"] = True  # type: ignore[index]
