"""What changes all day: tickers, order books and candles."""

from __future__ import annotations

from typing import Any

from hk_adapter.venues.hashkey.parse.market_data import parse_book, parse_candles, parse_tickers

from .comparing import Difference, Kind, Number

SYMBOL = "ETH/USD"


def our_ticker(payload: Any, number: Number) -> Any:
    """Read a ticker with our parser."""
    (ticker,) = parse_tickers([payload])
    return ticker.to_ccxt(number)


def our_candles(payload: Any, number: Number) -> Any:
    """Read a list of candles with our parser."""
    return [candle.to_ccxt(number) for candle in parse_candles(payload)]


def their_book(exchange: Any, payload: Any) -> Any:
    """Read a book as ccxt's ``fetch_order_book`` does."""
    return exchange.parse_order_book(payload, SYMBOL, exchange.safe_integer(payload, "t"), "b", "a")


TICKERS = Kind(
    title="Tickers",
    file="tickers.json",
    ours=our_ticker,
    theirs=lambda exchange, payload: exchange.parse_ticker(payload),
    differences=(
        Difference(
            keys="`average`",
            when="the middle of `open` and `last` lies between two price steps",
            ours="the middle",
            theirs="the step below it",
            reason="It is no price that anything traded at; nothing is gained by moving it.",
            shown_by={"the middle is between two steps": {"average": (3135.315, 3135.31)}},
        ),
        Difference(
            keys="`symbol`",
            when="the venue's word can be split in two ways, and no markets were loaded",
            ours="`None`",
            theirs="the symbol of the loaded market",
            reason="As with trades; `fetch_ticker` is told the symbol, and gives it.",
            shown_by={"ambiguous symbol": {"symbol": (None, "BTC/FDUSD")}},
        ),
    ),
)

ORDER_BOOKS = Kind(
    title="Order books",
    file="order_books.json",
    ours=lambda payload, number: parse_book(payload, symbol=SYMBOL).to_ccxt(number),
    theirs=their_book,
)

CANDLES = Kind(
    title="Candles",
    file="candles.json",
    ours=our_candles,
    theirs=lambda exchange, payload: exchange.parse_ohlcvs(payload),
)
