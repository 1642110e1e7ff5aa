"""The hooks that show what everybody can see, and what they send. None needs a key."""

from __future__ import annotations

from hk_adapter.errors import InvalidArgument, NotSupported, shown
from hk_adapter.hooks import hookimpl
from hk_adapter.model import (
    Candle,
    Currency,
    Market,
    MarketRequest,
    OrderBook,
    ReadRows,
    SymbolsRequest,
    Ticker,
    Trade,
    VenueStatus,
)
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.parse.market_data import (
    parse_book,
    parse_candles,
    parse_public_trades,
    parse_tickers,
    parse_time,
)
from hk_adapter.venues.hashkey.parse.markets import parse_currencies, parse_markets
from hk_adapter.venues.hashkey.responses import read_list, read_object
from hk_adapter.venues.hashkey.site_hooks import SiteHooks
from hk_adapter.venues.hashkey.sites import Site
from hk_adapter.venues.hashkey.symbols import SymbolNames
from hk_adapter.venues.hashkey.validation import OF_A_LIST, refuse_params

TIMEFRAMES = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w", "1M")
"""Of candles; the venue's words are ccxt's."""
_MINUTE = 60_000
_UNITS = {"m": _MINUTE, "h": 60 * _MINUTE, "d": 1440 * _MINUTE, "w": 7 * 1440 * _MINUTE, "M": 31 * 1440 * _MINUTE}
DEEPEST_BOOK = 200
"""Prices a side that may be asked for (MENA documentation, 2026); a public call of Sept 2026 got 100 at the most."""
MOST_TRADES = 100
"""The newest, and no way to older ones."""
MOST_CANDLES = 1000


class MarketHooks(SiteHooks):
    """What everybody can see."""

    @hookimpl
    async def fetch_markets(self, request: SymbolsRequest) -> tuple[Market, ...]:
        """Read the catalogue, and keep its names: from then on every symbol is exact."""
        refuse_params(request.params)
        asked = request.symbols
        one = self._names.word(asked[0]) if asked is not None and len(asked) == 1 else None
        params = ({} if one is None else {"symbol": one}) | _of_site(self._site)
        found = parse_markets(read_object(await endpoints.MARKETS.call(params), "fetch_markets"), of_one=one)
        self._names.learn(found)
        wanted = (market for market in found if asked is None or market.symbol in asked)
        return ReadRows(wanted, found.unread)

    @hookimpl
    async def fetch_currencies(self, request: SymbolsRequest) -> tuple[Currency, ...]:
        """Read the coins of the catalogue."""
        refuse_params(request.params)
        if request.symbols is not None:
            raise InvalidArgument("symbols: hashkey lists all currencies, not those of some markets")
        return parse_currencies(read_object(await endpoints.CURRENCIES.call(_of_site(self._site)), "fetch_currencies"))

    @hookimpl
    async def fetch_tickers(self, request: SymbolsRequest) -> tuple[Ticker, ...]:
        """Read the last 24 hours of one pair, or of all; of several, those asked for are picked from all."""
        refuse_params(request.params)
        asked = None if request.symbols is None else {self._names.word(symbol): symbol for symbol in request.symbols}
        params = {"symbol": next(iter(asked))} if asked is not None and len(asked) == 1 else {}
        rows = read_list(await endpoints.TICKERS.call(params | _of_site(self._site)), "fetch_tickers")
        return parse_tickers(rows, asked=asked, catalogue=self._names.words, unify=self._names.unified)

    @hookimpl
    async def fetch_order_book(self, request: MarketRequest) -> OrderBook:
        """Read a book; its prices cannot be had page by page."""
        refuse_params(request.params)
        call = endpoints.BOOK.call(_params_of(self._site, self._names, request, most=DEEPEST_BOOK))
        return parse_book(read_object(await call, "fetch_order_book"), symbol=request.symbol, limit=request.limit)

    @hookimpl
    async def fetch_trades(self, request: MarketRequest) -> tuple[Trade, ...]:
        """Read the newest public trades, 100 at the most; the venue takes no ``since`` or ``until``: they only cut."""
        refuse_params(request.params, of_the_call=OF_A_LIST)
        params = _params_of(self._site, self._names, request, most=MOST_TRADES)
        if request.since is not None or request.until is not None:
            params.pop("limit", None)
        rows = read_list(await endpoints.TRADES.call(params), "fetch_trades")
        found = parse_public_trades(
            rows, symbol=request.symbol, since=request.since, until=request.until, limit=request.limit
        )
        if request.until is not None and not found and len(rows) >= MOST_TRADES:
            raise NotSupported(
                f"{VENUE} shows the newest {len(rows)} trades, and none of the span asked for is among them"
            )
        return found

    @hookimpl
    async def fetch_ohlcv(self, request: MarketRequest) -> tuple[Candle, ...]:
        """Read candles, 1000 at the most; the next ones begin after the last one's time."""
        refuse_params(request.params, of_the_call=OF_A_LIST)
        if request.timeframe not in TIMEFRAMES:
            raise InvalidArgument(f"timeframe: hashkey has {', '.join(TIMEFRAMES)}, not {shown(request.timeframe)}")
        params = _params_of(self._site, self._names, request, most=MOST_CANDLES, more="; ask for more from since on")
        params["interval"] = request.timeframe
        if request.since is not None:
            params["startTime"] = str(request.since)
        if request.until is not None:
            params |= _up_to(request.until, request)
        rows = read_list(await endpoints.CANDLES.call(params), "fetch_ohlcv")
        return parse_candles(rows, since=request.since, until=request.until, limit=request.limit)

    @hookimpl
    async def fetch_status(self) -> VenueStatus:
        """Ask whether the venue answers; it does not tell of maintenance otherwise than by its errors."""
        return VenueStatus(status="ok", info=read_object(await endpoints.PING.call({}), "fetch_status"))

    @hookimpl
    async def fetch_time(self) -> int:
        """Read the venue's clock, in ms UTC."""
        return parse_time(read_object(await endpoints.TIME.call({}), "fetch_time"))


def _up_to(until: int, request: MarketRequest) -> dict[str, str]:
    """Bound candles above; without ``since`` also below, as nobody says which of more than a page the venue leaves."""
    bounds = {"endTime": str(until)}
    if request.since is None:
        word = str(request.timeframe)
        first = until - MOST_CANDLES * int(word[:-1]) * _UNITS[word[-1]] + 1
        bounds |= {"startTime": str(max(0, first)), "limit": str(MOST_CANDLES)}
    return bounds


def _of_site(site: Site) -> dict[str, str]:
    return {} if site.market_site is None else {"site": site.market_site}


def _params_of(site: Site, names: SymbolNames, request: MarketRequest, *, most: int, more: str = "") -> dict[str, str]:
    if request.limit is not None and request.limit > most:
        raise InvalidArgument(f"limit: hashkey gives {most} at once at the most, not {request.limit}{more}")
    limit = {} if request.limit is None else {"limit": str(request.limit)}
    return {"symbol": names.word(request.symbol)} | limit | _of_site(site)
