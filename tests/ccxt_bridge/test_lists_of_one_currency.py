"""A list without a symbol that shows the orders of one currency alone is not told as that of all."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.model import ListOrdersRequest
from tests.ccxt_bridge.by_hand import always, opened, run

NONE = always(200, json.dumps({"jsonrpc": "2.0", "result": []}).encode())


def test_deribits_list_without_a_symbol_is_refused():
    """Ccxt asks for the orders in BTC: orders in ETH rested while cancel_all_orders told that nothing was open."""
    sent = []
    with pytest.raises(hk.NotSupported, match="by symbol"):
        run(opened("deribit").fetch_open_orders(ListOrdersRequest()), NONE, sent)
    assert sent == []


def test_deribits_list_by_symbol_works():
    """It shows all that is open in that market."""
    page = run(opened("deribit").fetch_open_orders(ListOrdersRequest(symbol="ETH/USD")), NONE)
    assert (page.orders, page.complete) == ((), True)
