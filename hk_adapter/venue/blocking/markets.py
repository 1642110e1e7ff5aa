"""See what everyone can see of a venue. None of these calls needs a key. For threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hk_adapter.model import Candle, Currency, Market, Markets, OrderBook, Ticker, Trade, VenueStatus
from hk_adapter.venue.blocking.base import BlockingFacade


class MarketReads(BlockingFacade):
    """Methods of ``Venue``."""

    def load_markets(self, reload: bool = False, params: Mapping[str, Any] | None = None) -> Markets:
        """Get the venue's markets by symbol, and keep them: from then on orders are checked before they are sent.

        Sends nothing where they were got before, unless ``reload``.
        """
        return self._runner.run(self._calls.load_markets(reload, params))

    def fetch_markets(self, params: Mapping[str, Any] | None = None) -> list[Market]:
        """Ask what can be traded, and keep nothing of it."""
        return self._runner.run(self._calls.fetch_markets(params))

    def fetch_currencies(self, params: Mapping[str, Any] | None = None) -> dict[str, Currency]:
        """Ask which currencies the venue knows, by code."""
        return self._runner.run(self._calls.fetch_currencies(params))

    def fetch_ticker(self, symbol: str, params: Mapping[str, Any] | None = None) -> Ticker:
        """Ask for the last 24 hours of one market."""
        return self._runner.run(self._calls.fetch_ticker(symbol, params))

    def fetch_tickers(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, Ticker]:
        """Ask for the last 24 hours of several markets, by symbol; ``symbols`` None asks for every market."""
        return self._runner.run(self._calls.fetch_tickers(symbols, params))

    def fetch_order_book(
        self, symbol: str, limit: int | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderBook:
        """Ask for the order book of one market; ``limit`` prices a side, None is the venue's default."""
        return self._runner.run(self._calls.fetch_order_book(symbol, limit, params))

    def fetch_trades(
        self,
        symbol: str,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        until: int | None = None,
    ) -> list[Trade]:
        """Ask for the newest public trades of one market, oldest first.

        ``since`` and ``until`` in ms UTC and ``limit`` choose among those that the venue gives: the first ``limit``
        from ``since`` on, or without it the newest up to ``until``; None is all of them. ``until`` may be given as
        ccxt does, in ``params``. Raises NotSupported where the venue gives newer ones only.
        """
        return self._runner.run(self._calls.fetch_trades(symbol, since, limit, params, until))

    def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        until: int | None = None,
    ) -> list[Candle]:
        """Ask for candles of one market, oldest first.

        Args:
            symbol: unified.
            timeframe: such as ``1m``, ``1h`` or ``1d``; InvalidArgument for one that the venue has not.
            since: only candles that begin from then on, in ms UTC; None gives the newest.
            limit: at most so many; None is the venue's default.
            params: keys that only the venue knows.
            until: only candles that begin up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no
                such bound. NotSupported where the venue gives newer ones only.
        """
        return self._runner.run(self._calls.fetch_ohlcv(symbol, timeframe, since, limit, params, until))

    def fetch_time(self) -> int:
        """Ask the venue for its clock, in ms UTC. Needs no key."""
        return self._runner.run(self._calls.fetch_time())

    def fetch_status(self) -> VenueStatus:
        """Ask whether the venue works. Needs no key."""
        return self._runner.run(self._calls.fetch_status())
