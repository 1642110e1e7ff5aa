"""Of a market order by its cost, the money that was asked for is neither what was filled nor what that cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter.venues.ccxt_bridge.call_record import CallRecord, noting
from hk_adapter.venues.ccxt_bridge.parse import order
from tests.cases import each
from tests.ccxt_bridge.by_hand import NOW, opened

OKX = {
    "ordId": "41",
    "instId": "ETHUSD",
    "instType": "SPOT",
    "side": "buy",
    "ordType": "market",
    "tgtCcy": "quote_ccy",
    "sz": "100",
    "px": "",
    "cTime": str(NOW),
    "uTime": str(NOW),
}
GATE = {
    "id": "41",
    "currency_pair": "ETHUSD",
    "account": "spot",
    "type": "market",
    "side": "buy",
    "time_in_force": "ioc",
    "price": "0",
    "amount": "100",
    "create_time_ms": NOW,
}


@pytest.fixture(scope="module")
def read():
    """Read a raw order of an exchange's."""
    exchanges = {member: opened(member)._exchange for member in ("okx", "gate")}

    def read_one(member, raw):
        exchange = exchanges[member]
        with noting(CallRecord()):
            return order(exchange.parse_order(raw, exchange.markets["ETH/USD"]))

    return read_one


@each(
    ("raw", "filled", "cost"),
    [
        ({"state": "filled", "accFillSz": "0.0498", "avgPx": "2001.5"}, "0.0498", "99.6747"),
        ({"state": "canceled", "accFillSz": "0.01", "avgPx": "2000"}, "0.01", "20"),
        ({"state": "canceled", "accFillSz": "0", "avgPx": ""}, "0", "0"),
    ],
)
def test_okx_says_how_much_was_asked_for(read, raw, filled, cost):
    """Ccxt called all of it what the fills cost, where there were none, too."""
    found = read("okx", OKX | raw)
    assert (found.filled, found.cost) == (Decimal(filled), Decimal(cost))


@each(
    ("raw", "filled", "cost"),
    [
        (
            {"left": "0.5", "filled_amount": "0.0497", "filled_total": "99.5", "avg_deal_price": "2002.01"}
            | {"status": "closed", "finish_as": "filled"},
            "0.0497",
            "99.5",
        ),
        (
            {"left": "100", "filled_amount": "0", "filled_total": "0", "avg_deal_price": "0"}
            | {"status": "cancelled", "finish_as": "cancelled"},
            "0",
            "0",
        ),
    ],
)
def test_gate_says_what_was_filled_beside_it(read, raw, filled, cost):
    """Ccxt divides the money by an average that is rounded: 0.04970005144829 where 0.0497 were bought."""
    found = read("gate", GATE | raw)
    assert (found.filled, found.cost) == (Decimal(filled), Decimal(cost))


def test_a_limit_order_of_as_much_money_as_amount(read):
    """At a price of 1 both are the same number: nothing is taken out."""
    raw = {"type": "limit", "price": "1", "left": "0", "filled_total": "100", "avg_deal_price": "1"}
    found = read("gate", GATE | raw | {"filled_amount": "100", "status": "closed", "finish_as": "filled"})
    assert (found.amount, found.filled, found.cost) == (100, 100, 100)
