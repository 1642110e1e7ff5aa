"""A read that failed is never an empty list, though ccxt takes its answer for a good one; an empty list stays one."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.model import ListOrdersRequest
from hk_adapter.venues.ccxt_bridge.denials import says_it_failed
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import needs, there

OPEN = ListOrdersRequest(symbol="ETH/USD")
LOOK = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD")
CANCEL = hk.CancelRequest(order_id="41", symbol="ETH/USD")


def error_of(flow, body, status=200):
    """The error that an answer comes to."""
    with pytest.raises(hk.AdapterError) as caught:
        run(flow, always(status, json.dumps(body).encode()))
    return caught.value


@needs("woo")
@each("call", ["fetch_open_orders", "fetch_orders", "fetch_order"])
@each("shown", [{}, {"data": None}, {"data": {"rows": []}}, {"rows": []}])
def test_woo_failed_by_a_code_that_ccxt_does_not_know(call, shown):
    """Its class lets the code pass, and makes an empty list of the answer."""
    body = {"success": False, "code": -1234, "message": "try again later", **shown}
    error = error_of(getattr(opened("woo", uid="7"), call)(LOOK if call == "fetch_order" else OPEN), body)
    assert isinstance(error, hk.OutcomeUnknown)
    assert "try again later" in str(error)


@needs("woo")
@each(
    ("body", "kind"),
    [
        ({"success": False, "code": "-1003", "message": "Rate limit exceed."}, hk.RateLimited),
        ({"success": False, "code": "-1002", "message": "API key or secret is invalid"}, hk.AuthenticationError),
        ({"success": False, "code": "317152", "message": "The order is not there"}, hk.OrderNotFound),
    ],
)
def test_a_code_that_ccxt_knows_says_more(body, kind):
    """Its own word for it is what the call comes to."""
    assert type(error_of(opened("woo", uid="7").fetch_order(LOOK), body)) is kind


FAILED = {
    "bitteam": {"ok": False, "message": "Please, try later", "result": {}},
    "delta": {"success": False, "error": "internal_server_error", "result": []},
    "mercado": {"status": 503, "message": "Maintenancing, try again later", "result": None},
    "revolutx": {"message": "Too many requests", "error_id": "1", "code": 9999, "data": []},
    "xt": {"success": "false", "result": []},
    "zebpay": {"statusCode": 400, "statusDescription": "Not known to ccxt", "data": {}},
    "cryptomus": {"state": 1, "errors": {"market": ["validation.required"]}, "result": []},
}
"""Failures that the classes of some exchanges take for an empty list of open orders."""


@each("member", there(FAILED))
def test_failures_of_others(member):
    """Each is told."""
    venue, symbol = driven(member)
    assert isinstance(
        error_of(venue.fetch_open_orders(ListOrdersRequest(symbol=symbol)), FAILED[member]),
        hk.VenueError | hk.OutcomeUnknown,
    )


@each(
    "answer",
    [
        {"success": False},
        {"success": "false", "code": "0", "data": []},
        {"ok": False, "result": [{"id": 1}]},
        {"result": "false", "error_code": 10004},
        {"result": "error", "data": []},
        {"status": "ERROR", "data": []},
        {"status": "fail", "err_code": "1", "data": None},
        {"error": "maintenance", "data": []},
        {"error": {"code": 1, "message": "x"}},
        {"error": {"code": "", "msg": "", "args": ["x"]}, "data": []},
        {"error": {"retryable": False}, "data": []},
        {"error": True, "errorMessage": None, "data": None},
        {"errors": [{"message": "x"}], "data": []},
        {"code": 404, "msg": "a word", "data": None},
        {"code": "400100", "msg": "validation.symbolIsRequired", "data": None},
        {"code": 2002, "message": "invalid field value", "data": None},
        {"retCode": 10001, "retMsg": "Request failed", "result": {}},
    ],
)
def test_what_says_that_it_failed(answer):
    """A flag, a word for it, or an error beside which nothing is shown."""
    assert says_it_failed(answer)


HAPPY = [
    {"code": "200000", "data": []},
    {"code": "0", "msg": "", "data": []},
    {"code": "0000", "message": "OK", "data": None},
    {"code": "00000", "msg": "success", "data": []},
    {"code": 200, "message": "", "data": {}},
    {"code": 1000, "message": "Success", "data": []},
    {"code": "1", "msg": "成功", "data": []},
    {"code": "SUCCESS", "message": None, "data": []},
    {"success": True, "code": 404, "error": "x", "message": "not found", "data": []},
    {"success": True, "result": [], "error": None},
    {"ok": "ok", "data": []},
    {"result": "true", "error_code": 0, "data": []},
    {"result": "success", "serverTime": "2026-01-01", "openOrders": []},
    {"result": 0, "data": []},
    {"status": "ok", "data": []},
    {"status": 0, "data": []},
    {"status": 200, "message": "good", "data": []},
    {"status": "success", "data": []},
    {"error": [], "result": {"open": {}}},
    {"error": "", "data": []},
    {"error": False, "errorMessage": None, "data": []},
    {"error": {"code": "", "msg": ""}, "msgInfo": "", "result": [], "returnCode": 0},
    {"error": {"code": 0, "msg": None, "args": []}, "data": None},
    {"errors": [], "orders": []},
    {"retCode": 0, "retMsg": "OK", "result": {"list": []}},
    {"rc": 0, "mc": "SUCCESS", "ma": [], "result": {}},
    {"returnCode": 0, "msgInfo": "success", "error": None, "result": []},
    {"jsonrpc": "2.0", "id": 7, "result": []},
    {"success": 1, "return": {}},
    {"error": "a warning", "data": [{"id": 1}]},
    {"orders": []},
    [],
    {},
    "OK",
    None,
]
"""How exchanges say that there is nothing to list, and that this is all."""


@each("answer", HAPPY)
def test_what_is_no_failure(answer):
    """Words of success differ; none of them is a failure."""
    assert not says_it_failed(answer)


@each(
    "row",
    [{"status": "failed"}, {"status": "ERROR", "error": "no funds"}, {"state": "x", "code": 404, "msg": "not found"}],
)
@each("name", ["id", "orderId", "order_id"])
def test_what_a_bare_order_says_of_itself(row, name):
    """How it stands is no failure of the read."""
    assert not says_it_failed({name: "41", **row})


NOTHING = [b"", b"null", b"[]", b"{}"]


@each("member", there(["binance", "bybit", "coinbase", "hyperliquid", "kraken", "okx"]))
@each("body", NOTHING)
def test_an_exchange_without_a_market_has_not_answered(member, body):
    """Else it opened with none, and each symbol of an order was called unknown, as the caller's mistake."""
    venue = opened(member)
    with pytest.raises((hk.OutcomeUnknown, hk.UnexpectedPayload)):
        run(venue.fetch_markets(hk.SymbolsRequest()), always(200, body))


@needs("kraken")
def test_markets_that_were_there_stay_where_a_list_is_empty():
    """Orders go on by the last good list."""
    venue = opened("kraken")
    before = dict(venue._exchange.markets)
    with pytest.raises(hk.OutcomeUnknown, match="list of markets is empty"):
        run(venue.fetch_markets(hk.SymbolsRequest()), always(200, b'{"error": [], "result": {}}'))
    assert before
    assert dict(venue._exchange.markets) == before


@needs("kraken")
def test_an_order_whose_markets_are_none_was_never_sent():
    """Ccxt asks for them within a create, where they are not loaded yet."""
    placed = hk.CreateOrderRequest(
        symbol="ETH/USD", type="limit", side="buy", amount=Decimal(1), price=Decimal(1900), client_order_id="a1b2c3"
    )
    venue, sent = opened("kraken"), []
    venue._exchange.markets = None
    with pytest.raises(hk.NotSent):
        run(venue.create_order(placed), always(200, b'{"error": [], "result": {}}'), sent)
    assert not [one for one in sent if "Order" in one.url]
