"""What only looks: ccxt's answers in our models, side by side with those of our own HashKey plugin."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import Response
from tests.cases import each
from tests.ccxt_bridge.by_hand import NOW, always, opened, run

SAME = {
    "fetch_balance": ((), ()),
    "fetch_my_trades": (("ETH/USD",), ("id", "order_id", "timestamp")),
    "fetch_trading_fees": ((), ("venue_symbol",)),
    "fetch_ticker": (("ETH/USD",), ("venue_symbol", "timestamp")),
    "fetch_order_book": (("ETH/USD",), ("timestamp",)),
    "fetch_trades": (("ETH/USD",), ("timestamp",)),
    "fetch_ohlcv": (("ETH/USD", "1h"), ()),
    "fetch_status": ((), ()),
    "fetch_open_orders": (("ETH/USD",), ("id", "client_order_id", "timestamp", "last_update_timestamp")),
}
"""Calls whose results are the same through both plugins, but for the fields that differ by the way or the moment."""
VENUE_WORDS = {"account_id", "venue_status", "venue_symbol", "info", "last_trade_timestamp"}
"""What ccxt does not tell."""


@pytest.fixture
async def desks(facade, skipped_time, open_desk):
    """Two venues with the same past, each through its own plugin."""
    opened = []
    for venue_id in ("hashkey", "ccxt:hashkey"):
        desk = await open_desk(venue_id, budget="unlimited")
        if facade == "asyncio":
            await desk.venue
        order = await desk.place("1", "1900", client_order_id="mine")
        desk.simulator.fill(order.id, "0.4")
        opened.append(desk)
    return opened


def comparable(value, without):
    """A result as plain values, without what may differ."""
    if isinstance(value, list | tuple):
        return [comparable(one, without) for one in value]
    if isinstance(value, hk.Balances):
        return dict(value.by_currency)
    if isinstance(value, dict):
        return {key: comparable(one, without) for key, one in value.items()}
    if not is_dataclass(value):
        return value
    names = {one.name for one in fields(value)} - VENUE_WORDS - set(without)
    return {name: comparable(getattr(value, name), without) for name in names}


@pytest.mark.parametrize("name", SAME)
async def test_both_plugins_see_the_same(desks, name):
    """The swap holds for what is read, too, number by number."""
    arguments, without = SAME[name]
    ours, theirs = [comparable(await desk.call(name, *arguments), without) for desk in desks]
    if name == "fetch_ohlcv":  # the machine's time may have moved on into another candle
        ours, theirs = [[candle[1:] for candle in candles] for candles in (ours, theirs)]
    assert ours
    assert theirs == ours


async def test_markets_have_the_same_names_and_steps(desks):
    """What an order is checked against is the same; what ccxt does not read is None."""
    ours, theirs = [{market.symbol: market for market in await desk.call("fetch_markets")} for desk in desks]
    assert set(theirs) == set(ours)
    for symbol, market in theirs.items():
        same = ours[symbol]
        assert (market.id, market.base, market.quote, market.active) == (same.id, same.base, same.quote, same.active)
        assert (market.amount_step, market.price_step) == (same.amount_step, same.price_step)
        assert market.amount == same.amount


async def test_clocks_accounts_and_currencies_are_read(desks):
    """Each is there, in our models."""
    _, bridge = desks
    assert isinstance(await bridge.call("fetch_time"), int)
    assert [account.id for account in await bridge.call("fetch_accounts")]
    assert "ETH" in await bridge.call("fetch_currencies")


@pytest.mark.parametrize("member", ["ETH/USD", "BTC/USD"])
async def test_a_symbol_that_is_asked_for_is_the_one_that_is_told(desks, member):
    """One ticker or several: those, and no others."""
    _, bridge = desks
    assert set(await bridge.call("fetch_tickers", [member])) == {member}
    assert set(await bridge.call("fetch_tickers", [member, "ETH/USDT"])) == {member, "ETH/USDT"}


async def test_what_an_exchange_has_is_told_by_ccxts_keys(desks):
    """A bot can ask before it calls."""
    _, bridge = desks
    has = bridge.venue.has
    assert (has["cancelOrder"], has["fetchOrder"], has["fetchMyTrades"]) == (True, True, True)
    assert has["watchOrders"] == "emulated"


def test_the_fills_of_one_order_are_asked_for_by_its_id():
    """Newest first, at once; ccxt has no further page, and no other account."""
    venue, asked = opened("mexc"), []

    def answer(request):
        asked.append(request)
        row = {"symbol": "ETHUSD", "orderId": 7, "price": "1900", "qty": "0.4", "isBuyer": True, "isMaker": True}
        return Response(200, {}, json.dumps([row | {"id": one, "time": NOW + one} for one in (1, 2)]).encode())

    page = run(venue.fetch_order_trades(hk.ListTradesRequest(order_id="7", symbol="ETH/USD")), answer)
    assert [(one.id, one.order_id, one.amount) for one in page.trades] == [
        ("2", "7", Decimal("0.4")), ("1", "7", Decimal("0.4"))
    ]  # fmt: skip
    assert (page.complete, page.next_before_id) == (True, None)
    assert ["orderId=7" in request.url for request in asked] == [True]
    for more in ({"before_id": "1"}, {"account_id": "1"}):
        with pytest.raises(hk.NotSupported):
            run(venue.fetch_order_trades(hk.ListTradesRequest(order_id="7", symbol="ETH/USD", **more)), answer)


@each("until", [1_600_000_000_000, None])
def test_a_bound_that_an_exchange_does_not_heed(until):
    """Of fills and ended orders that are newer alone nobody knows what is older: that is none of an empty list."""
    fill = {
        "id": 7,
        "type": "2",
        "fee": "0",
        "order_id": "41",
        "datetime": "2024-01-01 00:00:00",
        "usd": "-10",
        "eth": "1",
        "eth_usd": "10",
    }
    order = {"symbol": "ETHUSD", "orderId": "41", "side": "BUY", "type": "LIMIT", "time": 1_704_067_200_000}
    order |= {"status": "FILLED", "price": "10", "origQty": "1", "executedQty": "1", "cummulativeQuoteQty": "10"}
    reads = [
        ("bitstamp", lambda venue: venue.fetch_my_trades(hk.ListTradesRequest(symbol="ETH/USD", until=until)), fill),
        ("mexc", lambda venue: venue.fetch_orders(hk.ListOrdersRequest(symbol="ETH/USD", until=until)), order),
    ]
    for member, read, row in reads:
        flow, answer = read(opened(member)), always(200, json.dumps([row]).encode())
        if until is not None:
            with pytest.raises(hk.NotSupported, match="showed newer rows only"):
                run(flow, answer)
        else:
            page = run(flow, answer)
            assert len(page.trades if member == "bitstamp" else page.orders) == 1
