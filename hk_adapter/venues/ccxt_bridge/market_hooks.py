"""The hooks that show what everyone can see of an exchange: currencies, tickers, books, trades, its clock and state."""

from __future__ import annotations

from functools import partial

from hk_adapter.errors import InvalidArgument, UnexpectedPayload, shown
from hk_adapter.hooks import hookimpl
from hk_adapter.model import (
    Candle,
    Currency,
    MarketRequest,
    OrderBook,
    ReadRows,
    SymbolsRequest,
    Ticker,
    Trade,
    VenueStatus,
)
from hk_adapter.venues.ccxt_bridge import capabilities, parse, parse_markets
from hk_adapter.venues.ccxt_bridge.read_hooks import ReadHooks, of_symbols, with_until
from hk_adapter.venues.ccxt_bridge.terms import check_symbol, check_symbols


class MarketHooks(ReadHooks):
    """What is public of one exchange, but its list of markets."""

    @hookimpl
    async def fetch_currencies(self, request: SymbolsRequest) -> tuple[Currency, ...]:
        """Ask for the currencies."""
        answer = await self._call("fetchCurrencies", "fetch_currencies", params=request.params)
        return parse.readable(parse_markets.currency, answer, "currency", "code")

    @hookimpl
    async def fetch_tickers(self, request: SymbolsRequest) -> tuple[Ticker, ...]:
        """Ask for tickers: one by itself, several together."""
        check_symbols(self._exchange, request.symbols)
        one = request.symbols is not None and len(request.symbols) == 1
        singly, together = (capabilities.has(self._exchange, way) for way in ("fetchTicker", "fetchTickers"))
        if (one and singly) or not together:
            symbol = self._one_symbol(request)
            answer = await self._call("fetchTicker", "fetch_ticker", symbol, params=request.params)
            return (parse.exactly(parse_markets.ticker, answer, "ticker"),)
        symbols = None if request.symbols is None else list(request.symbols)
        answer = await self._call("fetchTickers", "fetch_tickers", symbols, params=request.params)
        return of_symbols(parse.readable(parse_markets.ticker, answer, "ticker", "symbol"), request.symbols)

    @hookimpl
    async def fetch_order_book(self, request: MarketRequest) -> OrderBook:
        """Ask for the order book of a market."""
        check_symbol(self._exchange, request.symbol)
        answer = await self._call(
            "fetchOrderBook", "fetch_order_book", request.symbol, request.limit, params=request.params
        )
        return parse.exactly(partial(parse_markets.order_book, symbol=request.symbol), answer, "order book")

    @hookimpl
    async def fetch_trades(self, request: MarketRequest) -> tuple[Trade, ...]:
        """Ask for the newest public trades of a market, oldest first."""
        check_symbol(self._exchange, request.symbol)
        answer = await self._call(
            "fetchTrades", "fetch_trades", request.symbol, request.since, request.limit, params=with_until(request)
        )
        found = parse.readable(parse.trade, answer, "trade", "id")
        return ReadRows(sorted(found, key=lambda trade: trade.timestamp or 0), found.unread)

    @hookimpl
    async def fetch_ohlcv(self, request: MarketRequest) -> tuple[Candle, ...]:
        """Ask for candles, oldest first."""
        check_symbol(self._exchange, request.symbol)
        timeframe = request.timeframe or "1m"
        known = self._exchange.timeframes or {}
        if known and timeframe not in known:
            raise InvalidArgument(f"timeframe {shown(timeframe)} is none of {', '.join(known)}")
        answer = await self._call(
            "fetchOHLCV",
            "fetch_ohlcv",
            request.symbol,
            timeframe,
            request.since,
            request.limit,
            params=with_until(request),
        )
        if not isinstance(answer, list | tuple):
            raise UnexpectedPayload(f"ccxt gave {type(answer).__name__} for candles")
        return parse_markets.candles(answer)

    @hookimpl
    async def fetch_time(self) -> int:
        """Read the exchange's clock."""
        answer = await self._call("fetchTime", "fetch_time")
        if isinstance(answer, bool) or not isinstance(answer, int):
            raise UnexpectedPayload("ccxt gave no time in ms")
        return answer

    @hookimpl
    async def fetch_status(self) -> VenueStatus:
        """Ask whether the exchange works."""
        return parse.exactly(parse_markets.status, await self._call("fetchStatus", "fetch_status"), "status")
