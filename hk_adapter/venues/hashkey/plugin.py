"""The HashKey venue plugin: joins endpoints, signing and parsing behind the venue hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import ConfigurationError, InvalidArgument, NotSupported, UnexpectedPayload
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.wire import HttpRequest
from hk_adapter.hooks import Credentials, RateLimit, VenueSettings, hookimpl
from hk_adapter.model import (
    CancelAllRequest,
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    Order,
    OrderPage,
)
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.answers import read_list, read_object
from hk_adapter.venues.hashkey.codes import VENUE
from hk_adapter.venues.hashkey.parse import acknowledged, parse_order, parse_page
from hk_adapter.venues.hashkey.refusals import parse_refusals
from hk_adapter.venues.hashkey.signing import build_request
from hk_adapter.venues.hashkey.sites import Site, site_named
from hk_adapter.venues.hashkey.symbols import venue_symbol

hk_adapter_contract = 1

DEFAULT_RECV_WINDOW = 5000
LARGEST_RECV_WINDOW = 8000
"""Milliseconds; larger windows are refused since 2026-04-30 (MENA documentation, 2026)."""


@hookimpl
def open_venue(settings: VenueSettings) -> HashKeyVenue:
    """Open one HashKey site. Options: ``recv_window`` (ms, up to 8000; not sent unless given)."""
    if settings.member is not None:
        raise ConfigurationError(f"hashkey has no members; {settings.venue_id!r} is no venue")
    unknown = sorted(set(settings.options) - {"recv_window"})
    if unknown:
        raise ConfigurationError(f"hashkey does not know the setting {unknown[0]!r}; it knows recv_window")
    site = site_named(settings.site)
    origin = site.origin(settings.environment)
    return HashKeyVenue(site, settings.base_url or origin, _recv_window(settings.options.get("recv_window")))


class HashKeyVenue:
    """One opened HashKey site."""

    def __init__(self, site: Site, origin: str, recv_window: int | None) -> None:
        self._site = site
        self._origin = origin
        self._recv_window = recv_window

    @property
    def hosts(self) -> frozenset[str]:
        """The one origin that requests may go to."""
        return frozenset({self._origin})

    @property
    def limits(self) -> Mapping[str, RateLimit]:
        """The site's documented limits per key."""
        return self._site.limits

    @property
    def request_lifetime(self) -> int:
        """How long after its timestamp HashKey takes a request, in ms: ``recvWindow``, 5000 by default."""
        return self._recv_window or DEFAULT_RECV_WINDOW

    @property
    def cancel_batch(self) -> int:
        """How many ids one ``cancel_orders`` takes."""
        return endpoints.LARGEST_BATCH

    def sign(self, call: HttpCall, credentials: Credentials | None, timestamp: int) -> HttpRequest:
        """Build the exact bytes of a call; ``timestamp`` is in ms UTC."""
        return build_request(
            call,
            credentials,
            timestamp,
            origin=self._origin,
            key_header=self._site.key_header,
            recv_window=self._recv_window,
        )

    def check_cancel(self, request: CancelRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument."""
        _refuse_params(request.params)
        _check_symbol(request.symbol)
        endpoints.check_ids(request.order_id, request.client_order_id)

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel by one id; the answer shows the order as it was before the cancel."""
        self.check_cancel(request)
        payload = read_object(await endpoints.cancel_order(request), "cancel_order")
        return acknowledged(parse_order(payload, operation="cancel_order", symbol=request.symbol))

    @hookimpl
    async def cancel_orders(self, request: CancelOrdersRequest) -> CancelOrdersAnswer:
        """Cancel up to 100 orders by id: ``0000`` means executed, and ``result`` lists only those that failed."""
        _refuse_params(request.params)
        payload = read_object(await endpoints.cancel_orders(request), "cancel_order")
        return CancelOrdersAnswer(refused=parse_refusals(payload, request.order_ids))

    @hookimpl
    async def cancel_all_orders(self, request: CancelAllRequest) -> bool:
        """Ask for all orders of a symbol, or of every symbol where the site can; success only means accepted."""
        _refuse_params(request.params)
        if request.symbol is not None:
            payload = read_object(await endpoints.cancel_symbol(request, request.symbol), "cancel_order")
            if payload.get("success") is not True:
                raise UnexpectedPayload(f"{VENUE}: a mass cancel without success", venue=VENUE)
            return True
        if not self._site.cancels_every_symbol:
            raise NotSupported(f"hashkey's site {self._site.name} cancels all orders by symbol only", venue=VENUE)
        read_object(await endpoints.cancel_every_symbol(request), "cancel_order")
        return True

    @hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List a page of the orders on the book, newest first."""
        _refuse_params(request.params)
        rows = read_list(await endpoints.fetch_open_orders(request, self._site.cursor), "fetch_open_orders")
        return parse_page(rows, operation="fetch_open_orders", limit=request.limit or endpoints.LARGEST_PAGE)

    @hookimpl
    async def fetch_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List a page of the order history of 90 days, newest first."""
        _refuse_params(request.params)
        rows = read_list(await endpoints.fetch_orders(request, self._site.cursor), "fetch_orders")
        return parse_page(rows, operation="fetch_orders", limit=request.limit or endpoints.LARGEST_PAGE)

    @hookimpl
    async def create_order(self, request: CreateOrderRequest) -> Order:
        """Place one order by the v1.1 endpoint."""
        _refuse_params(request.params)
        payload = read_object(await endpoints.create_order(request), "create_order")
        return parse_order(payload, operation="create_order", symbol=request.symbol)

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Look one order up by one id."""
        _refuse_params(request.params)
        _check_symbol(request.symbol)
        payload = read_object(await endpoints.fetch_order(request), "fetch_order")
        return parse_order(payload, operation="fetch_order", symbol=request.symbol)

    @hookimpl
    async def fetch_time(self) -> int:
        """Read the venue's clock."""
        payload = read_object(await endpoints.fetch_time(), "fetch_time")
        server_time = payload.get("serverTime")
        if isinstance(server_time, bool) or not isinstance(server_time, int) or len(str(abs(server_time))) != 13:
            raise UnexpectedPayload(f"{VENUE}: no serverTime of 13 digits", venue=VENUE, operation="fetch_time")
        return server_time


def _refuse_params(params: Mapping[str, Any]) -> None:
    if params:
        raise InvalidArgument(f"params: hashkey does not know {min(params)!r} here")


def _check_symbol(symbol: str | None) -> None:
    # It is not sent, so it must be refused here: beside the answer it would be too late.
    if symbol is not None:
        venue_symbol(symbol)


def _recv_window(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_RECV_WINDOW:
        raise ConfigurationError(f"recv_window must be an int of 1 to {LARGEST_RECV_WINDOW} ms, not {value!r}")
    return value
