"""What everyone can see of a venue: arguments checked, and on to the core. Needs no key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument, UnexpectedPayload, shown
from hk_adapter.model import (
    Candle,
    Currency,
    Market,
    MarketRequest,
    Markets,
    OrderBook,
    SymbolsRequest,
    Ticker,
    Trade,
    VenueStatus,
    market_rules,
)
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.base import ApiBase, Number
from hk_adapter.venue.api.results import keyed, listed


class MarketCalls(ApiBase):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

    async def load_markets(self, reload: bool = False, params: Mapping[str, Any] | None = None) -> Markets:
        """Get the venue's markets by symbol, and keep them: from then on orders are checked before they are sent.

        Sends nothing where they were got before, unless ``reload``. Raises as ``fetch_time``.
        """
        afresh, loaded = arguments.flag("reload", reload), self.markets.by_symbol
        if loaded is not None and not afresh:
            return loaded
        self.markets.by_symbol = {market.symbol: market for market in await self.fetch_markets(params)}
        return self.markets.by_symbol

    async def fetch_markets(self, params: Mapping[str, Any] | None = None) -> list[Market]:
        """Ask what can be traded, and keep nothing of it.

        Raises as ``fetch_time``.
        """
        request = _all(params)
        return listed(await self.run(self.operation("fetch_markets", request), tuple), partial=request.partial)

    async def fetch_currencies(self, params: Mapping[str, Any] | None = None) -> dict[str, Currency]:
        """Ask which currencies the venue knows, by code.

        Raises as ``fetch_time``.
        """
        request = _all(params)
        currencies: tuple[Currency, ...] = await self.run(self.operation("fetch_currencies", request), tuple)
        by_code = keyed(currencies, lambda currency: currency.code, partial=request.partial)
        self.markets.currencies = frozenset(by_code)
        return by_code

    async def fetch_ticker(self, symbol: str, params: Mapping[str, Any] | None = None) -> Ticker:
        """Ask for the last 24 hours of one market.

        Raises as ``fetch_time``.
        """
        symbol = arguments.symbol(symbol)
        tickers = await self.fetch_tickers((symbol,), params)
        if symbol not in tickers:
            raise UnexpectedPayload(f"the venue answered without a ticker of {symbol}", venue=self.venue_id)
        return tickers[symbol]

    async def fetch_tickers(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, Ticker]:
        """Ask for the last 24 hours of several markets, by symbol; ``symbols`` None asks for every market.

        Raises as ``fetch_time``.
        """
        partial, rest = arguments.partial(params)
        request = SymbolsRequest(symbols=arguments.symbols(symbols), partial=partial, params=rest)
        tickers: tuple[Ticker, ...] = await self.run(self.operation("fetch_tickers", request), tuple)
        return keyed(tickers, lambda ticker: ticker.symbol or ticker.venue_symbol or "", partial=partial)

    async def fetch_order_book(
        self, symbol: str, limit: int | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderBook:
        """Ask for the order book of one market; ``limit`` prices a side, None is the venue's default.

        Raises as ``fetch_time``.
        """
        request = MarketRequest(
            symbol=arguments.symbol(symbol), limit=arguments.limit(limit), params=arguments.frozen_params(params)
        )
        return await self.run(self.operation("fetch_order_book", request), OrderBook)

    async def fetch_trades(
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
        ccxt does, in ``params``. Raises NotSupported where the venue gives newer ones only; else as ``fetch_time``.
        """
        partial, rest = arguments.partial(params)
        begin = await arguments.since(since)
        end, rest = arguments.until(until, rest, begin)
        request = MarketRequest(
            symbol=arguments.symbol(symbol),
            since=begin,
            until=end,
            limit=arguments.limit(limit),
            partial=partial,
            params=rest,
        )
        return listed(await self.run(self.operation("fetch_trades", request), tuple), partial=partial)

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
        """Ask for candles of one market, oldest first.

        Args:
            symbol: unified.
            timeframe: such as ``1m``, ``1h`` or ``1d``; InvalidArgument for one that the venue has not.
            since: only candles that begin from then on, in ms UTC; None gives the newest.
            limit: at most so many; None is the venue's default.
            params: keys that only the venue knows.
            until: only candles that begin up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no
                such bound. NotSupported where the venue gives newer ones only.

        Raises as ``fetch_time``.
        """
        partial, rest = arguments.partial(params)
        begin = await arguments.since(since)
        end, rest = arguments.until(until, rest, begin)
        request = MarketRequest(
            symbol=arguments.symbol(symbol),
            timeframe=arguments.required("timeframe", arguments.printable_text("timeframe", timeframe)),
            since=begin,
            until=end,
            limit=arguments.limit(limit),
            partial=partial,
            params=rest,
        )
        return listed(await self.run(self.operation("fetch_ohlcv", request), tuple), partial=partial)

    async def fetch_time(self) -> int:
        """Ask the venue for its clock, in ms UTC. Needs no key.

        Sent once: where the answer is lost, ask again.

        Raises:
            NotSupported, NotSent: nothing was sent.
            OutcomeUnknown, UnexpectedPayload: no answer came, or none that can be read.
            VenueError (RateLimited, AuthenticationError and others): refused.
        """
        return await self.run(self.operation("fetch_time"), int)

    async def fetch_status(self) -> VenueStatus:
        """Ask whether the venue works. Needs no key.

        Raises as ``fetch_time``.
        """
        return await self.run(self.operation("fetch_status"), VenueStatus)

    def market(self, symbol: str) -> Market:
        """As ``Venue.market``."""
        symbol = arguments.symbol(symbol)
        if self.markets.by_symbol is None:
            raise InvalidArgument("symbol: no markets are loaded; call load_markets first")
        if symbol not in self.markets.by_symbol:
            raise market_rules.unknown_symbol(self.markets.by_symbol, symbol)
        return self.markets.by_symbol[symbol]

    def rounded(self, name: str, symbol: str, value: Number, rounding: str | None = None) -> Decimal:
        """As ``Venue.amount_to_precision`` and the like; ``name`` says which of ``amount``, ``price``, ``cost``."""
        number = arguments.positive(name, value)
        if number is None:
            raise InvalidArgument(f"{name} is needed")
        if rounding is not None and not arguments.is_one_of(market_rules.ROUNDINGS, rounding):
            raise InvalidArgument(f"rounding must be one of {', '.join(market_rules.ROUNDINGS)}, not {shown(rounding)}")
        return market_rules.rounded(name, self.market(symbol), number, rounding)


def _all(params: Mapping[str, Any] | None) -> SymbolsRequest:
    partial, rest = arguments.partial(params)
    return SymbolsRequest(partial=partial, params=rest)
