"""See what everyone can see of a venue. None of these calls needs a key. For asyncio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hk_adapter.model import Candle, Currency, Market, Markets, OrderBook, Ticker, Trade, VenueStatus
from hk_adapter.venue.asynchronous.base import AsyncFacade


class MarketReads(AsyncFacade):
    """Methods of ``AsyncVenue``."""

    async def load_markets(self, reload: bool = False, params: Mapping[str, Any] | None = None) -> Markets:
        """Get the venue's markets by symbol; as ``Venue.load_markets``."""
        return await self._runner.run(self._calls.load_markets(reload, params))

    async def fetch_markets(self, params: Mapping[str, Any] | None = None) -> list[Market]:
        """Ask what can be traded, and keep nothing of it; as ``Venue.fetch_markets``."""
        return await self._runner.run(self._calls.fetch_markets(params))

    async def fetch_currencies(self, params: Mapping[str, Any] | None = None) -> dict[str, Currency]:
        """Ask which currencies the venue knows, by code; as ``Venue.fetch_currencies``."""
        return await self._runner.run(self._calls.fetch_currencies(params))

    async def fetch_ticker(self, symbol: str, params: Mapping[str, Any] | None = None) -> Ticker:
        """Ask for the last 24 hours of one market; as ``Venue.fetch_ticker``."""
        return await self._runner.run(self._calls.fetch_ticker(symbol, params))

    async def fetch_tickers(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, Ticker]:
        """Ask for the last 24 hours of several markets; as ``Venue.fetch_tickers``."""
        return await self._runner.run(self._calls.fetch_tickers(symbols, params))

    async def fetch_order_book(
        self, symbol: str, limit: int | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderBook:
        """Ask for the order book of one market; as ``Venue.fetch_order_book``."""
        return await self._runner.run(self._calls.fetch_order_book(symbol, limit, params))

    async def fetch_trades(
        self,
        symbol: str,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        until: int | None = None,
    ) -> list[Trade]:
        """Ask for the newest public trades of one market, oldest first; as ``Venue.fetch_trades``."""
        return await self._runner.run(self._calls.fetch_trades(symbol, since, limit, params, until))

    async def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        until: int | None = None,
    ) -> list[Candle]:
        """Ask for candles of one market, oldest first; as ``Venue.fetch_ohlcv``."""
        return await self._runner.run(self._calls.fetch_ohlcv(symbol, timeframe, since, limit, params, until))

    async def fetch_time(self) -> int:
        """Ask the venue for its clock, in ms UTC. Needs no key; as ``Venue.fetch_time``."""
        return await self._runner.run(self._calls.fetch_time())

    async def fetch_status(self) -> VenueStatus:
        """Ask whether the venue works. Needs no key; as ``Venue.fetch_status``."""
        return await self._runner.run(self._calls.fetch_status())
