"""The venue plugin of ``ccxt:<exchange>``: the venue hooks over one ccxt exchange."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported, PluginError, UnexpectedPayload, shown
from hk_adapter.flow.effects import Flow, HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.prepared import PreparedCall
from hk_adapter.hooks import HEEDED, Credentials, Declared, Scrub, VenueSettings, hookimpl
from hk_adapter.model import (
    Account,
    AccountRequest,
    Balances,
    CancelRequest,
    Candle,
    CountdownRequest,
    CreateOrderRequest,
    Currency,
    FetchOrderRequest,
    ListOrdersRequest,
    ListTradesRequest,
    Market,
    MarketRequest,
    Order,
    OrderBook,
    OrderPage,
    ReadRows,
    SymbolsRequest,
    Ticker,
    Trade,
    TradePage,
    TradingFee,
    VenueStatus,
)
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.frozen import thawed
from hk_adapter.venues.ccxt_bridge import account, capabilities, markets, parse, row_limits
from hk_adapter.venues.ccxt_bridge.call_record import ORDERS, PACED, READS, current
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator, ask_ccxt
from hk_adapter.venues.ccxt_bridge.config import configured_exchange, configured_pro, hosts_of, listens, secrets_of
from hk_adapter.venues.ccxt_bridge.error_table import Purpose
from hk_adapter.venues.ccxt_bridge.id_forms import CLIENT_ID_FORMS, LARGEST_CLIENT_ID
from hk_adapter.venues.ccxt_bridge.order_lists import OrderLists
from hk_adapter.venues.ccxt_bridge.orders import Orders
from hk_adapter.venues.ccxt_bridge.page_end import Page, dropped, has_a_list, has_rows
from hk_adapter.venues.ccxt_bridge.pro_hints import ProHints
from hk_adapter.venues.ccxt_bridge.scrub import scrub_of
from hk_adapter.venues.ccxt_bridge.terms import check_params, check_symbol

hk_adapter_contract = 1

_CATALOGUES = ("fetchCurrencies", "fetchTickers", "fetchTicker", "fetchTrades", "fetchOHLCV", "fetchTradingFees")
_MOST_ROWS = dict.fromkeys(_CATALOGUES, row_limits.OF_A_CATALOGUE) | {"fetchOrderBook": row_limits.OF_A_BOOK}

Flows = Callable[..., Flow[Any]]
"""A method of ccxt's, or what stands around one."""


@hookimpl
def open_venue(settings: VenueSettings) -> CcxtVenue:
    """Open one of ccxt's exchanges. Options: ccxt's own configuration, such as ``password``, ``uid``, ``options``."""
    exchange = configured_exchange(settings)
    if not listens(settings):
        return CcxtVenue(exchange)
    return CcxtVenue(exchange, partial(configured_pro, settings))


class CcxtVenue:
    """One ccxt exchange. ccxt signs and reads; what it wants sent, the core sends."""

    limits: Mapping[str, Declared] = dict.fromkeys((ORDERS, READS, PACED), ())
    """None of ours: ccxt's own throttle paces its requests (``enableRateLimit``)."""
    loads_markets = True
    """ccxt needs its markets for nearly everything: no order shall wait for them."""
    request_lifetime = 60_000
    """ccxt does not say how long an exchange takes a request; a minute is more than any of them."""
    clock_ahead = 86_400_000
    """Nor how far ahead a timestamp may be; where there are nonces alone nobody looks: ours may be wrong by a day."""

    heeds = HEEDED
    """Each is refused."""

    def __init__(self, exchange: Any, pro: Callable[[], Any] | None = None) -> None:
        """``pro`` makes ccxt.pro's exchange, where it may listen; None where it has none."""
        self._exchange = exchange
        if pro is not None:
            self.hints = partial(ProHints, pro, exchange)
        self._failures = ErrorTranslator(exchange.id)
        self._failures.hide(secrets_of(exchange))
        self._lists = OrderLists(exchange, self._failures)
        self._orders = Orders(exchange, self._failures, self._lists)
        self._introduced = False
        self.hosts = hosts_of(exchange)
        self.shared_limits = {**self.limits, PACED: exchange.pace.shared()}
        self.support = capabilities.support(exchange)
        self.seconds_an_order = capabilities.seconds_an_order(exchange)
        takes = capabilities.takes_client_id(exchange, "create_order")
        self.client_ids = ClientIds.CHANGED if takes else ClientIds.NOT_SENT
        self.largest_client_id = LARGEST_CLIENT_ID.get(exchange.id)
        self.client_id_form = CLIENT_ID_FORMS.get(exchange.id)

    def __repr__(self) -> str:
        return f"<CcxtVenue {self._exchange.id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open exchange holds a secret and is never pickled")

    def take_key(self, api_key: str, secret: str) -> None:
        """Keep the key that ccxt signs with."""
        self._failures.hide((api_key, secret))
        self._exchange.apiKey, self._exchange.secret = api_key, secret

    @property
    def scrub(self) -> Scrub:
        """What of the traffic a recording keeps, in this exchange's own words."""
        return scrub_of(self._exchange)

    @property
    def has_key(self) -> bool:
        """Whether ccxt has all that it signs with: some exchanges take a wallet in place of a key."""
        return bool(self._exchange.check_required_credentials(False))

    @property
    def key_text(self) -> str:
        """What ccxt signs with, all of it: what stands for the key where that is a wallet."""
        needed = sorted(name for name, is_so in self._exchange.requiredCredentials.items() if is_so)
        return "\n".join(str(getattr(self._exchange, name, None) or "") for name in needed)

    def sign(self, call: HttpCall, credentials: Credentials | None, timestamp: int) -> HttpRequest:
        """Return the request that ccxt has signed for this call."""
        if not isinstance(call, PreparedCall) or call.request is None:
            raise PluginError("the ccxt bridge sends what ccxt has signed, and nothing else")
        return call.request

    def check_cancel(self, request: CancelRequest) -> None:
        """Refuse what could not be sent, or never be looked up. Raises InvalidArgument or NotSupported."""
        self._orders.check_cancel(request)

    def check_create(self, request: CreateOrderRequest) -> None:
        """Refuse what could not be sent as it is. Raises InvalidArgument or NotSupported."""
        self._orders.check_create(request)

    def look_params(self, request: CreateOrderRequest) -> Mapping[str, Any]:
        """Return what the look-ups of a new order have to say: where conditional orders have a book of their own."""
        return self._orders.look_params(request)

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Ask for a cancel; the answer is an acknowledgement, whatever ccxt makes of it."""
        return await self._orders.cancel(request)

    @hookimpl
    async def cancel_all_orders_after(self, request: CountdownRequest) -> bool:
        """Set the exchange's countdown, in whole seconds, or take it off."""
        if request.milliseconds % 1000:
            raise InvalidArgument("ccxt's exchanges count whole seconds: milliseconds must be a multiple of 1000")
        await self._call("cancelAllOrdersAfter", "cancel_all_orders_after", request.milliseconds, params=request.params)
        return True

    @hookimpl
    async def create_order(self, request: CreateOrderRequest) -> Order:
        """Place one order."""
        return await self._orders.create(request)

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Look one order up."""
        return await self._orders.fetch(request)

    @hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List the orders on the book, newest first."""
        return await self._lists.open_orders(request)

    @hookimpl
    async def fetch_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List the order history, newest first, as far back as the exchange goes."""
        return await self._lists.order_history(request)

    @hookimpl
    async def fetch_my_trades(self, request: ListTradesRequest) -> TradePage:
        """List the account's fills, newest first, as far back as one request goes."""
        if request.before_id or request.client_order_id or request.account_id:
            raise NotSupported("ccxt lists fills by symbol and time only")
        check_symbol(self._exchange, request.symbol)
        limit = request.limit or capabilities.page_limit(self._exchange, "fetchMyTrades", None)
        return await self._fills(
            "fetchMyTrades", "fetch_my_trades", request.symbol, request.since, limit, params=_with_until(request)
        )

    @hookimpl
    async def fetch_order_trades(self, request: ListTradesRequest) -> TradePage:
        """List the fills of one order, newest first, as far as one request goes."""
        if request.before_id or request.account_id:
            raise NotSupported("ccxt lists the fills of an order at once, and of the key's own account")
        return await self._fills(
            "fetchOrderTrades", "fetch_order_trades", request.order_id, request.symbol, params=request.params
        )

    @hookimpl
    async def fetch_balance(self, request: AccountRequest) -> Balances:
        """Ask for the balances of the key's own account."""
        _own_account(request)
        answer = await self._call("fetchBalance", "fetch_balance", params=request.params)
        return parse.exactly(account.balances, answer, "balance")

    @hookimpl
    async def fetch_trading_fees(self, request: SymbolsRequest) -> tuple[TradingFee, ...]:
        """Ask for the fees; an exchange that tells one at a time is asked for one."""
        if capabilities.has(self._exchange, "fetchTradingFees"):
            answer = await self._call("fetchTradingFees", "fetch_trading_fees", params=request.params)
            return _of(parse.readable(account.trading_fee, answer, "fee", "symbol"), request.symbols)
        symbol = self._one_symbol(request)
        answer = await self._call("fetchTradingFee", "fetch_trading_fee", symbol, params=request.params)
        return (parse.exactly(account.trading_fee, answer, "fee"),)

    @hookimpl
    async def fetch_accounts(self, request: AccountRequest) -> tuple[Account, ...]:
        """Ask which accounts the key can see."""
        _own_account(request)
        answer = await self._call("fetchAccounts", "fetch_accounts", params=request.params)
        return parse.readable(account.account, answer, "account", "id")

    @hookimpl
    async def fetch_markets(self, request: SymbolsRequest) -> tuple[Market, ...]:
        """Load the markets anew; ccxt keeps them. The first time, also what ccxt wants to know of the account.

        Asked within an order call, that would be further requests of it, and leave it in doubt if any of them failed.
        """
        answer = await self._ask(
            self._exchange.load_markets, True, thawed(request.params), most_rows=row_limits.OF_A_CATALOGUE
        )
        await self._introduce()
        read = partial(markets.market, mode=self._exchange.precisionMode)
        return _of(parse.readable(read, answer, "market", "symbol"), request.symbols)

    @hookimpl
    async def fetch_currencies(self, request: SymbolsRequest) -> tuple[Currency, ...]:
        """Ask for the currencies."""
        answer = await self._call("fetchCurrencies", "fetch_currencies", params=request.params)
        return parse.readable(markets.currency, answer, "currency", "code")

    @hookimpl
    async def fetch_tickers(self, request: SymbolsRequest) -> tuple[Ticker, ...]:
        """Ask for tickers: one by itself, several together."""
        one = request.symbols is not None and len(request.symbols) == 1
        singly, together = (capabilities.has(self._exchange, way) for way in ("fetchTicker", "fetchTickers"))
        if (one and singly) or not together:
            symbol = self._one_symbol(request)
            answer = await self._call("fetchTicker", "fetch_ticker", symbol, params=request.params)
            return (parse.exactly(markets.ticker, answer, "ticker"),)
        symbols = None if request.symbols is None else list(request.symbols)
        answer = await self._call("fetchTickers", "fetch_tickers", symbols, params=request.params)
        return _of(parse.readable(markets.ticker, answer, "ticker", "symbol"), request.symbols)

    @hookimpl
    async def fetch_order_book(self, request: MarketRequest) -> OrderBook:
        """Ask for the order book of a market."""
        answer = await self._call(
            "fetchOrderBook", "fetch_order_book", request.symbol, request.limit, params=request.params
        )
        return parse.exactly(partial(markets.order_book, symbol=request.symbol), answer, "order book")

    @hookimpl
    async def fetch_trades(self, request: MarketRequest) -> tuple[Trade, ...]:
        """Ask for the newest public trades of a market, oldest first."""
        answer = await self._call(
            "fetchTrades", "fetch_trades", request.symbol, request.since, request.limit, params=_with_until(request)
        )
        found = parse.readable(parse.trade, answer, "trade", "id")
        return ReadRows(sorted(found, key=lambda trade: trade.timestamp or 0), found.unread)

    @hookimpl
    async def fetch_ohlcv(self, request: MarketRequest) -> tuple[Candle, ...]:
        """Ask for candles, oldest first."""
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
            params=_with_until(request),
        )
        if not isinstance(answer, list | tuple):
            raise UnexpectedPayload(f"ccxt gave {type(answer).__name__} for candles")
        return markets.candles(answer)

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
        return parse.exactly(markets.status, await self._call("fetchStatus", "fetch_status"), "status")

    async def _introduce(self) -> None:
        if self._introduced or not self.has_key:
            return
        self._introduced = True
        for name in capabilities.introductions(self._exchange):
            with contextlib.suppress(AdapterError):  # then ccxt asks again within the order call
                await self._ask(getattr(self._exchange, name), *capabilities.INTRODUCTIONS[name])

    async def _fills(self, ability: str, method: str, *arguments: Any, params: Mapping[str, Any]) -> TradePage:
        pages: list[Page] = []
        read: list[str | None] = []

        async def listed(*given: Any, **named: Any) -> Any:
            answer = await getattr(self._exchange, method)(*given, **named)
            if (record := current()) is not None:
                pages.extend(record.pages)
                read.extend(record.fills)
            return answer

        answer = await self._call(ability, listed, *arguments, params=params)
        if not answer and pages and not has_a_list(pages):
            raise UnexpectedPayload(f"{self._exchange.id} answered without a list of fills")
        if not answer and not read and has_rows(pages):
            raise UnexpectedPayload(f"{self._exchange.id} answered with rows of which ccxt reads none")
        return _trade_page(answer, whole=not dropped(read, len(answer or ())))

    async def _call(
        self, ability: str, method: str | Flows, *arguments: Any, params: Mapping[str, Any] | None = None
    ) -> Any:
        if not capabilities.has(self._exchange, ability):
            raise NotSupported(f"ccxt has no {ability} for {self._exchange.id}")
        check_params(params or {})
        rows = _MOST_ROWS.get(ability, row_limits.OF_A_LIST)
        asked = getattr(self._exchange, method) if isinstance(method, str) else method
        return await self._ask(asked, *arguments, params=thawed(params or {}), most_rows=rows)

    async def _ask(self, method: Flows, *arguments: Any, **keywords: Any) -> Any:
        return await ask_ccxt(self._failures, Purpose.READ, method, *arguments, **keywords)

    def _one_symbol(self, request: SymbolsRequest) -> str:
        if request.symbols is None or len(request.symbols) != 1:
            raise NotSupported(f"{self._exchange.id} tells this of one symbol at a time")
        return request.symbols[0]


def _with_until(request: ListTradesRequest | MarketRequest) -> Mapping[str, Any]:
    return request.params if request.until is None else {**request.params, "until": request.until}


def _own_account(request: AccountRequest) -> None:
    if request.account_id is not None:
        raise NotSupported("ccxt looks into the key's own account only")


def _of(found: ReadRows[Any], symbols: tuple[str, ...] | None) -> ReadRows[Any]:
    if symbols is None:
        return found
    unread = (row for row in found.unread if row.about is None or row.about in symbols)
    return ReadRows((one for one in found if one.symbol in symbols), unread)


def _trade_page(answer: Any, *, whole: bool = True) -> TradePage:
    found = parse.readable(parse.trade, answer, "fill", "id")
    newest_first = tuple(sorted(found, key=lambda fill: fill.timestamp or 0, reverse=True))
    unread = found.unread
    return TradePage(trades=newest_first, complete=whole and not unread, left_out=len(unread), unread=unread)
