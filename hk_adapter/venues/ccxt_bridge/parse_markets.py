"""What everyone can see of an exchange: ccxt's markets, currencies, tickers, books and candles as our models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model import BookLevel, Candle, Currency, Market, OrderBook, ReadRows, Ticker, VenueStatus
from hk_adapter.model.market import NO_LIMITS
from hk_adapter.venues.ccxt_bridge.parse import flag, limits, number, readable, text, time

_CELLS = ("timestamp", "open", "high", "low", "close", "volume")
_DECIMAL_PLACES, _TICK_SIZE = 2, 4
"""ccxt's ``precisionMode``s in which a precision is a number of digits behind the point, or a step."""
_OF_ONE = frozenset({None, Decimal(1)})
"""Sizes of contracts that are worth their price."""


def market(row: Mapping[str, Any], mode: int) -> Market:
    """Read a market; ``mode`` is the exchange's ``precisionMode``."""
    return Market(
        id=str(row["id"]),
        symbol=str(row["symbol"]),
        base=str(row["base"]),
        quote=str(row["quote"]),
        active=flag(row, "active"),
        type=text(row, "type") or "spot",
        amount_step=_step(row, "amount", mode),
        price_step=_step(row, "price", mode),
        cost_step=_step(row, "cost", mode),
        amount=limits(row, "amount"),
        price=limits(row, "price"),
        cost=limits(row, "cost") if _is_worth_its_price(row) else NO_LIMITS,
        maker=number(row, "maker"),
        taker=number(row, "taker"),
        info=row.get("info") or {},
    )


def _is_worth_its_price(row: Mapping[str, Any]) -> bool:
    """Whether amount times price is what an order is worth: else the limits of that say nothing of it.

    A contract may be of more or less than one unit; an inverse one is of so much quote currency.
    """
    return number(row, "contractSize") in _OF_ONE and flag(row, "inverse") is not True


def currency(row: Mapping[str, Any]) -> Currency:
    """Read a currency."""
    step = number(row, "precision")
    return Currency(
        code=str(row["code"]),
        id=str(row["id"]),
        name=text(row, "name"),
        type=text(row, "type"),
        active=flag(row, "active"),
        deposit=flag(row, "deposit"),
        withdraw=flag(row, "withdraw"),
        step=step if step is not None and step > 0 else None,
        networks=tuple(sorted(map(str, row.get("networks") or {}))),
        info=row.get("info") or {},
    )


def ticker(row: Mapping[str, Any]) -> Ticker:
    """Read a ticker."""
    return Ticker(
        symbol=text(row, "symbol"),
        timestamp=time(row, "timestamp"),
        bid=number(row, "bid"),
        bid_volume=number(row, "bidVolume"),
        ask=number(row, "ask"),
        ask_volume=number(row, "askVolume"),
        open=number(row, "open"),
        high=number(row, "high"),
        low=number(row, "low"),
        last=number(row, "last"),
        base_volume=number(row, "baseVolume"),
        quote_volume=number(row, "quoteVolume"),
        info=row.get("info") or {},
    )


def order_book(row: Mapping[str, Any], symbol: str) -> OrderBook:
    """Read an order book."""
    nonce = row.get("nonce")
    return OrderBook(
        symbol=symbol,
        bids=tuple(map(_level, row["bids"])),
        asks=tuple(map(_level, row["asks"])),
        timestamp=time(row, "timestamp"),
        nonce=nonce if isinstance(nonce, int) else None,
        info=row.get("info") or {},
    )


def candles(rows: Iterable[Any]) -> ReadRows[Candle]:
    """Read candles, oldest first, and tell those that cannot be read."""
    read = readable(_candle, map(_cells, rows), "candle", "timestamp")
    return ReadRows(sorted(read, key=lambda candle: candle.timestamp), read.unread)


def _cells(row: Any) -> Any:
    return dict(zip(_CELLS, row, strict=False)) if isinstance(row, list | tuple) else row


def _candle(cells: Mapping[str, Any]) -> Candle:
    start = time(cells, "timestamp")
    if start is None:
        raise UnexpectedPayload("ccxt gave a candle without its time")
    return Candle(start, *(number(cells, key) for key in _CELLS[1:]))


def status(row: Mapping[str, Any]) -> VenueStatus:
    """Read whether the exchange works."""
    return VenueStatus(
        status=text(row, "status") or "unknown", updated=time(row, "updated"), info=row.get("info") or {}
    )


def _step(row: Mapping[str, Any], key: str, mode: int) -> Decimal | None:
    precision = number(row.get("precision") or {}, key)
    if precision is not None and mode == _DECIMAL_PLACES and precision == precision.to_integral_value():
        return Decimal((0, (1,), -int(precision)))
    return precision if precision is not None and mode == _TICK_SIZE and precision > 0 else None


def _level(row: Sequence[Any]) -> BookLevel:
    price, amount = (number({"level": cell}, "level") for cell in row[:2])
    if price is None or amount is None:
        raise InvalidArgument("a level without a price or an amount")
    return BookLevel(price, amount)
