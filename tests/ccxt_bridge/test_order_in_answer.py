"""An answer that says nothing of an order is no order, at every exchange of ccxt's."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import ccxt
import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.order_in_answer import leaves_open_which, names_another, shows_an_order
from hk_adapter.venues.ccxt_bridge.parse_orders import acknowledged, with_asked_terms
from tests.cases import each
from tests.ccxt_bridge.by_hand import NEW, always, opened, run

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
    {"status": "ok"},
    {"status": "success", "data": {"status": "success"}},
]
ASKED = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD")


@each("member", ccxt.exchanges)
def test_no_exchange_makes_an_order_of_nothing(member):
    """Ccxt fills in the id and the symbol that were asked for; of the venue's own there is nothing."""
    venue = opened(member)
    for answer in EMPTY:
        if member.startswith("bybit"):  # it learns of its account by the first answer, and does otherwise after it
            venue = opened(member)
        with pytest.raises(hk.AdapterError):
            run(venue.fetch_order(ASKED), always(200, json.dumps(answer).encode()))


@each(
    "row",
    [
        {"id": "41", "info": {"orderId": "41"}},
        {"id": "41", "filled": 0, "amount": None, "status": "open", "info": {"code": "0"}},
        {"symbol": "ETH/USD", "type": "limit", "info": {"success": True}},
        {"id": "null", "info": "null"},
        {"amount": Decimal(1), "info": {"code": 0}},
        {"id": "41", "status": "ok", "info": {"status": "ok"}},
        {"id": "41", "status": "closed", "info": {"status": "success"}},
    ],
)
def test_what_was_asked_for_is_no_fact(row):
    """Nor is zero, nor what stands nowhere in the raw answer."""
    assert not shows_an_order(row, {"41"})


@each(
    "row",
    [
        {"amount": Decimal("1.50"), "info": {"qty": "1.5"}},
        {"amount": "2", "info": {"data": [{"order": {"size": 2}}]}},
        {"status": "canceled", "info": {"state": "CANCELED"}},
        {"status": "weißnicht", "info": {"state": "weißnicht"}},
        {"status": "ok", "info": {"status": "ok", "order_id": "41"}},
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


@each("raw", [None, {}, [], "", "<html>"])
def test_nothing_acknowledges_nothing(raw):
    """An empty answer leaves the cancel in doubt."""
    with pytest.raises(hk.UnexpectedPayload):
        acknowledged({"info": {}}, raw, hk.CancelRequest(order_id="41"))


def foreign(**terms):
    """Order 42, as some exchanges write it."""
    return {"state": "NEW", "type": "LIMIT", "side": "BUY", "price": "1900", "quantity": "1", **terms}


@each("row", [foreign(id="42"), foreign(id=42), foreign(orderId="42"), foreign(order_id="x-42")])
def test_an_id_that_ccxt_wrote_over_the_answers_is_not_believed(row):
    """Ccxt's look-up at Poloniex gives any row the id that was asked for."""
    with pytest.raises(hk.UnexpectedPayload, match="names another order"):
        run(opened("poloniex").fetch_order(ASKED), always(200, json.dumps(row).encode()))


@pytest.mark.parametrize("row", [foreign(id="41"), foreign(), foreign(userId="42")])
def test_a_row_that_does_not_name_another_order_is_the_order(row):
    """The id may stand under another name, or nowhere."""
    found = run(opened("poloniex").fetch_order(ASKED), always(200, json.dumps(row).encode()))
    assert (found.id, found.status) == ("41", "open")


@each(
    ("shown", "another"),
    [
        ({"order_id": "42"}, True),
        ({"data": [{"ordId": "42"}, {"ordId": "41"}]}, False),
        ({"result": {"41": {"status": "open"}}}, False),
        ({"orderId": ""}, False),
        ({"order_number": 0}, False),
        ({"accountId": "42", "tradeId": "42"}, False),
        ({"orderId": "ETH:41"}, False),
        ({"orderId": "141"}, True),
        ("42", False),
        ({"id": "42", "parent": "41"}, True),
        ({"id": "42", "origOrderId": "41"}, True),
        ({"orderId": 42, "clientOrderId": "41"}, True),
        ({"ordId": "42", "replaced": {"ordId": "41"}}, True),
        ({"id": "42", "note": "41"}, True),
        ({"algoId": "41", "ordId": "42"}, False),
        ({"uuid": "41", "orderNo": "42"}, False),
        ({"id": 7, "result": {"order_id": "41"}}, False),
    ],
)
def test_what_names_another_order(shown, another):
    """Only a name that can mean nothing else, and only where the id that was asked for stands nowhere."""
    assert names_another(shown, "41") is another


def test_an_acknowledgement_that_names_another_order_is_none():
    """Then the cancel is looked into."""
    with pytest.raises(hk.UnexpectedPayload, match="names another order"):
        acknowledged({"id": None, "info": {}}, {"data": {"orderId": "42"}}, hk.CancelRequest(order_id="41"))


def test_a_look_up_by_a_client_order_id_must_name_the_order():
    """A row of no id is nobody's: a create that was lost is not found by it."""
    asked = hk.FetchOrderRequest(client_order_id="mine", symbol="ETH/USD")
    row = {"status": "NEW", "type": "LIMIT", "side": "BUY", "origQty": "1", "clientOrderId": "mine"}
    with pytest.raises(hk.UnexpectedPayload, match="names no order"):
        run(opened("binance").fetch_order(asked), always(200, json.dumps(row).encode()))


OKX = {"state": "canceled", "instId": "ETHUSD", "side": "buy", "ordType": "limit", "px": "2000", "sz": "13"}


@each(
    "rows",
    [
        [{**OKX, "ordId": [{}]}],
        [{**OKX, "ordId": False}],
        [{**OKX, "ordId": {"id": "42"}}],
        [{**OKX, "ordId": 41.5}],
        [OKX, {**OKX, "state": "live"}],
        [{**OKX, "ordId": ""}, OKX],
    ],
    ids=["list", "false", "object", "fraction", "another beside it", "two without ids"],
)
def test_a_row_that_does_not_tell_which_order_it_is(rows):
    """Where the id is there and cannot be read, or there are several rows and none has it, nothing is known of it."""
    venue = opened("okx")
    venue._exchange.password = "pw"
    with pytest.raises(hk.UnexpectedPayload):
        run(venue.fetch_order(ASKED), always(200, json.dumps({"code": "0", "data": rows}).encode()))


@each(
    ("payload", "row", "leaves"),
    [
        ({"data": [{"a": 1}]}, {"a": 1}, False),
        ({"data": {"a": 1}, "meta": {"b": 1}}, {"a": 1}, False),
        ({"data": [{"a": 1}, {"b": 1}], "id": "41"}, {"a": 1}, False),
        ({"data": [{"a": 1}, {"b": 1}], "rows": [{"c": 1}]}, {"c": 1}, False),
        ({"data": [{"a": 1}, {"b": 1}]}, {"a": 1}, True),
        ({"id": None, "orderId": ""}, {}, False),
        ({"data": {"orderNo": {}}}, {}, True),
        ("41", {}, False),
    ],
)
def test_what_leaves_open_which_order_it_is(payload, row, leaves):
    """Only an answer in which the id that was asked for stands nowhere."""
    assert leaves_open_which(payload, row, "41") is leaves


@each("raw", [{"data": {}}, {"status": "OK"}, [], "ok"])
def test_an_id_that_was_only_sent_is_no_order(raw):
    """Where the client's id is the order's, ccxt takes it from the request: the answer has to have it."""
    with pytest.raises(hk.UnexpectedPayload, match="names no order"):
        with_asked_terms({"id": "own1234567", "status": "open", "info": raw}, raw, NEW)


@each("raw", [{"data": {"externalId": "own1234567"}}, ["own1234567"], "own1234567", None])
def test_a_client_order_id_that_the_answer_has_names_the_order(raw):
    """It may stand anywhere."""
    assert with_asked_terms({"id": "own1234567", "info": raw}, raw, NEW)["id"] == "own1234567"


@each(
    ("member", "answer"),
    [
        ("zaif", b'{"success": 1, "return": {"order_id": ["NaN"]}}'),
        ("mexc", b"\xef\xbb\xbf{}"),
        ("mexc", b"41 and more"),
        ("kraken", b'{"error": [], "result": {"txid": 1.5e18}}'),
    ],
)
def test_what_no_order_can_be_called_is_no_id(member, answer):
    """Ccxt makes a text of whatever stands where the id of a new order is looked for."""
    with pytest.raises(hk.UnexpectedPayload):
        run(opened(member).create_order(NEW), always(200, answer))


@each("member", ccxt.exchanges)
def test_no_exchange_makes_an_empty_list_of_nothing(member):
    """Ccxt reads every answer without a list as a list of none: by it nothing would be open, and nothing filled."""
    venue = opened(member)
    for answer in ({}, None, "ok", {"code": 0, "msg": "ok"}, {"success": True}, {"code": "0", "total": 0}):
        body = json.dumps(answer).encode()
        with pytest.raises(hk.AdapterError):
            run(venue.fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD")), always(200, body))
        with suppress(hk.AdapterError):  # or each letter and word is a row that cannot be read, and told
            page = run(venue.fetch_my_trades(hk.ListTradesRequest(symbol="ETH/USD")), always(200, body))
            assert page.left_out


@pytest.mark.parametrize("member", ["mexc", "binance", "kraken", "bitstamp"])
@pytest.mark.parametrize("body", [b"OK", b"1.5", b"17"])
def test_a_bare_text_is_no_new_order(member, body):
    """What a gateway says beside the venue is not the id of an order: ccxt's mexc would take any text for it."""
    with pytest.raises(hk.AdapterError) as caught:
        run(opened(member).create_order(NEW), always(200, body))
    assert caught.value.request_state is hk.RequestState.UNKNOWN
