"""The HashKey venue plugin: joins endpoints, signing and parsing behind the venue hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import ConfigurationError, InvalidArgument, UnexpectedPayload
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.wire import HttpRequest
from hk_adapter.hooks import Credentials, RateLimit, VenueSettings, hookimpl
from hk_adapter.model import CancelRequest, CreateOrderRequest, FetchOrderRequest, Order
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.answers import read_object
from hk_adapter.venues.hashkey.codes import VENUE
from hk_adapter.venues.hashkey.parse import acknowledged, parse_order
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

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel by one id; the answer shows the order as it was before the cancel."""
        _refuse_params(request.params)
        _check_symbol(request.symbol)
        payload = read_object(await endpoints.cancel_order(request), "cancel_order")
        return acknowledged(parse_order(payload, operation="cancel_order", symbol=request.symbol))

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
        if isinstance(server_time, bool) or not isinstance(server_time, int) or server_time < 0:
            raise UnexpectedPayload(f"{VENUE}: no serverTime in ms", venue=VENUE, operation="fetch_time")
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
