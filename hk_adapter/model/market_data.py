"""What everyone can see of a market: tickers, books, candles, and whether the venue is open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import field

from hk_adapter.model.ccxt_markets import order_book_to_ccxt, ticker_to_ccxt
from hk_adapter.record import VenueRecord


class Ticker(VenueRecord, frozen=True, kw_only=True):
    """A market's last 24 hours. None means that the venue did not say.

    Attributes:
        timestamp: when it was so, in ms UTC.
        bid: best price to sell at, in quote currency per base unit; ``ask`` to buy at.
        bid_volume: base currency at the bid; ``ask_volume`` at the ask.
        open: first price of the 24 hours; ``last`` the newest.
        base_volume: traded in 24 hours, in base currency; ``quote_volume`` in quote currency.
        info: the raw payload; not part of equality.
    """

    symbol: str | None
    venue_symbol: str | None = None
    timestamp: int | None = None
    bid: Decimal | None = None
    bid_volume: Decimal | None = None
    ask: Decimal | None = None
    ask_volume: Decimal | None = None
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    last: Decimal | None = None
    base_volume: Decimal | None = None
    quote_volume: Decimal | None = None
    info: Any = field(default_factory=dict)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified ticker dict; ``number`` makes each number from its Decimal."""
        return ticker_to_ccxt(self, number)


class BookLevel(NamedTuple):
    """One price of a book, in quote currency per base unit, and what rests there, in base currency."""

    price: Decimal
    amount: Decimal


class OrderBook(VenueRecord, frozen=True, kw_only=True):
    """The orders that rest, by price, the best first.

    Attributes:
        timestamp: when it was so, in ms UTC; None: the venue did not say.
        nonce: the venue's sequence number; None without one.
        info: the raw payload; not part of equality.
    """

    symbol: str
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    timestamp: int | None = None
    nonce: int | None = None
    info: Any = field(default_factory=dict)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified order book dict; ``number`` makes each number from its Decimal."""
        return order_book_to_ccxt(self, number)


class Candle(NamedTuple):
    """Prices and volume of one span of time, in ccxt's order. ``timestamp`` is its start in ms UTC.

    Prices are in quote currency per base unit, ``volume`` in base currency; None: the venue did not say.
    """

    timestamp: int
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    close: Decimal | None
    volume: Decimal | None

    def to_ccxt(self, number: Any = float) -> list[Any]:
        """Return ccxt's list of six; ``number`` makes each number from its Decimal."""
        prices = [None if value is None else number(value) for value in self[1:]]
        return [self.timestamp, *prices]


class VenueStatus(VenueRecord, frozen=True, kw_only=True):
    """Whether the venue works: ``ok``, ``maintenance``, or its own word. ``updated`` is in ms UTC."""

    status: str
    updated: int | None = None
    info: Any = field(default_factory=dict)

    def to_ccxt(self) -> dict[str, Any]:
        """Return ccxt's unified status dict."""
        return {"status": self.status, "updated": self.updated, "eta": None, "url": None, "info": self.info}
