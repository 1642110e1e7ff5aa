"""From HashKey's public market data to tickers, books, trades and candles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import BookLevel, Candle, OrderBook, OrderSide, Ticker, Trade
from hk_adapter.venues.hashkey.parse.fields import Fields, Unify, product, readable, reading
from hk_adapter.venues.hashkey.symbols import unified_symbol

_CANDLE = ("t", "o", "h", "l", "c", "v")
"""The first six of eleven; then come the end, quote volume, count, and what takers bought."""


def parse_tickers(
    rows: Sequence[Any],
    *,
    asked: Mapping[str, str] | None = None,
    catalogue: Collection[str] = (),
    unify: Unify = unified_symbol,
) -> tuple[Ticker, ...]:
    """Read the tickers ``asked`` for (unified symbols by the venue's), or all of them.

    One that was asked for must be readable; of all, those that cannot be read are left out unless that would leave
    none, and, once the ``catalogue`` is known, those of pairs that it lacks: the venue's list has such.
    """
    if asked is None:
        found = readable(rows, lambda row: _ticker(row, None, unify))
        with reading("a list of tickers"):
            if rows and not found:
                raise InvalidArgument(f"none of its {len(rows)} tickers can be read")
        return tuple(one for one in found if not catalogue or one.venue_symbol in catalogue)
    with reading("a list of tickers"):
        wanted = [row for row in rows if Fields(row).text("s") in asked]
    return tuple(_ticker(row, asked[row["s"]], unify) for row in wanted)


def parse_book(payload: Mapping[str, Any], *, symbol: str, limit: int | None = None) -> OrderBook:
    """Read a book, cut to ``limit`` prices on each side; best prices first, whatever order they came in."""
    with reading("an order book"):
        row = Fields(payload)
        bids = sorted(_levels(row, "b"), key=lambda level: level.price, reverse=True)
        asks = sorted(_levels(row, "a"), key=lambda level: level.price)
        return OrderBook(
            symbol=symbol,
            bids=tuple(bids[:limit]),
            asks=tuple(asks[:limit]),
            timestamp=row.maybe_time("t"),
            info=dict(payload),
        )


def parse_public_trades(
    rows: Sequence[Any], *, symbol: str, since: int | None = None, limit: int | None = None
) -> tuple[Trade, ...]:
    """Read public trades, oldest first: the first ``limit`` from ``since`` on, or without it the newest.

    They have no ids here.
    """
    with reading("a list of trades"):
        trades = [_trade(Fields(row), symbol) for row in rows]
    # Which way the list runs is not documented; trades of one ms keep its order.
    if trades and (trades[0].timestamp or 0) > (trades[-1].timestamp or 0):
        trades.reverse()
    trades.sort(key=lambda trade: trade.timestamp or 0)
    if since is None:
        return tuple(trades if limit is None else trades[-limit:])
    return tuple([trade for trade in trades if (trade.timestamp or 0) >= since][:limit])


def parse_candles(rows: Sequence[Any], *, since: int | None = None, limit: int | None = None) -> tuple[Candle, ...]:
    """Read candles, oldest first: the first ``limit`` from ``since`` on, or without it the newest."""
    with reading("a list of candles"):
        candles = sorted((_candle(row) for row in rows), key=lambda candle: candle.timestamp)
    if since is None:
        return tuple(candles if limit is None else candles[-limit:])
    return tuple([candle for candle in candles if candle.timestamp >= since][:limit])


def parse_time(payload: Mapping[str, Any]) -> int:
    """Read the venue's clock, in ms UTC: a whole number of 13 digits."""
    with reading("a time"):
        time = payload.get("serverTime")
        if isinstance(time, bool) or not isinstance(time, int) or len(str(abs(time))) != 13:
            raise InvalidArgument("no serverTime of 13 digits")
        return time


def _ticker(payload: Any, symbol: str | None, unify: Unify) -> Ticker:
    with reading("a ticker"):
        row = Fields(payload)
        word = row.text("s")
        return Ticker(
            symbol=unify(word, symbol),
            venue_symbol=word,
            timestamp=row.maybe_time("t"),
            bid=row.above_zero("b"),
            ask=row.above_zero("a"),
            open=row.above_zero("o"),
            high=row.above_zero("h"),
            low=row.above_zero("l"),
            last=row.above_zero("c"),
            base_volume=row.maybe_amount("v"),
            quote_volume=row.maybe_amount("qv"),
            info=dict(row.payload),
        )


def _levels(row: Fields, name: str) -> list[BookLevel]:
    # A side without orders is an empty list; absent, it would be a book half written.
    if not isinstance(row.payload.get(name), list):
        raise InvalidArgument(f"{name} is no list")
    return [_level(level) for level in row.payload[name]]


def _level(level: Any) -> BookLevel:
    if not isinstance(level, list) or len(level) < 2:
        raise InvalidArgument("a level is no pair")
    pair = Fields({"price": level[0], "amount": level[1]})
    return BookLevel(pair.amount("price"), pair.amount("amount"))


def _trade(row: Fields, symbol: str) -> Trade:
    price, amount = row.number("p"), row.number("q")
    # The side of who took; ``ibm`` says that the buyer's order was there first.
    side = OrderSide.SELL if row.flag("ibm") else OrderSide.BUY
    return Trade(
        id=None,
        symbol=symbol,
        side=side,
        taker_or_maker="taker",
        price=price,
        amount=amount,
        cost=product(price, amount),
        timestamp=row.time("t"),
        info=dict(row.payload),
    )


def _candle(values: Any) -> Candle:
    if not isinstance(values, list) or len(values) < len(_CANDLE):
        raise InvalidArgument("a candle has fewer than six values")
    row = Fields(dict(zip(_CANDLE, values, strict=False)))
    prices = (row.maybe_amount(name) for name in _CANDLE[1:])
    return Candle(row.time("t"), *prices)
