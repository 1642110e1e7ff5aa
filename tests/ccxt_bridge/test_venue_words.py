"""An end that the venue's own word denies is none, whatever ccxt's table makes of the word."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.venues.ccxt_bridge.parse import exactly, order, trade
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.exchanges_there import there


def read(status, word, *, filled="0", key="status"):
    """Read an order as ccxt shows it, with the venue's word in its raw form."""
    row = {"id": "41", "status": status, "amount": Decimal(1), "filled": Decimal(filled), "info": {key: word}}
    return order(row).status


@each("word", ["PENDING_CANCEL", "CANCELING", "cancelling", "pendingCancel", "CANCEL_REQUESTED"])
@each("key", ["status", "state", "ordStatus", "orderStatus", "order_state"])
def test_a_cancel_under_way_is_no_cancel(word, key):
    """At five exchanges ccxt calls these canceled; the order may still trade."""
    assert read("canceled", word, key=key) is hk.OrderStatus.PENDING_CANCEL


@each("word", ["CANCEL_SENT", "CANCEL_ALL_SENT", "CANCEL_SUBMITTED", "cancel-queued", "wait_cancel"])
def test_a_cancel_that_was_sent_on_is_no_cancel(word):
    """At woo, woofipro and modetrade ccxt calls the first two canceled."""
    assert read("canceled", word, filled="0.4") is hk.OrderStatus.PENDING_CANCEL


@each("name", ["woo", "woofipro", "modetrade"])
def test_a_cancel_that_woo_has_sent_on_is_read_as_one_under_way(name):
    """The whole way, by ccxt's own parser."""
    raw = {"order_id": 41, "orderId": 41, "status": "CANCEL_SENT", "symbol": "ETHUSD", "side": "BUY", "type": "LIMIT"}
    raw |= {"price": 2000, "quantity": 1, "executed": 0}
    found = opened(name)._exchange.parse_order(raw)
    assert (found["status"], order(found).status) == ("canceled", hk.OrderStatus.PENDING_CANCEL)


@pytest.mark.parametrize("word", ["PARTIALLY_FILLED_CANCELLED", "PartiallyFilledCanceled"])
def test_an_order_canceled_with_fills_is_not_closed(word):
    """At two exchanges ccxt calls these closed."""
    assert read("closed", word, filled="0.4") is hk.OrderStatus.CANCELED


def test_a_word_within_the_orders_state_is_the_venues():
    """At grvt; it denies an end there, too."""
    row = {"id": "41", "status": "canceled", "amount": Decimal(1), "filled": Decimal(0)}
    found = order({**row, "info": {"state": {"status": "PENDING_CANCEL", "reason": "CLIENT_CANCEL"}}})
    assert (found.status, found.venue_status) == (hk.OrderStatus.PENDING_CANCEL, "PENDING_CANCEL")
    assert order({**row, "info": {"state": {"reason": "x"}}}).status is hk.OrderStatus.CANCELED


@each("name", there(["alpaca", "revolutx"]))
def test_an_order_in_whose_place_another_one_rests_is_not_told_as_canceled(name):
    """Nor as open: ccxt calls it the one at Alpaca, the other at Revolut X, by its own parser."""
    exchange = opened(name)._exchange
    raw = {"id": "41", "status": "replaced", "symbol": "ETHUSD", "qty": "1", "filled_qty": "0", "side": "buy"}
    status = exchange.parse_order(raw)["status"] if name == "alpaca" else exchange.parse_order_status("replaced")
    assert status in {"canceled", "open"}
    assert read(status, "replaced") is None


@each("word", ["NEW", "open", "live"])
@each("status", ["canceled", "rejected", "expired"])
def test_a_word_that_it_rests_denies_an_end(status, word):
    """Ccxt calls a live order of okx rejected, where a code beside it is not 0."""
    assert read(status, word) is None


@each("word", ["canceled", "CANCELLED", "partially_canceled", "PARTIALLY_CANCELED", "FILLED", "expired", "Rejected"])
def test_an_end_that_a_list_writes_open_over_is_not_on_the_book(word):
    """Ccxt calls every row of some lists open, and at two exchanges an order that was canceled with fills."""
    assert read("open", word) is None
    assert read("open", "CANCEL_REJECTED") is hk.OrderStatus.OPEN


@each("key", ["active", "isActive", "is_live", "inOrderBook"])
@each("status", ["canceled", "closed", "expired", "rejected"])
def test_a_row_that_says_it_lives_has_not_ended(key, status):
    """A flag of its own denies an end, as a word does; a flag that is false says nothing."""
    row = {"id": "41", "status": status, "amount": Decimal(1), "filled": Decimal(0 if status != "closed" else 1)}
    assert order({**row, "info": {key: True}}).status is None
    assert order({**row, "info": {key: False, "isWorking": True}}).status is hk.OrderStatus(status)


def test_a_part_that_was_canceled_at_kucoin():
    """The whole way, by ccxt's own parser, which calls the order canceled while the rest of it is on the book."""
    raw = {
        "id": "41",
        "symbol": "ETH-USD",
        "type": "limit",
        "side": "buy",
        "price": "50",
        "size": "0.1",
        "dealSize": "0",
    }
    raw |= {"cancelExist": True, "cancelledSize": "0.05", "remainSize": "0.05", "inOrderBook": True, "active": True}
    found = opened("kucoin")._exchange.parse_order(raw)
    assert (found["status"], order(found).status) == ("canceled", None)


@each(("filled", "canceled", "status"), [("0.4", "0.6", "canceled"), ("0.4", "0", "closed"), ("1", "0.6", "closed")])
def test_the_rest_of_a_closed_order_that_was_canceled(filled, canceled, status):
    """KuCoin's unified account says it by a number, which ccxt calls closed; what was canceled stands beside it."""
    raw = {"orderId": "41", "symbol": "ETH-USD", "orderType": "LIMIT", "side": "BUY", "size": "1", "price": "1000"}
    raw |= {
        "orderTime": 1774455603156417582,
        "filledSize": filled,
        "avgPrice": "1000",
        "fee": "0",
        "sizeUnit": "BASECCY",
    }
    exchange = opened("kucoin")._exchange
    if not hasattr(exchange, "parse_uta_order"):
        pytest.skip("this release of ccxt knows no unified account of KuCoin's")
    found = exchange.parse_uta_order({**raw, "cancelSize": canceled, "status": 6})
    assert (found["status"], order(found).status) == ("closed", hk.OrderStatus(status))


def test_a_partial_fill_is_no_end():
    """At one exchange ccxt calls it closed."""
    assert read("closed", "partial_fill", filled="0.4") is None


def test_a_part_that_is_not_told_yet_is_no_end():
    """Partly canceled with nothing filled is a row half written."""
    assert read("canceled", "PARTIALLY_CANCELED") is None


@each(
    ("status", "word"),
    [
        ("canceled", "CANCELED"),
        ("closed", "FILLED"),
        ("expired", "EXPIRED_IN_MATCH"),
        ("canceled", "5"),
        ("open", "NEW"),
    ],
)
def test_words_that_agree_are_believed(status, word):
    """And so is a number, which says nothing."""
    assert read(status, word) == status


def test_hashkeys_pending_cancel_through_ccxt():
    """The whole way: ccxt's hashkey reads PENDING_CANCEL as canceled, the bridge does not."""
    row = {
        "accountId": "1",
        "symbol": "ETHUSD",
        "clientOrderId": "mine",
        "orderId": "41",
        "price": "1900",
        "origQty": "1",
        "executedQty": "0",
        "status": "PENDING_CANCEL",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "time": "1790000000000",
        "updateTime": "1790000000000",
    }
    flow = opened("hashkey").fetch_order(hk.FetchOrderRequest(order_id="41"))
    found = run(flow, always(200, json.dumps(row).encode()))
    assert (found.status, found.venue_status) == ("pending_cancel", "PENDING_CANCEL")


@each("answer", [b"{}", b"[]", b"", b'"OK"', b'"CANCELED"'])
def test_an_answer_that_says_nothing_acknowledges_nothing(answer):
    """Then the cancel is in doubt, and looked into."""
    flow = opened("kraken").cancel_order(hk.CancelRequest(order_id="O41"))
    with pytest.raises(hk.UnexpectedPayload):
        run(flow, always(200, answer))


def test_an_answer_about_itself_that_cannot_be_acknowledges_nothing():
    """Filled beyond its amount: nobody knows what that is."""
    row = {"orderId": "41", "symbol": "ETHUSD", "origQty": "1", "executedQty": "2", "status": "NEW", "side": "BUY"}
    flow = opened("hashkey").cancel_order(hk.CancelRequest(order_id="41"))
    with pytest.raises(hk.UnexpectedPayload):
        run(flow, always(200, json.dumps(row).encode()))


@each("word", ["pending", "failed", "ok", "invalid", "refunded", "weißnicht", "5"])
def test_a_word_that_ccxt_does_not_define_is_doubt(word):
    """Ccxt passes on what its tables lack: the row is read, its status is not known."""
    assert read(word, word) is None


@each(("word", "status"), [("filled", "closed"), ("cancelled", "canceled"), ("Canceled", "canceled"), ("OPEN", "open")])
def test_a_word_of_one_meaning_is_read(word, status):
    """Whatever its spelling."""
    assert read(word, "") == status


def test_an_average_of_nothing_is_none():
    """Some exchanges show a price as the average of an order that has no fill; it rests all the same."""
    row = {"id": "41", "status": "open", "amount": 1, "filled": 0, "average": 1900, "info": {}}
    found = order(row)
    assert (found.average, found.status) == (None, "open")


def test_a_market_order_has_no_limit():
    """What ccxt calls the price of a market order is an average."""
    row = {"id": "41", "type": "market", "status": "closed", "amount": 1, "filled": 1, "price": 1900, "average": 1901}
    found = order(row)
    assert (found.price, found.average) == (None, Decimal(1901))


@each("kind", ["market", "Market", "stop_market", "STOP_MARKET", "takeProfitMarket", "stop market"])
def test_no_kind_of_market_order_has_a_limit(kind):
    """Nor has one that waits for a price; one that may rest at a price has."""
    row = {"id": "41", "type": kind, "status": "closed", "amount": 1, "filled": 1, "price": 1900}
    assert order(row).price is None
    assert order({**row, "type": "market_limit"}).price == order({**row, "type": "limit"}).price == Decimal(1900)


def test_a_price_of_nothing_is_none():
    """Exchanges write 0 for none: no order has it for its limit."""
    assert order({"id": "41", "status": "open", "price": 0, "amount": 1, "filled": 0}).price is None


def test_ids_that_are_numbers_are_read():
    """Where one of ccxt's parsers leaves them as they came, the order is there all the same."""
    found = order({"id": 41, "clientOrderId": 7, "status": "open", "amount": 1, "filled": 0})
    assert (found.id, found.client_order_id) == ("41", "7")


@each("side", ["SELF_TRADING", "", None, "both"])
def test_a_side_that_is_none_is_not_known(side):
    """It says nothing of the order's state: the row is read."""
    row = {"id": "41", "status": "open", "amount": 1, "filled": 0, "side": side, "info": {}}
    assert order(row).side is None
    assert trade({"id": "7", "side": side, "amount": 1, "price": 2}).side is None


@each("time", ["soon", float("nan"), float("inf"), [], 1.5])
def test_a_time_that_is_none_makes_a_row_unreadable(time):
    """In our own words, whatever Python says to it."""
    with pytest.raises(hk.UnexpectedPayload):
        exactly(trade, {"id": "7", "amount": 1, "price": 2, "timestamp": time}, "fill")


def test_an_orders_id_is_none_of_its_fills():
    """Bitbns writes it for one: two fills of an order would be one."""
    assert trade({"id": "41", "order": "41", "amount": 1, "price": 2}).id is None
    assert trade({"id": "7", "order": "41", "amount": 1, "price": 2}).id == "7"
    assert trade({"id": "7", "amount": 1, "price": 2}).id == "7"


def test_a_market_that_ccxt_does_not_know_is_no_symbol():
    """Ccxt passes its venue's name on: it contradicts nothing, and the order is read."""
    row = {"id": "41", "symbol": "ethusd", "status": "open", "amount": 1, "filled": 0, "info": {}}
    assert order(row).symbol is None
    assert order({**row, "symbol": "ETH/USD:USD"}).symbol == "ETH/USD:USD"


def test_a_fill_for_nothing_has_no_cost():
    """The 0 of an exchange that does not say what the fills cost is no cost."""
    row = {"id": "41", "status": "closed", "amount": Decimal(1), "filled": Decimal(1), "cost": Decimal(0), "info": {}}
    assert (order(row).cost, order({**row, "filled": Decimal(0)}).cost) == (None, 0)


def test_seconds_are_no_milliseconds():
    """A time that no order can have tells nothing of its age."""
    row = {"id": "41", "status": "closed", "timestamp": 1_760_000_000, "lastUpdateTimestamp": 0, "info": {}}
    found = order(row)
    assert (found.timestamp, found.last_update_timestamp) == (None, None)


@each(
    ("told", "filled"),
    [
        ({"isActive": False}, None),
        ({"isActive": False, "status": "done"}, None),
        ({"isActive": False, "status": "filled"}, Decimal(13)),
        ({"isActive": False, "status": 2}, Decimal(13)),
        ({"isActive": False, "filledSize": "5"}, Decimal(5)),
    ],
)
def test_fills_that_the_exchange_does_not_tell_are_not_known(told, filled):
    """Ccxt takes an order that is not active any more for filled whole."""
    exchange = opened("kucoinfutures")._exchange
    market = {**exchange.market("ETH/USD"), "contract": True, "linear": True}
    raw = {"id": "41", "side": "buy", "type": "limit", "price": "2000", "size": "13", **told}
    parse = getattr(exchange, "parse_contract_order", exchange.parse_order)  # as ccxt names it from 4.5.90 on
    found = order(parse(raw, market))
    assert (found.status, found.filled) == (hk.OrderStatus.CLOSED, filled)
    assert filled is not None or (found.remaining, found.cost, found.average) == (None, None, None)


GATE = {"id": "41", "currency_pair": "ETHUSD", "type": "limit", "account": "spot", "side": "buy", "price": "2000"}
GATE |= {"amount": "1", "left": "0.6", "filled_amount": "0.4", "filled_total": "800", "status": "cancelled"}


@each("how", ["stp", "poc", "small", "liquidate_cancelled"])
def test_how_an_order_was_canceled_is_no_other_state(how):
    """Gate says so beside that it was, and ccxt passes that on as the status."""
    exchange = opened("gate")._exchange
    found = order(exchange.parse_order(GATE | {"finish_as": how}, exchange.markets["ETH/USD"]))
    assert (found.status, found.filled) == ("canceled", Decimal("0.4"))


GATES_SWAP = {"id": 41, "contract": "ETHUSD", "size": 13, "left": 9, "price": "2000", "tif": "gtc", "text": "t-own1"}


@each("how", ["cancelled", "ioc", "stp", "reduce_only", "auto_deleveraged", "position_closed", "liquidated"])
@each(("left", "filled"), [(9, 4), (13, 0)])
def test_a_contracts_order_that_finished_otherwise_than_filled(how, left, filled):
    """Of some words ccxt knows nothing, and calls a liquidated one closed."""
    market = opened("gate")._exchange.markets["ETH/USD"] | {"contract": True, "swap": True, "contractSize": Decimal(1)}
    raw = GATES_SWAP | {"status": "finished", "finish_as": how, "left": left}
    found = order(opened("gate")._exchange.parse_order(raw, market))
    assert (found.status, found.filled) == ("canceled", Decimal(filled))


@each(
    ("how", "left", "status"), [("filled", 0, "closed"), ("filled", 9, "closed"), ("_new", 9, "open"), ("", 9, "open")]
)
def test_a_contracts_order_that_is_filled_or_lives(how, left, status):
    """One that is filled but for a rest contradicts itself, and is told as it stands there."""
    market = opened("gate")._exchange.markets["ETH/USD"] | {"contract": True, "swap": True, "contractSize": Decimal(1)}
    raw = GATES_SWAP | {"status": "finished" if how == "filled" else "open", "finish_as": how, "left": left}
    found = order(opened("gate")._exchange.parse_order(raw, market))
    assert found.status == status


@each(
    "info",
    [
        {"status": "open", "finish_as": "stp"},
        {"status": "cancelled", "order_state": "stp"},
        {"status": "pending_cancel", "finish_as": "stp"},
        {"finish_as": "stp"},
    ],
)
def test_a_word_that_nobody_defines_is_no_end(info):
    """Unless every status of the row says that it was canceled."""
    assert order({"id": "41", "status": "stp", "amount": Decimal(1), "info": info}).status is None


@each(
    ("words", "status"),
    [
        ("POSTONLY CANCELED", "canceled"),
        ("IOC CANCELED was: PARTIALLY FILLED @ 2000.0(0.5)", "canceled"),
        ("FILLORKILL CANCELED", "canceled"),
        ("CANCELED was: PARTIALLY FILLED @ 2000.0(0.5)", "canceled"),
        ("POSTONLY was: ACTIVE", None),
    ],
)
def test_bitfinexs_words_for_an_end(words, status):
    """Of an order that would not have rested, ccxt looks up the first word alone, which is none of its table."""
    raw = [41, None, 7, "ETHUSD", 1_700_000_000_000, 1_700_000_060_000, 1, 1, "EXCHANGE LIMIT", *[None] * 4, words]
    found = order(opened("bitfinex")._exchange.parse_order({"result": [*raw, None, None, 2000]}))
    assert found.status == status


def test_what_hyperliquids_countdown_canceled():
    """Its word does not end like its others for a canceled order."""
    raw = {"order": {"coin": "ETH", "side": "B", "limitPx": "2000", "sz": "1", "origSz": "1", "oid": 41}}
    made = opened("hyperliquid")._exchange.parse_order(raw | {"status": "scheduledCancel"})
    assert order(made).status is hk.OrderStatus.CANCELED


@each("filled", ["0", "0.5"])
def test_lbanks_number_for_a_cancel_under_way(filled):
    """Ccxt calls it closed: the order may still trade."""
    raw = {"orderId": "41", "symbol": "ETHUSD", "type": "buy", "origQty": "1", "executedQty": filled, "price": "2000"}
    parse = opened("lbank")._exchange.parse_order
    assert order(parse(raw | {"status": 4})).status is hk.OrderStatus.PENDING_CANCEL
    assert order(parse(raw | {"status": -1})).status is hk.OrderStatus.CANCELED


def test_what_no_word_says_has_ended_unfilled_is_not_known():
    """Gemini has two flags; ccxt takes an order with neither for closed."""
    raw = {"order_id": "41", "symbol": "ethusd", "side": "buy", "is_live": False, "is_cancelled": False}
    raw |= {"original_amount": "1", "price": "2000", "type": "exchange limit"}
    parse = opened("gemini")._exchange.parse_order
    assert order(parse(raw | {"executed_amount": "0", "remaining_amount": "1"})).status is None
    assert order(parse(raw | {"executed_amount": "1", "remaining_amount": "0"})).status is hk.OrderStatus.CLOSED


def test_a_client_order_id_that_ccxt_does_not_read():
    """Bitvavo's: a cancel by one was answered by looks that seemed to be about another order."""
    raw = {"orderId": "41", "market": "ETH-USD", "clientOrderId": "own", "status": "new", "amount": "1"}
    assert order(opened("bitvavo")._exchange.parse_order(raw)).client_order_id == "own"
    assert order({"id": "41", "info": {"clientOrderId": "0"}}).client_order_id is None
    assert order({"id": "41", "clientOrderId": "own", "info": {"clientOrderId": "x"}}).client_order_id == "own"


MORE = {"id": "41", "amount": Decimal(1), "filled": Decimal("0.4")}


@each("word", ["partially_canceled", "PARTIALLY_CANCELED", "PartialCancelled"])
def test_a_canceled_part_that_ccxt_has_no_word_for(word):
    """Ccxt passes on blofin's and coinone's; without fills they are half written."""
    assert order(MORE | {"status": word, "info": {"state": word}}).status is hk.OrderStatus.CANCELED
    assert order(MORE | {"filled": Decimal(0), "status": word, "info": {"state": word}}).status is None


def test_an_expired_order_that_ccxt_calls_failed():
    """At HitBTC, Bequant and FMFW.io; an order that failed otherwise may be one that never was."""
    assert order(MORE | {"status": "failed", "info": {"status": "expired"}}).status is hk.OrderStatus.EXPIRED
    assert order(MORE | {"status": "failed", "info": {"status": "failed"}}).status is None


@each(
    ("filled", "status"),
    [("0", "canceled"), ("0.4", "canceled"), ("1", "closed"), (None, None)],
)
def test_an_order_that_is_complete_ended_as_its_fills_tell(filled, status):
    """Luno's word for any end, which ccxt passes on."""
    row = MORE | {"status": "COMPLETE", "filled": None if filled is None else Decimal(filled)}
    assert order(row | {"info": {"state": "COMPLETE"}}).status == status
    assert order(row | {"info": {"state": "COMPLETE", "status": "PENDING"}}).status is None


def test_a_plain_word_that_is_in_no_table_of_ccxts():
    """Coinone's words are in capitals, and its table in ccxt has small ones."""
    assert order(MORE | {"status": "LIVE", "info": {"status": "LIVE"}}).status is hk.OrderStatus.OPEN
    assert order(MORE | {"status": "TRIGGERED", "info": {"status": "TRIGGERED"}}).status is None
