"""What everyone sees of a market: exact numbers, unified symbols, the newest or from a time on."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import hk_adapter as hk

HOUR = 3_600_000


async def test_markets_are_loaded_once(desk):
    """The catalogue is asked for once and kept; ``reload`` asks again. Steps and limits are exact."""
    markets = await desk.call("load_markets")
    assert desk.venue.markets == markets
    assert await desk.call("load_markets") is markets
    assert len(desk.simulator.requests) == 1
    await desk.call("load_markets", reload=True)
    assert len(desk.simulator.requests) == 2
    market = desk.venue.market("ETH/USD")
    assert (market.id, market.base, market.quote, market.active) == ("ETHUSD", "ETH", "USD", True)
    assert (market.amount_step, market.price_step) == (Decimal("0.0001"), Decimal("0.01"))
    assert {type(one.amount.min) for one in markets.values()} == {Decimal}


async def test_fetching_markets_keeps_nothing(desk):
    """Who only looks gets the list, and orders are not checked against it."""
    markets = await desk.call("fetch_markets")
    assert {one.symbol for one in markets} >= {"ETH/USD", "BTC/HKD"}
    assert desk.venue.markets is None


async def test_each_currency_by_its_code(desk):
    """Each currency by its code."""
    currencies = await desk.call("fetch_currencies")
    assert {"USD", "ETH"} <= set(currencies)
    assert {code for code, one in currencies.items() if one.code != code} == set()


async def test_a_book_is_exact_and_best_first(desk):
    """Best prices first, exact, and as many as asked for."""
    for number in range(5):
        await desk.place("0.1", str(1900 - number))
        await desk.call("create_order", "ETH/USD", "limit", "sell", "0.2", str(2000 + number))
    book = await desk.call("fetch_order_book", "ETH/USD")
    assert [level.price for level in book.bids] == [Decimal(1900 - number) for number in range(5)]
    assert [level.price for level in book.asks] == [Decimal(2000 + number) for number in range(5)]
    assert {level.amount for level in book.asks} == {Decimal("0.2")}
    few = await desk.call("fetch_order_book", "ETH/USD", 2)
    assert (few.bids, few.asks) == (book.bids[:2], book.asks[:2])


async def test_public_trades_and_candles(desk):
    """Trades oldest first, with the side that took; candles that hold exactly those trades."""
    for price in ("1900", "1910", "1890"):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", price)
        desk.simulator.counter_order("ETHUSD", "SELL", "1", price)
    trades = await desk.call("fetch_trades", "ETH/USD")
    assert [(one.price, one.amount, one.side) for one in trades] == [
        (Decimal(price), Decimal(1), hk.OrderSide.SELL) for price in (1900, 1910, 1890)
    ]
    assert await desk.call("fetch_trades", "ETH/USD", limit=2) == trades[-2:]
    candles = await desk.call("fetch_ohlcv", "ETH/USD", "1h")
    assert candles[0].open == Decimal(1900)
    assert max(one.high for one in candles) == Decimal(1910)
    assert min(one.low for one in candles) == Decimal(1890)
    assert candles[-1].close == Decimal(1890)
    assert sum(one.volume for one in candles) == Decimal(3)
    assert {one.timestamp % HOUR for one in candles} == {0}


async def test_tickers_by_symbol_or_all(desk):
    """One ticker by its symbol, several by theirs, or all; numbers exact."""
    await desk.place("1", "1900")
    desk.simulator.counter_order("ETHUSD", "SELL", "0.5", "1900")
    ticker = await desk.call("fetch_ticker", "ETH/USD")
    assert (ticker.symbol, ticker.last, ticker.bid, ticker.base_volume) == (
        "ETH/USD",
        Decimal(1900),
        Decimal(1900),
        Decimal("0.5"),
    )
    assert set(await desk.call("fetch_tickers", ["ETH/USD", "BTC/USD"])) == {"ETH/USD", "BTC/USD"}
    assert set(await desk.call("fetch_tickers")) >= {"ETH/USD", "BTC/USD", "BTC/HKD"}


async def test_a_market_that_is_none(desk):
    """A symbol that the venue does not have is refused by it."""
    for call in ("fetch_ticker", "fetch_order_book", "fetch_trades", "fetch_ohlcv"):
        with pytest.raises((hk.BadRequest, hk.UnexpectedPayload)):
            await desk.call(call, "DOGE/USD")


async def test_a_market_that_could_not_be_read_is_not_said_to_be_none(desk):
    """Its row in the catalogue was unreadable: the error claims no more than that it is not among those read."""
    rows = [
        {"symbol": "ETHUSD", "status": "TRADING", "baseAsset": "ETH", "quoteAsset": "USD"},
        {"symbol": "BTCUSD", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USD", "filters": "?"},
    ]
    desk.simulator.fail_next(body=json.dumps({"symbols": rows, "coins": []}), path="/api/v1/exchangeInfo")
    assert set(await desk.call("load_markets")) == {"ETH/USD"}
    with pytest.raises(hk.InvalidArgument, match=r"'BTC/USD' is not among .* could be read"):
        desk.venue.market("BTC/USD")


async def test_an_empty_list_of_symbols_asks_for_nothing(desk):
    """None asks for all of them; an empty list is a mistake, and nothing is sent."""
    for call in ("fetch_tickers", "fetch_trading_fees"):
        with pytest.raises(hk.InvalidArgument, match=r"symbols.*empty"):
            await desk.call(call, [])
    assert desk.simulator.requests == []


async def test_more_rows_than_there_are_to_be_had_are_refused(desk):
    """The error names the most, nothing is sent, and that many are given."""
    for call, most in (("fetch_order_book", 200), ("fetch_trades", 100), ("fetch_ohlcv", 1000)):
        with pytest.raises(hk.InvalidArgument, match=f"limit.* {most} "):
            await desk.call(call, "ETH/USD", limit=most + 1)
        assert desk.simulator.requests == []
        await desk.call(call, "ETH/USD", limit=most)
        desk.simulator.requests.clear()


async def test_the_venue_itself(desk):
    """Its clock in ms, and whether it works."""
    assert len(str(await desk.call("fetch_time"))) == 13
    assert (await desk.call("fetch_status")).status == "ok"


async def test_every_call_gives_ccxts_structures(desk):
    """Each model becomes ccxt's dict, with Decimals where asked for."""
    await desk.place("1", "1900")
    book = (await desk.call("fetch_order_book", "ETH/USD")).to_ccxt(number=Decimal)
    assert book["bids"] == [[Decimal(1900), Decimal(1)]]
    balance = (await desk.call("fetch_balance")).to_ccxt(number=Decimal)
    assert balance["USD"]["used"] == balance["used"]["USD"] == Decimal(1900)
