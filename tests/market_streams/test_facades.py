"""Watches of market data by both facades, against the simulator in process: how they begin, share, and end."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import MappingProxyType

import pytest

import hk_adapter as hk

SIMULATOR = {"environment": "simulator", "budget": "unlimited"}


def paths(venue):
    """List what was asked for over REST, books aside: the check of a symbol asks for one."""
    return [request.path for request in venue.simulator.requests if request.path != "/quote/v1/depth"]


async def settled(venue):
    """Wait until what was left in the background is over, for a fifth of a second at the most."""
    for _ in range(20):
        if len(asyncio.all_tasks()) == 1 and not venue.simulator.streams.connections:
            return
        await asyncio.sleep(0.01)


def threads():
    """Name the threads of ours."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("hk_adapter market")]


def test_a_market_is_watched_over_one_connection():
    """A book, trades and a ticker, of two markets, twice: one connection, no request of the account's."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            venue.simulator.trade("ETHUSD", "0.5", "1950")
            async with (
                venue.watch_order_book("ETH/USD") as books,
                venue.watch_trades("ETH/USD") as trades,
                venue.watch_ticker("ETH/USD") as tickers,
                venue.watch_ticker("ETH/USD") as same,
                venue.watch_order_book("BTC/USD") as others,
            ):
                assert [watch.is_live for watch in (books, trades, tickers, same, others)] == [True] * 5
                assert [view.account_id for view in venue.simulator.streams.connections] == [None]
                book = (await anext(books)).book
                assert (book.bids, book.asks) == ((hk.BookLevel(Decimal(1900), Decimal(1)),), ())
                assert (await anext(others)).book.bids == ()
                first = await anext(trades)
                assert (first.trade.price, first.live, first.gap) == (Decimal(1950), False, False)
                assert (await anext(tickers)) == (await anext(same))
                venue.simulator.trade("ETHUSD", "0.25", "1951", "SELL")
                update = await anext(trades)
                trade = update.trade
                assert (trade.price, trade.amount, trade.side, update.live) == (1951, Decimal("0.25"), "sell", True)
                assert trade.id is not None
                assert (await anext(tickers)).ticker.last == 1951
            assert not books.is_live
            await settled(venue)
            assert venue.simulator.streams.connections == []
            assert paths(venue) == ["/api/v1.1/spot/order"]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_no_key_is_needed():
    """A connection without one watches markets; the account's orders it cannot."""
    with hk.connect("hashkey") as venue:
        assert venue.watch_order_book("ETH/USD").is_live is False
        venue.watch_trades("ETH/USD")
        venue.watch_ticker("ETH/USD")
        with pytest.raises(hk.ConfigurationError):
            venue.watch_orders()


def test_threads_watch_by_a_background_thread_of_its_own():
    """It begins with the first watch, serves several threads, and is gone with the last."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        assert threads() == []
        with venue.watch_trades("ETH/USD") as trades:
            assert threads() == ["hk_adapter market stream"]

            def last_price():
                with venue.watch_ticker("ETH/USD") as tickers:
                    return next(tickers).ticker.last

            venue.simulator.trade("ETHUSD", "1", "1950")
            assert next(trades).trade.price == 1950
            with ThreadPoolExecutor(2) as pool:
                assert [word.result() for word in [pool.submit(last_price) for _ in range(2)]] == [1950, 1950]
        for update in venue.watch_trades("ETH/USD"):
            assert (update.trade.price, update.live) == (1950, False)
            break
    assert threads() == []


def test_closing_a_venue_ends_those_who_wait():
    """Without an error; a new watch is refused."""
    venue = hk.connect("hashkey", **SIMULATOR)
    watch = venue.watch_trades("ETH/USD")
    with ThreadPoolExecutor(1) as pool, venue.watch_trades("ETH/USD"):
        waiting = pool.submit(list, watch)
        venue.close()
        assert waiting.result() == []
    with pytest.raises(hk.NotSent):
        next(venue.watch_trades("ETH/USD"))
    assert threads() == []


def test_a_consumer_that_breaks_raises_or_is_canceled_leaves_nothing():
    """No task and no connection."""

    async def broken(venue):
        async for _ in venue.watch_order_book("ETH/USD"):
            raise ZeroDivisionError

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            async for _ in venue.watch_order_book("ETH/USD"):
                break
            with pytest.raises(ZeroDivisionError):
                await broken(venue)
            gc.collect()  # the traceback held the watch
            watch = venue.watch_trades("ETH/USD")
            task = asyncio.ensure_future(anext(watch))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            del watch, task
            gc.collect()
            await settled(venue)
            assert len(asyncio.all_tasks()) == 1
            assert venue.simulator.streams.connections == []

    asyncio.run(run())


def test_a_second_loop_is_refused():
    """A stream belongs to its loop."""
    venue = hk.connect_async("hashkey", **SIMULATOR)

    async def elsewhere():
        with pytest.raises(hk.ConfigurationError, match="another event loop"):
            await anext(venue.watch_ticker("ETH/USD"))

    async def run():
        async with venue.watch_ticker("ETH/USD"):
            await asyncio.to_thread(asyncio.run, elsewhere())
        await venue.close()

    asyncio.run(run())


def test_wrong_arguments_are_refused_before_anything_is_sent():
    """What is no symbol, no limit, or no market of those that are loaded."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        for wrong in ("", None, 5, " ETH/USD"):
            with pytest.raises(hk.InvalidArgument):
                venue.watch_order_book(wrong)
        for wrong in (0, -1, "5", True):
            with pytest.raises(hk.InvalidArgument):
                venue.watch_order_book("ETH/USD", wrong)
        venue.load_markets()
        with pytest.raises(hk.InvalidArgument):
            venue.watch_trades("NO/SUCH")
        assert venue.simulator.streams.connections == []


def test_a_symbol_is_asked_for_once():
    """Whichever watches of its market follow."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        for watch in (venue.watch_order_book, venue.watch_trades, venue.watch_ticker, venue.watch_order_book):
            with watch("ETH/USD"):
                pass
        assert [seen.path for seen in venue.simulator.requests if "depth" in seen.path] == ["/quote/v1/depth"]


def test_a_symbol_that_the_venue_does_not_have_is_its_refusal():
    """Where no markets are loaded the venue is asked; nothing is opened."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            for watch in (venue.watch_order_book, venue.watch_trades, venue.watch_ticker):
                with pytest.raises(hk.BadRequest):
                    await anext(watch("DOGE/XYZ"))
                with pytest.raises(hk.InvalidArgument):
                    await anext(watch("ETHUSD"))
            assert venue.simulator.streams.connections == []

    asyncio.run(run())


def test_what_kept_a_stream_from_being_opened_is_told():
    """Beside the time that was over: the last thing that went wrong."""
    with hk.connect("hashkey", timeout=0.2, **SIMULATOR) as venue:
        venue.simulator.streams.refuse_next(503, times=10**6)
        with pytest.raises(hk.AdapterError, match="503"), venue.watch_ticker("ETH/USD"):
            pass


def test_a_venue_without_a_public_stream_says_so():
    """``has`` and the calls agree."""

    class Plain:
        hosts = frozenset({"https://plain.example"})
        limits = MappingProxyType({})
        request_lifetime = 5000

        def sign(self, call, credentials, timestamp):
            return hk.HttpRequest(call.method, "https://plain.example", {})

    class Plugin:
        @hk.hookimpl
        def open_venue(self, settings):
            return Plain()

    hk.register_venue("plain", Plugin())
    try:
        with hk.connect("plain") as venue:
            assert {venue.has[key] for key in ("watchOrderBook", "watchTrades", "watchTicker")} == {False}
            for watch in (venue.watch_order_book, venue.watch_trades, venue.watch_ticker):
                with pytest.raises(hk.NotSupported):
                    watch("ETH/USD")
    finally:
        hk.unregister_venue("plain")
