"""Amount is base currency and cost is quote currency at every exchange, or nothing goes out."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.venues.ccxt_bridge import orders
from hk_adapter.venues.ccxt_bridge.market_orders import check_money
from tests.cases import each
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.market_order_table import MARK, NUMBER, PAGE, REFUSED, bought, cell, rows

MONEY_WORDS = ("quote", "cost", "notional", "funds", "counter", "total", "`usd`", "value", "quote_ccy", "viqc")
MONEY_BY_ITS_PLACE = {
    "bigone": "amount",
    "bitget": "size",
    "bithumb": "price",
    "bittrade": "amount",
    "digifinex": "amount",
    "gate": "amount",
    "gateeu": "amount",
    "hashkey": "quantity",
    "htx": "amount",
    "lbank": "price",
    "poloniex": "amount",
    "toobit": "quantity",
    "upbit": "price",
    "whitebit": "amount",
    "woo": "amount",
    "bybit": "qty",
    "bybiteu": "qty",
    "bybitid": "qty",
    "coinmetro": "sellingqty",
    "gateio": "amount",
    "huobi": "amount",
}
"""By the exchanges' own documents a market buy's only number there is money, or its path or a missing unit says so."""


@cache
def table():
    """The lines of the table, by the installed ccxt."""
    return list(rows())


def request(**terms):
    """A market buy."""
    asked = {"symbol": "ETH/USD", "type": hk.OrderType.MARKET, "side": hk.OrderSide.BUY, "client_order_id": "own"}
    return hk.CreateOrderRequest(**{**asked, **terms})


def test_the_page_has_the_table():
    """What each exchange sends stands in the docs, for the ccxt it was made with."""
    assert table_page.lines(PAGE, MARK) == table()


def test_an_amount_never_goes_out_as_money():
    """Nor a cost as an amount: the name of the field says so, or the exchange's own documents."""
    assert len(table()) > 100
    for line in table()[2:]:
        row = line.split(" | ")
        member, by_amount, by_cost = row[0].strip("| `"), row[1].lower(), row[2].strip(" |").lower()
        assert not any(word in by_amount for word in MONEY_WORDS), line
        if by_cost.startswith("`"):
            named = any(word in by_cost for word in MONEY_WORDS)
            assert named or MONEY_BY_ITS_PLACE.get(member) == by_cost.rpartition(".")[2].strip("`"), line
            assert by_cost != by_amount.strip(" |") or member in MONEY_BY_ITS_PLACE, line


@pytest.mark.parametrize("member", ["luno", "coinmate", "coincheck"])
def test_an_amount_that_ccxt_would_send_as_money_is_refused(member):
    """Before anything is sent."""
    sent, error = bought(member, NUMBER, None)
    assert sent == []
    assert isinstance(error, hk.NotSupported)


def test_a_cost_does_not_fall_back_to_ccxts_base_class():
    """Which sends it as a quantity at a price of one."""
    assert cell("backpack", None, NUMBER) == "`quoteQuantity`"
    assert cell("mexc", None, NUMBER) == "`quoteOrderQty`"


@pytest.mark.parametrize("name", ["cost", "quoteOrderQty", "createMarketBuyOrderRequiresPrice"])
def test_money_has_its_keyword(name):
    """Among the params it would pass by the check, and come back as the amount."""
    sent = []
    with pytest.raises(hk.InvalidArgument, match="give cost="):
        run(opened("gate").create_order(request(amount=NUMBER, params={name: 50})), always(200, b"{}"), sent)
    assert sent == []


def test_no_option_makes_amounts_money():
    """Ccxt's own switch for it is refused when the venue is opened."""
    with pytest.raises(hk.ConfigurationError, match="give cost="):
        hk.connect("ccxt:gate", options={"createMarketBuyOrderRequiresPrice": False})


def test_the_money_is_not_told_as_the_amount():
    """What an order by cost holds in base currency is not known from its acknowledgement."""
    answer = {"orderId": "41", "symbol": "ETHUSD", "price": "1", "origQty": "8", "type": "MARKET", "side": "BUY"}
    flow = opened("mexc").create_order(request(amount=None, cost=Decimal(8)))
    found = run(flow, always(200, json.dumps(answer).encode()))
    assert (found.id, found.amount, found.remaining, found.price) == ("41", None, None, None)


@each(
    ("terms", "body"),
    [
        ({"amount": NUMBER}, {"total": "13.57"}),
        ({"amount": NUMBER}, {"order": [{"quote_size": 13.57}]}),
        ({"amount": NUMBER}, {"quantity": None}),
        ({"cost": NUMBER}, {"sz": "13.57", "cost": 13.57}),
        ({"cost": NUMBER}, {"quantity": "None", "quoteQty": "13.57"}),
        ({"cost": NUMBER}, {"quantity": "13.57"}),
        ({"cost": NUMBER}, {"orders": [{"qty": 13.5, "quoteCurrency": "USD"}]}),
        ({"cost": NUMBER}, {"sz": "13.57", "tgtCcy": "base_ccy"}),
        ({"cost": NUMBER, "side": hk.OrderSide.SELL}, {"amount": "13.57"}),
        ({"amount": NUMBER}, {"amount": "13.57"}),
    ],
)
def test_what_tells_the_wrong_currency_does_not_leave(terms, body):
    """Whichever exchange it is, and whatever a release of ccxt makes of it."""
    with pytest.raises(hk.NotSupported):
        checked("gate", body, terms)


@each(
    ("exchange_id", "terms", "body"),
    [
        ("gate", {"cost": NUMBER}, {"amount": "13.57"}),
        ("binanceus", {"cost": NUMBER}, {"quoteOrderQty": "13.57"}),
        ("okx", {"cost": NUMBER}, [{"sz": "13.57", "tgtCcy": "quote_ccy"}]),
        ("kraken", {"cost": NUMBER}, {"volume": "13.57", "oflags": "fciq,viqc"}),
        ("bybit", {"amount": NUMBER}, {"qty": "13.57", "marketUnit": "baseCoin"}),
        ("binanceus", {"amount": NUMBER}, {"quantity": "13.57"}),
    ],
)
def test_what_tells_the_right_currency_leaves(exchange_id, terms, body):
    """By its name, by a unit beside it, or by the exchange's own documents."""
    checked(exchange_id, body, terms)


def checked(exchange_id, body, terms):
    """Have the bridge look at what an exchange's class would send."""
    sent = HttpRequest("POST", "https://x/", {}, json.dumps(body).encode())
    check_money(request(**{"amount": None, **terms}), exchange_id, sent)


def test_refused_is_a_word_of_the_table():
    """So that the table can say it."""
    assert REFUSED in {line.split(" | ")[1] for line in table()[2:]}


def test_an_order_that_is_placed_by_a_get_is_looked_at_too(monkeypatch):
    """As Deribit's are."""
    sent, error = bought("deribit", NUMBER, None)
    assert ([one.method for one in sent], isinstance(error, hk.NotSupported)) == (["GET"], False)
    monkeypatch.setattr(orders, "check_money", refuse)
    sent, error = bought("deribit", NUMBER, None)
    assert (sent, isinstance(error, hk.NotSupported)) == ([], True)


def refuse(request, exchange_id, sent):
    """Let nothing leave."""
    raise hk.NotSupported("no")
