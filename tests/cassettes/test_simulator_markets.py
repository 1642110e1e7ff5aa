"""What everybody sees of the simulator, one cassette for each endpoint; through both facades."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hk_adapter.model import Limits

from .scenes import Scene, simulated

SYMBOL = "ETH/USD"
HOUR = 3_600_000


async def traded(scene: Scene) -> Any:
    """Open a market in which 0.2 and then 0.3 ETH changed hands, at 1900 and 1910.5 USD, and an order rests."""
    desk = await scene.desk()
    scene.at_venue("trade", "ETHUSD", "0.2", "1900")
    scene.at_venue("trade", "ETHUSD", "0.3", "1910.5", "SELL")
    scene.at_venue("counter_order", "ETHUSD", "BUY", "1.5", "1899.99")
    scene.at_venue("counter_order", "ETHUSD", "BUY", "2", "1899")
    scene.at_venue("counter_order", "ETHUSD", "SELL", "0.7", "1911")
    return desk


@simulated("markets")
async def test_markets_are_listed(scene: Scene) -> None:
    """Every pair with its steps and limits, exactly."""
    markets = {market.symbol: market for market in await (await scene.desk()).call("fetch_markets")}
    assert set(markets) == {SYMBOL, "BTC/USD", "ETH/USDT", "BTC/USDT", "BTC/HKD"}
    market = markets[SYMBOL]
    assert (market.id, market.base, market.quote, market.active) == ("ETHUSD", "ETH", "USD", True)
    assert (market.amount_step, market.price_step) == (Decimal("0.0001"), Decimal("0.01"))
    assert market.cost_step == Decimal("0.000001")
    assert market.amount == Limits(min=Decimal("0.0001"), max=Decimal(1000))
    assert market.cost == Limits(min=Decimal(10), max=Decimal(5000000))
    assert market.price == Limits()


@simulated("currencies")
async def test_currencies_are_listed(scene: Scene) -> None:
    """Coins with their chains, and money, which has none."""
    currencies = await (await scene.desk()).call("fetch_currencies")
    assert {code: (one.type, one.networks) for code, one in currencies.items()} == {
        "BTC": ("crypto", ("Bitcoin",)),
        "ETH": ("crypto", ("ETH",)),
        "USDT": ("crypto", ("ETH",)),
        "USD": ("fiat", ()),
        "HKD": ("fiat", ()),
    }
    assert {one.active for one in currencies.values()} == {True}


@simulated("tickers")
async def test_tickers_are_shown(scene: Scene) -> None:
    """One market's day, and every market's; where nothing traded there is no price."""
    desk = await traded(scene)
    ticker = await desk.call("fetch_ticker", SYMBOL)
    assert (ticker.open, ticker.high, ticker.low, ticker.last) == (1900, Decimal("1910.5"), 1900, Decimal("1910.5"))
    assert (ticker.bid, ticker.ask) == (Decimal("1899.99"), 1911)
    assert (ticker.base_volume, ticker.quote_volume) == (Decimal("0.5"), Decimal("953.15"))
    tickers = await desk.call("fetch_tickers", [SYMBOL, "BTC/USD"])
    assert tickers[SYMBOL].last == ticker.last
    assert (tickers["BTC/USD"].last, tickers["BTC/USD"].base_volume) == (None, 0)


@simulated("book")
async def test_an_order_book_is_shown(scene: Scene) -> None:
    """The best prices first, as many as asked for."""
    desk = await traded(scene)
    book = await desk.call("fetch_order_book", SYMBOL)
    assert book.bids == ((Decimal("1899.99"), Decimal("1.5")), (1899, 2))
    assert book.asks == ((1911, Decimal("0.7")),)
    assert (await desk.call("fetch_order_book", SYMBOL, 1)).bids == book.bids[:1]


@simulated("trades")
async def test_trades_are_listed(scene: Scene) -> None:
    """The oldest first, each with the side of who took."""
    desk = await traded(scene)
    trades = await desk.call("fetch_trades", SYMBOL)
    assert [(one.side, one.price, one.amount, one.cost) for one in trades] == [
        ("buy", 1900, Decimal("0.2"), 380),
        ("sell", Decimal("1910.5"), Decimal("0.3"), Decimal("573.15")),
    ]


@simulated("candles")
async def test_candles_are_listed(scene: Scene) -> None:
    """One day, from its first moment, with the trades of it."""
    desk = await traded(scene)
    candle = (await desk.call("fetch_ohlcv", SYMBOL, "1d"))[-1]
    assert candle.timestamp % (24 * HOUR) == 0
    assert candle[1:] == (1900, Decimal("1910.5"), 1900, Decimal("1910.5"), Decimal("0.5"))


@simulated("time")
async def test_the_venues_clock_is_read(scene: Scene) -> None:
    """Milliseconds, as a whole number of 13 digits."""
    told = await (await scene.desk()).call("fetch_time")
    assert isinstance(told, int)
    assert len(str(told)) == 13


@simulated("ping")
async def test_the_venue_is_asked_whether_it_works(scene: Scene) -> None:
    """An empty answer is enough."""
    assert (await (await scene.desk()).call("fetch_status")).status == "ok"
