"""The same market watched by ccxt.pro's own HashKey client and by ours, on one served simulator, field by field."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.simulator.server import start_async

pytest.importorskip("ccxt")
pro = pytest.importorskip("ccxt.pro")


def same(ours, theirs):
    """List the fields that differ, the raw payload aside."""
    mine = ours.to_ccxt()
    return {name for name in mine.keys() | theirs.keys() if name != "info" and mine.get(name) != theirs.get(name)}


async def test_books_trades_and_tickers_agree():
    """But for a trade's fee, of which the stream says nothing: ccxt has an empty one, and we have none."""
    async with await start_async() as served:
        streams = {"public": f"{served.stream_url}/quote/ws/v1", "private": f"{served.stream_url}/api/v1/ws"}
        urls = {"api": {"public": served.url, "private": served.url, "ws": streams}}
        theirs = pro.hashkey({"enableRateLimit": False, "timeout_on_exit": 0, "urls": urls})
        await theirs.load_markets()
        control, now = served.control, theirs.milliseconds()
        control.counter_order("ETHUSD", "SELL", "2", "2000.5", now=now)
        control.counter_order("ETHUSD", "BUY", "1.5", "1900", now=now)
        control.trade("ETHUSD", "0.5", "1950", now=now)
        control.trade("ETHUSD", "0.25", "1940", "SELL", now=now)
        async with (
            hk.connect_async("hashkey", environment="simulator", base_url=served.url) as venue,
            venue.watch_order_book("ETH/USD") as books,
            venue.watch_trades("ETH/USD") as trades,
            venue.watch_ticker("ETH/USD") as tickers,
        ):
            book, their_book = (await anext(books)).book, await theirs.watch_order_book("ETH/USD")
            assert same(book, their_book) <= {"timestamp", "datetime"}  # each of its own subscription
            told = [(await anext(trades)).trade for _ in range(2)]
            their_trades = await theirs.watch_trades("ETH/USD")
            assert [same(*pair) for pair in zip(told, their_trades, strict=True)] == [{"fee"}] * 2
            assert [trade["fee"] for trade in their_trades] == [{"cost": None, "currency": None}] * 2
            ticker, their_ticker = (await anext(tickers)).ticker, await theirs.watch_ticker("ETH/USD")
            assert same(ticker, their_ticker) <= {"timestamp", "datetime"}
        await theirs.close()
