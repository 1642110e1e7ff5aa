"""An answer that says nothing of an order is no order, at every exchange of ccxt's."""

from __future__ import annotations

import json
from decimal import Decimal

import ccxt
import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.ghosts import shows_an_order
from hk_adapter.venues.ccxt_bridge.order_answers import acknowledged
from tests.ccxt_bridge.by_hand import always, opened, run

EMPTY = [
    {},
    [],
    None,
    [{}],
    "ok",
    {"code": 0, "msg": "ok", "data": {}},
    {"success": True, "result": {}},
    {"code": "0", "data": [{}]},
    {"code": "00000", "data": {"order": {}}, "result": {"order": {}}},
    {"retCode": 0, "result": {"list": []}},
    {"code": 200000, "data": {"foo": "bar", "n": 7, "orderId": "41"}},
]
ASKED = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD")


@pytest.mark.parametrize("member", ccxt.exchanges)
def test_no_exchange_makes_an_order_of_nothing(member):
    """Ccxt fills in the id and the symbol that were asked for; of the venue's own there is nothing."""
    for answer in EMPTY:
        with pytest.raises(hk.AdapterError):
            run(opened(member).fetch_order(ASKED), always(200, json.dumps(answer).encode()))


@pytest.mark.parametrize(
    "row",
    [
        {"id": "41", "info": {"orderId": "41"}},
        {"id": "41", "filled": 0, "amount": None, "status": "open", "info": {"code": "0"}},
        {"symbol": "ETH/USD", "type": "limit", "info": {"success": True}},
        {"id": "null", "info": "null"},
        {"amount": Decimal(1), "info": {"code": 0}},
    ],
)
def test_what_was_asked_for_is_no_fact(row):
    """Nor is zero, nor what stands nowhere in the raw answer."""
    assert not shows_an_order(row, {"41"})


@pytest.mark.parametrize(
    "row",
    [
        {"amount": Decimal("1.50"), "info": {"qty": "1.5"}},
        {"amount": "2", "info": {"data": [{"order": {"size": 2}}]}},
        {"status": "canceled", "info": {"state": "CANCELED"}},
        {"id": "41", "clientOrderId": "mine", "info": ["41", "mine"]},
    ],
)
def test_one_fact_of_the_venues_is_enough(row):
    """It need not repeat the id."""
    assert shows_an_order(row, {"41"})


def test_a_bare_ok_acknowledges_a_cancel():
    """Where ccxt takes the exchange's word for a good answer, and makes an order of nothing of it."""
    request = hk.CancelRequest(order_id="41", symbol="ETH/USD")
    found = run(opened("cex").cancel_order(request), always(200, b'{"ok": "ok", "data": {}}'))
    assert (found.id, found.status) == ("41", hk.OrderStatus.PENDING_CANCEL)


@pytest.mark.parametrize("raw", [None, {}, [], "", "<html>"])
def test_nothing_acknowledges_nothing(raw):
    """An empty answer leaves the cancel in doubt."""
    with pytest.raises(hk.UnexpectedPayload):
        acknowledged({"info": {}}, raw, hk.CancelRequest(order_id="41"))
