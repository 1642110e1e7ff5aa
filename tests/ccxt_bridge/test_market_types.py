"""Of which type of market an exchange's lists without a symbol have the orders, where it has several."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from tests.ccxt_bridge.by_hand import always, opened, run


@pytest.mark.parametrize(
    ("member", "options", "told"),
    [
        ("binance", {}, "spot"),
        ("binance", {"options": {"defaultType": "swap"}}, "swap"),
        ("binanceusdm", {"options": {"defaultType": "swap"}}, "swap"),
        ("binancecoinm", {"options": {"defaultType": "spot"}}, None),
        ("krakenfutures", {}, None),
        ("kraken", {}, "spot"),
        ("upbit", {}, None),
    ],
)
def test_it_says_so(member: str, options: dict[str, object], told: str | None) -> None:
    """By ccxt's own choice of a type; None of an exchange that has no other, or not that one."""
    assert opened(member, **options).market_type == told


def test_where_there_are_only_swaps_their_lists_are_known() -> None:
    """Of an exchange without spot markets a list of every symbol's orders is as long as ccxt says of its swaps."""
    row = {"symbol": "ETHUSD", "side": "buy", "orderType": "lmt", "limitPrice": 10, "filledSize": 0, "unfilledSize": 1}
    row |= {"receivedTime": "2026-01-01T00:00:00.000Z", "status": "untouched"}
    rows = [row | {"order_id": f"id-{number}"} for number in range(12)]
    answer = always(200, json.dumps({"result": "success", "openOrders": rows}).encode())
    page = run(opened("krakenfutures").fetch_open_orders(hk.ListOrdersRequest()), answer)
    assert (len(page.orders), page.complete) == (12, True)
