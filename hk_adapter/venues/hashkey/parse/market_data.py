"""From HashKey's public market data to tickers, books, trades and candles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import BookLevel, Candle, OrderBook, OrderSide, ReadRows, Ticker, Trade
from hk_adapter.parsing import Fields, exact_product, name_of, read_rows, reading
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.symbols import Unify, unified_symbol

_CANDLE = ("t", "o", "h", "l", "c", "v")
"""The first six of eleven; then come the end, quote volume, count, and what takers bought."""


def parse_tickers(
    rows: Sequence[Any],
    *,
    asked: Mapping[str, str] | None = None,
    catalogue: Collection[str] = (),
    unify: Unify = unified_symbol,
) -> ReadRows[Ticker]:
    """Read the tickers ``asked`` for (unified symbols by the venue's), or all of them.

    Those that cannot be read are told; of all, once the ``catalogue`` is known, those of pairs that it lacks are left
    out: the venue's list has such.
    """
    known = set(catalogue) if asked is None else set(asked)
    wanted = [row for row in rows if not (known or asked is not None) or name_of(row, "s") in {None, *known}]
    return read_rows(wanted, lambda row: parse_ticker(row, asked, unify), "s")


def parse_book(payload: Mapping[str, Any], *, symbol: str, limit: int | None = None) -> OrderBook:
    """Read a book, cut to ``limit`` prices on each side; best prices first, whatever order they came in."""
    with reading("an order book", VENUE):
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
    rows: Sequence[Any], *, symbol: str, since: int | None = None, until: int | None = None, limit: int | None = None
) -> ReadRows[Trade]:
    """Read public trades up to ``until``, oldest first: the first ``limit`` from ``since`` on, else the newest.

    They have no ids here.
    """
    read = read_rows(rows, lambda row: _trade(row, symbol), "t")
    trades = list(read)
    # Which way the list runs is not documented; trades of one ms keep its order.
    if trades and (trades[0].timestamp or 0) > (trades[-1].timestamp or 0):
        trades.reverse()
    trades.sort(key=lambda trade: trade.timestamp or 0)
    if until is not None:
        trades = [trade for trade in trades if (trade.timestamp or 0) <= until]
    if since is None:
        return ReadRows(trades if limit is None else trades[-limit:], read.unread)
    return ReadRows([trade for trade in trades if (trade.timestamp or 0) >= since][:limit], read.unread)


def parse_candles(
    rows: Sequence[Any], *, since: int | None = None, until: int | None = None, limit: int | None = None
) -> ReadRows[Candle]:
    """Read candles up to ``until``, oldest first: the first ``limit`` from ``since`` on, or without it the newest."""
    read = read_rows(rows, _candle, 0)
    candles = sorted(read, key=lambda candle: candle.timestamp)
    if until is not None:
        candles = [candle for candle in candles if candle.timestamp <= until]
    if since is None:
        return ReadRows(candles if limit is None else candles[-limit:], read.unread)
    return ReadRows([candle for candle in candles if candle.timestamp >= since][:limit], read.unread)


def parse_time(payload: Mapping[str, Any]) -> int:
    """Read the venue's clock, in ms UTC: a whole number of 13 digits."""
    with reading("a time", VENUE):
        time = Fields(payload).whole("serverTime")
        if len(str(abs(time))) != 13:
            raise InvalidArgument("no serverTime of 13 digits")
        return time


def parse_ticker(payload: Any, asked: Mapping[str, str] | None, unify: Unify) -> Ticker:
    """Read one ticker; ``asked`` are unified symbols by the venue's words."""
    with reading("a ticker", VENUE):
        row = Fields(payload)
        word = row.text("s")
        return Ticker(
            symbol=unify(word, (asked or {}).get(word)),
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
    if not isinstance(level, list) or len(level) != 2:
        raise InvalidArgument("a level is no pair")
    return exact_level(level[0], level[1])


def exact_level(price: Any, amount: Any) -> BookLevel:
    """Read one price of a book. Raises InvalidArgument for one that is not above 0, and for what is no number."""
    pair = Fields({"price": price, "amount": amount})
    level = BookLevel(pair.amount("price"), pair.amount("amount"))
    if not level.price:
        raise InvalidArgument("a price is 0")
    return level


def _trade(payload: Any, symbol: str) -> Trade:
    with reading("a trade", VENUE):
        row = Fields(payload)
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
            cost=exact_product(price, amount),
            timestamp=row.time("t"),
            info=dict(row.payload),
        )


def _candle(values: Any) -> Candle:
    with reading("a candle", VENUE):
        if not isinstance(values, list) or len(values) < len(_CANDLE):
            raise InvalidArgument("it has fewer than six values")
        row = Fields(dict(zip(_CANDLE, values, strict=False)))
        prices = (row.maybe_amount(name) for name in _CANDLE[1:])
        return Candle(row.time("t"), *prices)
