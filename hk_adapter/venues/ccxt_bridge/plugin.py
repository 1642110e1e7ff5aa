"""The venue plugin of ``ccxt:<exchange>``: opens one ccxt exchange, and says what the core needs of it.

The hooks stand by topic in ``orders``, ``order_lists``, ``account_hooks`` and ``market_hooks``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from hk_adapter.errors import AdapterError, PluginError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.prepared import PreparedCall
from hk_adapter.hooks import HEEDED, Credentials, Declared, Scrub, VenueSettings, hookimpl
from hk_adapter.model import (
    CancelRequest,
    CountdownRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    Market,
    Order,
    OrderPage,
    SymbolsRequest,
)
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.frozen import thawed
from hk_adapter.venues.ccxt_bridge import capabilities, parse, parse_markets, row_limits
from hk_adapter.venues.ccxt_bridge.account_hooks import AccountHooks
from hk_adapter.venues.ccxt_bridge.call_record import ORDERS, PACED, READS
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator
from hk_adapter.venues.ccxt_bridge.config import (
    configured_exchange,
    configured_pro,
    hosts_of,
    key_names_of,
    listens,
    secrets_of,
)
from hk_adapter.venues.ccxt_bridge.countdown import check_span, set_countdown
from hk_adapter.venues.ccxt_bridge.id_forms import CLIENT_ID_FORMS, LARGEST_CLIENT_ID
from hk_adapter.venues.ccxt_bridge.market_hooks import MarketHooks
from hk_adapter.venues.ccxt_bridge.order_lists import OrderLists
from hk_adapter.venues.ccxt_bridge.orders import Orders
from hk_adapter.venues.ccxt_bridge.pro_hints import ProHints
from hk_adapter.venues.ccxt_bridge.read_hooks import of_symbols
from hk_adapter.venues.ccxt_bridge.scrub import scrub_of

hk_adapter_contract = 1


@hookimpl
def open_venue(settings: VenueSettings) -> CcxtVenue:
    """Open one of ccxt's exchanges. Options: ccxt's own configuration, such as ``password``, ``uid``, ``options``."""
    exchange = configured_exchange(settings)
    if not listens(settings):
        return CcxtVenue(exchange)
    return CcxtVenue(exchange, partial(configured_pro, settings))


class CcxtVenue(AccountHooks, MarketHooks):
    """One ccxt exchange. ccxt signs and reads; what it wants sent, the core sends."""

    limits: Mapping[str, Declared] = dict.fromkeys((ORDERS, READS, PACED), ())
    """None of ours: ccxt's own throttle paces its requests (``enableRateLimit``)."""
    loads_markets = True
    """ccxt needs its markets for nearly everything: no order shall wait for them."""
    request_lifetime = 60_000
    """ccxt does not say how long an exchange takes a request; a minute is more than any of them."""
    clock_ahead = 86_400_000
    """Nor how far ahead a timestamp may be; where there are nonces alone nobody looks: ours may be wrong by a day."""

    key_kinds = frozenset({"hmac"})
    """As far as the core goes: ccxt signs by itself, with PEM text in the secret's place too."""
    heeds = HEEDED
    """Each is refused."""

    def __init__(self, exchange: Any, pro: Callable[[], Any] | None = None) -> None:
        """``pro`` makes ccxt.pro's exchange, where it may listen; None where it has none."""
        super().__init__(exchange, ErrorTranslator(exchange.id, refuses_by_500=capabilities.refuses_by_500(exchange)))
        if pro is not None:
            self.hints = partial(ProHints, pro, exchange)
        self._translator.hide(secrets_of(exchange))
        self._lists = OrderLists(exchange, self._translator)
        self._orders = Orders(exchange, self._translator, self._lists)
        self._introduced = False
        self.key_names = key_names_of(exchange)
        self.hosts = hosts_of(exchange)
        self.shared_limits = {**self.limits, PACED: exchange.pace.shared()}
        self.support = capabilities.support(exchange)
        self.seconds_an_order = capabilities.seconds_an_order(exchange)
        is_told = capabilities.name_of_new_id(exchange) is not None
        self.client_ids = ClientIds.CHANGED if is_told else ClientIds.NOT_SENT
        self.largest_client_id = LARGEST_CLIENT_ID.get(exchange.id)
        self.client_id_form = CLIENT_ID_FORMS.get(exchange.id)
        self.market_type = capabilities.market_type(exchange)

    def __repr__(self) -> str:
        return f"<CcxtVenue {self._exchange.id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open exchange holds a secret and is never pickled")

    def take_key(self, api_key: str, secret: str) -> None:
        """Keep the key that ccxt signs with."""
        lines = (line for line in secret.splitlines() if len(line) >= 16)  # of PEM text: errors are written in one
        self._translator.hide((api_key, secret, *lines))
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
        check_span(self._exchange.id, request.milliseconds)
        ask = partial(set_countdown, self._exchange)
        await self._call("cancelAllOrdersAfter", ask, request.milliseconds, params=request.params)
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
    async def fetch_markets(self, request: SymbolsRequest) -> tuple[Market, ...]:
        """Load the markets anew; ccxt keeps them. The first time, also what ccxt wants to know of the account.

        Asked within an order call, that would be further requests of it, and leave it in doubt if any of them failed.
        """
        answer = await self._ask(
            self._exchange.load_markets, True, thawed(request.params), most_rows=row_limits.OF_A_CATALOGUE
        )
        await self._introduce()
        read = partial(parse_markets.market, mode=self._exchange.precisionMode)
        return of_symbols(parse.readable(read, answer, "market", "symbol"), request.symbols)

    async def _introduce(self) -> None:
        if self._introduced or not self.has_key:
            return
        self._introduced = True
        for name in capabilities.introductions(self._exchange):
            with contextlib.suppress(AdapterError):  # then ccxt asks again within the order call
                await self._ask(getattr(self._exchange, name), *capabilities.INTRODUCTIONS[name])
