"""The HashKey venue plugin: the hooks by name, each one line to the room that knows how to ask and read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hk_adapter.errors import AdapterError, ConfigurationError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import Credentials, RateLimit, Scrub, VenueSettings, hookimpl
from hk_adapter.model import (
    Account,
    AccountRequest,
    Balances,
    CancelAllRequest,
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelRequest,
    Candle,
    CreateOrderRequest,
    CreateOrdersAnswer,
    CreateOrdersRequest,
    Currency,
    FetchOrderRequest,
    KeyInfo,
    ListOrdersRequest,
    ListTradesRequest,
    Market,
    MarketRequest,
    Order,
    OrderBook,
    OrderPage,
    SymbolsRequest,
    Ticker,
    Trade,
    TradePage,
    TradingFee,
    VenueStatus,
)
from hk_adapter.venues.hashkey import account, cancels, markets, orders
from hk_adapter.venues.hashkey.endpoints import site_support
from hk_adapter.venues.hashkey.options import CLOCK_AHEAD, DEFAULT_RECV_WINDOW, SECONDS_AN_ORDER, read_options
from hk_adapter.venues.hashkey.own_account import OwnAccount
from hk_adapter.venues.hashkey.scrub import SCRUB
from hk_adapter.venues.hashkey.signing import SignedOfJson, build_request
from hk_adapter.venues.hashkey.sites import Site, site_named
from hk_adapter.venues.hashkey.symbols import SymbolNames

hk_adapter_contract = 1


@hookimpl
def open_venue(settings: VenueSettings) -> HashKeyVenue:
    """Open one HashKey site. Its options are in ``options.py``."""
    if settings.member is not None:
        raise ConfigurationError(f"hashkey has no members; {settings.venue_id!r} is no venue")
    site = site_named(settings.site)
    origin = site.origin(settings.environment)
    options = read_options(settings, site)
    return HashKeyVenue(
        options.applied_to(site),
        settings.base_url or origin,
        options.recv_window,
        options.batch_signature,
        options.second_look,
    )


class HashKeyVenue:
    """One opened HashKey site. Keeps only the names of its markets, its batch path, and the key's own account."""

    def __init__(
        self,
        site: Site,
        origin: str,
        recv_window: int | None = None,
        batch_signature: SignedOfJson = "query",
        second_look: float | None = None,
    ) -> None:
        self._site = site
        self._origin = origin
        self._recv_window = recv_window
        self._batch_signature = batch_signature
        self._second_look = second_look
        self._batch_paths = site.batch_paths
        self._names = SymbolNames()
        self._own = OwnAccount()

    @property
    def hosts(self) -> frozenset[str]:
        """The one origin that requests may go to."""
        return frozenset({self._origin})

    @property
    def scrub(self) -> Scrub:
        """What of the traffic a recording keeps."""
        return SCRUB

    @property
    def limits(self) -> Mapping[str, RateLimit]:
        """The site's documented limits per key."""
        return self._site.limits

    @property
    def request_lifetime(self) -> int:
        """How long after its timestamp HashKey takes a request, in ms: ``recvWindow``, 5000 by default."""
        return self._recv_window or DEFAULT_RECV_WINDOW

    @property
    def clock_ahead(self) -> int:
        """How many ms a timestamp may be ahead: HashKey refuses more, and takes older ones by the request lifetime."""
        return CLOCK_AHEAD

    @property
    def seconds_an_order(self) -> float:
        """What each order adds to the time of a call of several: one by one, the lowest limit takes 10 a second."""
        return SECONDS_AN_ORDER

    @property
    def second_look(self) -> float | None:
        """Seconds after which the end of a canceled order is looked at once more; None takes it as it is."""
        return self._second_look

    @property
    def cancel_batch(self) -> int:
        """How many ids one ``cancel_orders`` takes."""
        return cancels.LARGEST_BATCH

    @property
    def create_batch(self) -> int:
        """How many orders one ``create_orders`` takes."""
        return orders.LARGEST_BATCH

    @property
    def support(self) -> Mapping[str, Literal["partial", False]]:
        """The hooks whose endpoints the site has only in part, or not at all."""
        return site_support(self._site)

    def sign(self, call: HttpCall, credentials: Credentials | None, timestamp: int) -> HttpRequest:
        """Build the exact bytes of a call; ``timestamp`` is in ms UTC."""
        return build_request(
            call,
            credentials,
            timestamp,
            origin=self._origin,
            key_header=self._site.key_header,
            recv_window=self._recv_window,
            batch_signature=self._batch_signature,
        )

    def check_cancel(self, request: CancelRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument."""
        cancels.check(request)

    def check_create(self, request: CreateOrderRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument, or NotSupported for a test the site has not."""
        orders.check(self._site, self._names, request)

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel one order."""
        return await cancels.cancel_order(self._names, request)

    @hookimpl
    async def cancel_orders(self, request: CancelOrdersRequest) -> CancelOrdersAnswer:
        """Cancel several orders by their ids."""
        return await cancels.cancel_orders(request)

    @hookimpl
    async def cancel_all_orders(self, request: CancelAllRequest) -> bool:
        """Cancel all orders, of a symbol or of every symbol."""
        return await cancels.cancel_all_orders(self._site, self._names, request)

    @hookimpl
    async def create_order(self, request: CreateOrderRequest) -> Order:
        """Place one order, or have it checked."""
        order = await orders.create_order(self._site, self._names, request)
        if order.client_order_id == request.client_order_id:
            self._own.learn(order)
        return order

    @hookimpl
    async def create_orders(self, request: CreateOrdersRequest) -> CreateOrdersAnswer:
        """Place several orders of one symbol."""
        paths = self._batch_paths
        try:
            answer = await orders.create_orders(self._site, self._names, request, paths[0])
        except AdapterError as error:
            if error.http_status == 404:
                # This site has no such path. Nothing is sent twice: the next batch goes to the next one.
                self._batch_paths = (*paths[1:], paths[0])
            raise
        for order in answer.results:
            if isinstance(order, Order):
                self._own.learn(order)
        return answer

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Look one order up."""
        return await orders.fetch_order(self._names, request)

    @hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List a page of the orders on the book."""
        return await orders.fetch_open_orders(self._site, self._names, self._own, request)

    @hookimpl
    async def fetch_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List a page of the order history."""
        return await orders.fetch_orders(self._site, self._names, self._own, request)

    @hookimpl
    async def fetch_my_trades(self, request: ListTradesRequest) -> TradePage:
        """List a page of the fills."""
        return await account.fetch_my_trades(self._site, self._names, request)

    @hookimpl
    async def fetch_balance(self, request: AccountRequest) -> Balances:
        """Read the balances."""
        return await account.fetch_balance(request)

    @hookimpl
    async def fetch_trading_fees(self, request: SymbolsRequest) -> tuple[TradingFee, ...]:
        """Read the fee rates."""
        return await account.fetch_trading_fees(self._names, request)

    @hookimpl
    async def fetch_accounts(self, request: AccountRequest) -> tuple[Account, ...]:
        """List the accounts that the key can see."""
        return await account.fetch_accounts(request)

    @hookimpl
    async def check_key(self, request: AccountRequest) -> KeyInfo:
        """Read what the key is."""
        return await account.check_key(request)

    @hookimpl
    async def fetch_markets(self, request: SymbolsRequest) -> tuple[Market, ...]:
        """Read what can be traded, and keep the names."""
        return await markets.fetch_markets(self._site, self._names, request)

    @hookimpl
    async def fetch_currencies(self, request: SymbolsRequest) -> tuple[Currency, ...]:
        """Read which currencies there are."""
        return await markets.fetch_currencies(self._site, request)

    @hookimpl
    async def fetch_tickers(self, request: SymbolsRequest) -> tuple[Ticker, ...]:
        """Read the last 24 hours of markets."""
        return await markets.fetch_tickers(self._site, self._names, request)

    @hookimpl
    async def fetch_order_book(self, request: MarketRequest) -> OrderBook:
        """Read a market's book."""
        return await markets.fetch_order_book(self._site, self._names, request)

    @hookimpl
    async def fetch_trades(self, request: MarketRequest) -> tuple[Trade, ...]:
        """Read a market's newest trades."""
        return await markets.fetch_trades(self._site, self._names, request)

    @hookimpl
    async def fetch_ohlcv(self, request: MarketRequest) -> tuple[Candle, ...]:
        """Read a market's candles."""
        return await markets.fetch_ohlcv(self._site, self._names, request)

    @hookimpl
    async def fetch_status(self) -> VenueStatus:
        """Ask whether the venue answers."""
        return await markets.fetch_status()

    @hookimpl
    async def fetch_time(self) -> int:
        """Read the venue's clock."""
        return await markets.fetch_time()
