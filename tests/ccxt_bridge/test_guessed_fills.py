"""What ccxt reckons of an order's fills, where the exchange says nothing of them, is not told as the exchange's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter.execution.agreement import is_proven_end
from hk_adapter.venues.ccxt_bridge.parse import order
from tests.cases import each
from tests.ccxt_bridge.by_hand import opened

NOTHING = dict.fromkeys(("clientOrderId", "timestamp", "filled", "remaining", "average", "cost", "trades"))
ROW = {"id": "41", "symbol": "ETH/USD", "side": "buy", "type": "limit", "amount": "1", "price": "2000"}


@pytest.fixture(scope="module")
def exchange():
    """One exchange of ccxt's, as the bridge stands before it."""
    return opened("kraken")._exchange


@pytest.fixture
def read(exchange):
    """Read what an exchange's parser would give to ccxt's ``safe_order``."""

    def read_one(**said):
        return order(exchange.safe_order(NOTHING | ROW | {"info": {"orderId": "41"}} | said))

    return read_one


@each("status", ["canceled", "expired", "rejected"])
@each("remaining", ["0", "0.00000000", 0, 0.0])
def test_nothing_remains_of_an_order_that_was_canceled(read, status, remaining):
    """Many venues say so of each such order: ccxt reads from it that all was filled."""
    found = read(status=status, remaining=remaining)
    assert (found.status, found.filled, found.remaining, found.cost) == (status, None, None, None)
    assert not is_proven_end(found)


def test_what_remains_of_a_canceled_order_tells_what_was_filled(read):
    """That is reckoned from two things that were said; so it is of an order that says both."""
    assert read(status="canceled", remaining="0.6").filled == Decimal("0.4")
    assert read(status="canceled", remaining="0", filled="0.4").filled == Decimal("0.4")
    assert read(status="canceled", remaining="0", cost="800").cost == 800


@each("average", [None, "0", 0])
@each("status", ["canceled", "open", "closed"])
def test_fills_cost_nothing_that_was_not_said(read, average, status):
    """Ccxt takes the limit for their price; what was filled may have been cheaper."""
    found = read(status=status, filled="0.4", average=average)
    assert (found.filled, found.cost, found.average) == (Decimal("0.4"), None, None)


def test_a_cost_that_follows_is_told(read):
    """From the average that was said, from the fills, or because there is none."""
    assert read(status="canceled", filled="0.4", average="1990").cost == 796
    assert read(status="canceled", filled="0").cost == 0
    fill = {"id": "7", "info": {}, "amount": "0.4", "price": "1990", "cost": "796", "symbol": "ETH/USD", "side": "buy"}
    found = read(status="canceled", trades=[fill])
    assert (found.filled, found.cost) == (Decimal("0.4"), 796)


def test_fills_that_ccxt_cannot_read_are_not_none():
    """Ccxt takes the sum of bithumb's for 0: an order of which a part was filled was canceled without fills."""
    fill = {"uuid": "7", "market": "USD-ETH", "price": "1990", "volume": "0.4", "funds": "796", "side": "bid"}
    raw = {"uuid": "41", "side": "bid", "ord_type": "limit", "price": "2000", "state": "cancel", "market": "USD-ETH"}
    raw |= {"volume": "1", "remaining_volume": "0.6", "executed_volume": "0.4", "trades": [fill]}
    found = order(opened("bithumb")._exchange.parse_order(raw))
    assert (found.filled, found.remaining, found.cost, found.average) == (Decimal("0.4"), Decimal("0.6"), None, None)


def test_fills_that_ccxt_cannot_read_are_not_known_where_nothing_else_tells(read):
    """Neither an amount that remains nor one that was filled."""
    found = read(status="canceled", trades=[{"volume": "0.4"}], info={"trades": [{"volume": "0.4"}]})
    assert (found.filled, found.cost) == (None, None)


@each("status", ["canceled", "expired", "rejected"])
def test_an_empty_list_of_fills_tells_that_there_are_none(read, status):
    """All that Bitstamp's answer tells of the fills of one order: without it no cancel there came to an end."""
    found = read(status=status, amount=None, price=None, trades=[], info={"status": "Canceled", "transactions": []})
    assert (found.filled, found.cost) == (0, 0)
    assert is_proven_end(found) is (found.filled == 0)


@each(
    "said",
    [
        {"info": {"orderId": "41"}},
        {"info": {"transactions": None}},
        {"info": {"transactions": []}, "status": "closed"},
        {"info": {"transactions": []}, "remaining": "0"},
        {"info": {"transactions": []}, "trades": None},
        {"info": {"tags": []}},
    ],
)
def test_no_other_list_tells_that_nothing_was_filled(read, said):
    """One of ccxt's own making, or of something else, or beside a word that more was done."""
    assert read(**{"status": "canceled", "trades": []} | said).filled is None


def test_the_money_of_a_market_order_is_no_cost_of_its_fills():
    """Upbit's lists tell it as the price; what was not spent was given back."""
    raw = {"uuid": "41", "side": "bid", "ord_type": "price", "price": "100000", "state": "cancel", "market": "USD-ETH"}
    raw |= {"volume": None, "remaining_volume": None, "executed_volume": "0.05"}
    found = order(opened("upbit")._exchange.parse_order(raw))
    assert (found.type, found.filled, found.cost, found.average, found.price) == (
        "market",
        Decimal("0.05"),
        *[None] * 3,
    )


def test_what_remains_is_not_the_amount():
    """Bitstamp's list of open orders tells it as such, beside the amount at which the order was made."""
    raw = {
        "id": "41",
        "type": "0",
        "price": "2000",
        "amount": "1.0",
        "amount_at_create": "1.5",
        "currency_pair": "ETH/USD",
    }
    found = order(opened("bitstamp")._exchange.parse_order(raw))
    assert (found.amount, found.filled, found.remaining) == (Decimal("1.5"), Decimal("0.5"), Decimal("1.0"))
    raw.pop("amount_at_create")
    assert order(opened("bitstamp")._exchange.parse_order(raw)).amount == 1


COINCHECK = {"id": 41, "order_type": "buy", "rate": "2000", "pair": "ethusd", "pending_amount": "0.4"}


def test_one_number_is_not_both_the_amount_and_what_remains():
    """Coincheck tells what remains alone: the order of which a part was filled had nothing filled."""
    exchange = opened("coincheck")._exchange
    found = order(exchange.parse_order(COINCHECK, exchange.markets["ETH/USD"]))
    assert (found.amount, found.filled, found.remaining) == (None, None, Decimal("0.4"))


def test_two_numbers_are(read):
    """Whatever they are called, and whichever of two names is that of the rest."""
    told = {"amount": "1", "remaining": "1"}
    assert read(status="open", **told, info={"size": "1", "open_size": "1"}).filled == 0
    assert read(status="open", **told, info={"size": "1"}).filled == 0


@each(("status", "filled"), [("closed", 1), ("canceled", None), ("open", None)])
def test_nothing_remains_of_an_order_that_was_filled_whole(read, status, filled):
    """Paradex's parser reads a zero as nothing said."""
    assert read(status=status, info={"id": "41", "status": "CLOSED", "remaining_size": "0"}).filled == filled


def test_what_remains_of_a_closed_order_is_no_fill(read):
    """Only a zero tells that all was filled."""
    assert read(status="closed", info={"id": "41", "status": "CLOSED", "remaining_size": "0.4"}).filled is None


@each(("filled", "cost"), [("0", 0), ("0.4", None), ("1", 2000)])
def test_the_worth_of_all_that_was_asked_for_is_no_cost_of_a_part(read, filled, cost):
    """Independent Reserve's ``Value``, which ccxt takes for the cost."""
    assert read(status="open" if filled != "1" else "closed", filled=filled, cost="2000").cost == cost
