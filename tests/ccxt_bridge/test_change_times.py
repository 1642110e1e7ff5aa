"""The time of an order's last change is not told as the time when it was made."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.change_times import is_of_the_answer
from hk_adapter.venues.ccxt_bridge.parse import order
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run

MADE, CHANGED = 1_700_000_000_000, 1_700_000_060_000
BITFINEX = [41, None, None, "tETHUSD", MADE, CHANGED, 1, 1, "EXCHANGE LIMIT", *[None] * 4, "ACTIVE", None, None, 2000]

PHEMEX = {
    "orderID": "41",
    "symbol": "sETHUSD",
    "ordStatus": "New",
    "actionTimeNs": CHANGED * 1_000_000,
    "createTimeNs": 7,
}


def row(**said):
    """Write what ccxt makes of an order."""
    return {"id": "41", "symbol": "ETH/USD", "side": "buy", "type": "limit", "amount": "1", "price": "2000"} | said


@each(
    "info",
    [
        {"updateTime": str(CHANGED), "time": MADE},
        {"updatedAt": "2023-11-14T22:14:20Z", "createdAtHeight": "7"},
        {"last_modified": CHANGED // 1000},
        {"actionTimeNs": CHANGED * 1_000_000, "createTimeNs": MADE * 1_000_000},
        {"updated": f"{CHANGED}000.5"},
        {"actionTimeNs": (CHANGED + 1) * 1_000_000},
        [7, MADE, CHANGED],
    ],
)
def test_a_time_that_only_a_change_has_is_the_changes(info):
    """Ccxt's name for it claims that the order was made then: it would be taken for one that is younger."""
    found = order(row(info=info, timestamp=CHANGED))
    assert (found.timestamp, found.last_update_timestamp) == (None, CHANGED)


@each(
    "info",
    [
        {"updateTime": CHANGED, "time": CHANGED},
        {"transactTime": CHANGED},
        {"actionTimeNs": CHANGED * 1_000_000, "createTimeNs": CHANGED * 1_000_000},
        {"created": "2023-11-14T22:14:20"},
        {"id": "1e999999999", "cost": "1e-999999"},
        {"filled": True, "amount": float("nan")},
        [7, CHANGED, CHANGED],
        "a text",
        {},
    ],
)
def test_a_time_that_may_be_when_it_was_made_stays(info):
    """Whatever else has it, or where nothing tells."""
    assert order(row(info=info, timestamp=CHANGED)).timestamp == CHANGED


@pytest.mark.parametrize(
    ("exchange", "raw"),
    [
        ("bitfinex", {"result": BITFINEX}),
        ("btcturk", {"id": 41, "updateTime": CHANGED, "datetime": None, "pairSymbol": "ETHUSDT"}),
        ("phemex", PHEMEX),
        ("dydx", {"id": "41", "updatedAt": "2023-11-14T22:14:20.000Z", "ticker": "ETH-USD", "status": "OPEN"}),
    ],
)
def test_exchanges_whose_parsers_read_a_change(exchange, raw):
    """As ccxt reads them."""
    made = opened(exchange)._exchange.parse_order(raw)
    assert (made["timestamp"], order(made).timestamp) == (CHANGED, None)


def test_the_time_of_an_answer_to_a_cancel_is_not_the_orders():
    """Ccxt writes it into the order, which would be younger than its own end."""
    told = {"success": True, "data": {"status": "CANCEL_SENT"}, "timestamp": CHANGED}
    request = hk.CancelRequest(client_order_id="77", symbol="ETH/USD")
    acknowledged = run(opened("woo").cancel_order(request), always(200, json.dumps(told).encode()))
    assert (acknowledged.status, acknowledged.timestamp) == ("pending_cancel", None)


@each(
    ("raw", "expected"),
    [
        ({"timestamp": CHANGED, "data": {"status": "CANCEL_SENT"}}, True),
        ({"timestamp": CHANGED, "result": {"created": MADE}}, True),
        ({"timestamp": CHANGED, "data": {"created": CHANGED}}, False),
        ({"timestamp": CHANGED, "data": None}, False),
        ({"created": CHANGED, "fee": {}}, False),
        ({"timestamp": MADE, "data": {}}, False),
        ([CHANGED], False),
        (None, False),
    ],
)
def test_a_time_beside_the_order_is_the_answers(raw, expected):
    """One that the order's row says as well may be when it was made."""
    assert is_of_the_answer(raw, CHANGED) is expected
