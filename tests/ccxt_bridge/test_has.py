"""``has`` through the bridge is true only for what works, at every exchange of ccxt's."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge import table_page
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.has_table import MARK, PAGE, both, rows
from tests.ccxt_bridge.market_order_table import ready

OF_OTHERS = {
    "cancelOrders": {"cancelOrder"},
    "cancelAllOrders": {"cancelOrder", "fetchOpenOrders"},
    "createOrders": {"createOrder"},
    "fetchOrder": {"fetchOpenOrders"},
    "fetchOrders": set(),
    "fetchClosedOrders": set(),
    "fetchCanceledOrders": set(),
    "fetchTicker": {"fetchTickers"},
    "fetchTickers": {"fetchTicker"},
    "fetchTradingFees": {"fetchTradingFee"},
    "watchOrders": {"fetchOpenOrders"},
    "watchMyTrades": {"fetchMyTrades"},
    "watchBalance": {"fetchBalance"},
}
"""What the core makes out of other calls of ccxt's; of ended orders, out of any list of them."""
HISTORIES = ("fetchOrders", "fetchClosedOrders", "fetchCanceledOrders", "fetchCanceledAndClosedOrders")
ANSWER = always(200, b'{"id":"1","retCode":0,"code":"0","result":{"orderId":"1"},"data":{"id":"1"}}')


def refusal(call, *arguments):
    """The words of the error that a call raises; empty where it raises none."""
    try:
        call(*arguments)
    except hk.AdapterError as error:
        return str(error)
    return ""


def market_order(side, **params):
    """A market order by amount."""
    return hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.MARKET,
        side=side,
        amount=Decimal("13.57"),
        client_order_id="own1234567",
        params=params,
    )


def test_the_page_has_the_table():
    """For the ccxt that it was made with."""
    assert table_page.lines(PAGE, MARK) == list(rows())


def test_nothing_works_that_ccxt_has_not():
    """Unless the core makes it out of what ccxt has."""
    claimed = [
        (member, key)
        for member, (theirs, ours) in both().items()
        for key, works in ours.items()
        if works and not theirs.get(key)
        if not (
            any(theirs.get(way) for way in HISTORIES)
            if key in HISTORIES
            else key in OF_OTHERS and all(theirs.get(other) for other in OF_OTHERS[key])
        )
    ]
    assert claimed == []


@pytest.mark.parametrize("key", ["createMarketOrder", "createLimitOrder", "fetchTicker"])
def test_what_ccxt_has_in_full_is_no_less_here(key):
    """A ticker is one of its own, whether there is a list of all or not; what ccxt says no to is a no."""
    for member, (theirs, ours) in both().items():
        if not theirs.get(key) and not (key == "fetchTicker" and theirs.get("fetchTickers")):
            assert ours[key] is False, member
        elif key != "createMarketOrder":
            assert ours[key] == ("partial" if theirs.get(key) == "emulated" else True), member


def test_market_orders_by_amount_are_not_refused_where_they_are_said_to_work():
    """No price and no cost is asked for, to buy or to sell."""
    said = [name for name, (_, ours) in both().items() if ours["createMarketOrder"] is True]
    assert len(said) > 50
    for member in said:
        params = {"operatorId": 7} if member == "bitvavo" else {}
        for side in hk.OrderSide:
            told = refusal(run, ready(member).create_order(market_order(side, **params)), ANSWER)
            assert not re.search(r"requires? .*price|cost", told), (member, told)


def test_a_price_for_slippage_goes_through_params():
    """Hyperliquid's market orders are limit orders at that price and what it may slip; without it nothing is sent."""
    venue, sent = ready("hyperliquid"), []
    venue._exchange.options.update(builderFee=False, refSet=True)
    venue._exchange.markets["ETH/USD"].update(baseId="7", swap=False)
    with pytest.raises(hk.InvalidArgument, match="price"):
        run(venue.create_order(market_order(hk.OrderSide.BUY)), ANSWER, sent)
    assert sent == []
    with pytest.raises(hk.AdapterError):
        run(venue.create_order(market_order(hk.OrderSide.BUY, price="2000")), always(502, b""), sent)
    [order] = json.loads(sent[-1].body)["action"]["orders"]
    assert (Decimal(order["p"]), Decimal(order["s"])) == (2100, Decimal("13.57"))


@each("price", ["0", "-1", "soon", 2000.5])
def test_a_price_that_is_none_is_refused(price):
    """Before anything is sent; a float too."""
    with pytest.raises(hk.InvalidArgument):
        run(ready("hyperliquid").create_order(market_order(hk.OrderSide.SELL, price=price)), ANSWER)


@pytest.mark.parametrize("member", ["gate", "htx", "kraken"])
def test_elsewhere_a_price_in_params_is_refused(member):
    """Ccxt would multiply it into a cost, or put it in place of the one that was asked for."""
    sent = []
    with pytest.raises(hk.InvalidArgument, match="price"):
        run(opened(member).create_order(market_order(hk.OrderSide.BUY, price="2000")), ANSWER, sent)
    assert sent == []
