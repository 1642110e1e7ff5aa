"""Answers that ccxt takes for good ones and that say otherwise: no acknowledgement, no order, no row of a list."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.model import ListOrdersRequest, ListTradesRequest
from hk_adapter.venues.ccxt_bridge.denials import denies
from hk_adapter.venues.ccxt_bridge.parse import listed_order, order, readable, unread_orders
from tests.cases import each
from tests.ccxt_bridge.by_hand import NEW, always, opened, run
from tests.ccxt_bridge.driven.situations import Situations


@each(
    "answer",
    [
        {"data": {"error": "no such order", "orderId": "41"}},
        {"data": [{"orderId": "41", "success": False}]},
        {"result": {"orders": [{"id": "41", "err": {"code": 5}}]}},
        {"result": False},
        {"canceled": "false", "orderId": "41"},
        {"status": "error", "code": 7},
        {"status": "Fail"},
        {"message": "Order not found"},
        {"msg": "rate limit exceeded", "data": None},
        {"code": 1, "retMsg": "order not exists or too late to cancel"},
        {"error_code": "1", "err_msg": "bad"},
        {"orderId": "41", "rejectReason": "TOO_LATE"},
        {"success": [], "failed": ["41"]},
        {"success_ids": [], "failedOrders": [{"id": "41"}]},
        {"data": {"failReason": "already filled"}},
    ],
    ids=str,
)
def test_an_answer_that_denies_is_no_acknowledgement(answer):
    """Wherever in it a word stands that means nothing else."""
    assert denies(answer)
    venue, raw = opened("bitopro"), json.dumps(answer).encode()
    with pytest.raises(hk.UnexpectedPayload):
        run(venue.cancel_order(hk.CancelRequest(order_id="41", symbol="ETH/USD")), always(200, raw))


@each(
    "answer",
    [
        {"orderId": "41", "status": "canceled", "error": None, "errorCode": "0", "rejectReason": ""},
        {"code": 0, "msg": "", "data": {"orderId": "41", "failed": [], "err": None}},
        {"code": "0", "message": "success", "data": [{"orderId": "41", "sCode": "0", "sMsg": ""}]},
        {"result": True, "status": "ok", "message": "Order cancel request accepted"},
        {"result": 0, "data": {"rejectReason": "NONE", "failReason": 0}},
        {"success": ["41"], "failed": [], "status": "rejected"},
        {"success": {"41": True}, "failure": {}},
        {"orderId": "41", "type": "LIMIT", "rejectReason": "NO_ERROR", "status": "failed_over"},
        {"results": [{"success": True, "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON", "order_id": "41"}]},
        ["41"],
    ],
    ids=str,
)
def test_an_answer_that_denies_nothing_is_taken(answer):
    """The same words, empty or saying that there was no error; how an order stands is no word of the answer's own."""
    assert not denies(answer)


@each("named", ["0", 0, "-1", -1, "null", "none", "00000000-0000-0000-0000-000000000000"])
def test_no_order_has_the_id_of_none(named):
    """Some exchanges write one where there is no order: a create is in doubt, and no list has such a row."""
    answer = json.dumps({"orderId": named, "symbol": "ETHUSD"}).encode()
    with pytest.raises(hk.UnexpectedPayload):
        run(opened("mexc").create_order(NEW), always(200, answer))
    assert isinstance(listed("mexc", {"orderId": named, "symbol": "ETHUSD", "status": "NEW"}), hk.UnexpectedPayload)


def listed(member, *rows):
    """List open orders of which one is order 41, and further rows as they come."""
    stage = Situations(member)
    stage.learn()
    given = [stage.order_row("open"), *rows]
    found, _ = stage.call("fetch_open_orders", ListOrdersRequest(symbol=stage.symbol), {}, rest=given)
    return found


@pytest.mark.parametrize("member", ["mexc", "bitso"])
def test_a_bare_text_is_no_row_of_a_list(member):
    """Ccxt takes it for the id of a new order, as the answer to a create may be."""
    assert [order.id for order in listed(member)] == ["41"]
    assert isinstance(listed(member, "x"), hk.UnexpectedPayload)


def test_a_time_that_cannot_be_is_none():
    """Of another unit than ccxt thinks, either way: it is not known, and the order is."""
    stage = Situations("mexc")
    stage.learn()
    moment = stage.answers.words["timestamp"]
    for told in (moment // 1000, moment * 1000, moment * 1_000_000):
        found, _ = stage.call("fetch_order", stage.looked_up(), {}, rest=[stage.order_row("open", timestamp=told)])
        assert isinstance(found, hk.Order), found
        assert (found.id, found.timestamp) == ("41", None)


@pytest.mark.parametrize("told", [1_790_000_000.0, 1_790_000_000.5, 1.79e15, float("nan"), -1.0])
def test_a_time_of_another_unit_is_none_as_a_float_too(told):
    """An end of 1970 would be older than any cancel of it."""
    found = order({"id": "41", "status": "canceled", "lastUpdateTimestamp": told, "timestamp": 1_790_000_000_000.0})
    assert (found.last_update_timestamp, found.timestamp) == (None, 1_790_000_000_000)


@pytest.mark.parametrize("told", ["41.0", "41.", 41.0])
def test_an_id_that_became_a_float_is_a_row_that_cannot_be_read(told):
    """By it the list would not have order 41, which is proof that it is off the book."""
    rows = [{"id": told, "status": "open", "info": {"id": told}}]
    assert readable(listed_order, rows, "order", "id") == ()
    assert [row.order.id for row in unread_orders(rows)] == [str(told)]


@each(("flags", "amount", "filled"), [("fciq,viqc", None, None), ("fciq", 100, 100)])
def test_what_kraken_counts_in_money_is_no_amount(flags, amount, filled):
    """A volume in quote currency was told as base currency, and its cost as that times the price."""
    raw = {"id": "OABC", "status": "closed", "vol": "100", "vol_exec": "100", "price": "2000", "oflags": flags}
    raw["descr"] = {"pair": "ETHUSD", "type": "buy", "ordertype": "market"}
    exchange = opened("kraken")._exchange
    found = order(exchange.parse_order(raw))
    assert (found.status, found.amount, found.filled, found.average) == ("closed", amount, filled, 2000)
    assert found.cost == (None if filled is None else 200_000)
    unfilled = order(exchange.parse_order({**raw, "status": "canceled", "vol_exec": "0", "price": "0"}))
    assert (unfilled.status, unfilled.amount, unfilled.filled) == ("canceled", amount, 0)


def fills(member, *rows):
    """List fills: of each, how it differs from a plain one, or the row as it comes."""
    stage = Situations(member)
    stage.learn()
    plain = {"id": "7", "order": "41"}
    given = [row if row is None or "raw" in row else stage.answers.fill_row(**{**plain, **row}) for row in rows]
    request = ListTradesRequest(symbol=stage.symbol)
    found, _ = stage.call("fetch_my_trades", request, {"fetch_my_trades": given})
    return found


@each("member", ["gate", "bingx", "woo", "bitso"])
def test_a_row_that_says_nothing_is_no_fill(member):
    """Ccxt makes a fill of it, with nothing in it."""
    assert isinstance(fills(member, {"raw": {"trade": {"id": "8"}}}), hk.UnexpectedPayload)


@each("member", ["gate", "bingx", "woo", "bitso"])
def test_fills_with_an_id_of_none_are_all_told(member):
    """Two that are alike are two: only a real id makes one of them."""
    for none in (0, "0", "-1"):
        found = fills(member, {"id": none}, {"id": none})
        assert [fill.id for fill in found] == [None, None]


@each("member", ["bingx", "htx", "woo", "xt"])
def test_a_fills_time_that_cannot_be_is_none(member):
    """As an order's."""
    for moment in (1_790_000_000, 1_790_000_000_000_000):
        (fill,) = fills(member, {"timestamp": moment})
        assert (fill.id, fill.timestamp) == ("7", None)


def test_rate_limits_in_words_are_no_acknowledgement():
    """With HTTP status 200, and nothing beside the words."""
    report, _ = (stage := Situations("bingx")).learn() or stage.call(
        "cancel_order",
        hk.CancelRequest(order_id="41", symbol=stage.symbol),
        {"cancel_order": Response(200, {}, b'{"message": "Too many requests"}')},
        rest=[stage.order_row("open")],
    )
    assert report.outcome is hk.CancelOutcome.UNKNOWN
