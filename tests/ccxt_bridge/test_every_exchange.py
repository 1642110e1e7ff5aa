"""Every exchange that ccxt has: opened, and driven without a network. Nothing but effects is ever awaited."""

from __future__ import annotations

from decimal import Decimal

import ccxt
import pytest

import hk_adapter as hk
from hk_adapter.hooks import VenueSettings
from hk_adapter.registry import open_venue as open_by_registry
from hk_adapter.venues.ccxt_bridge.read_only_requests import asks_only
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run

PAGE = always(502, b"<html>Bad gateway</html>")


@each("member", ccxt.exchanges)
def test_it_keeps_the_plugin_contract(member):
    """The registry takes what the bridge opens: hosts, limits, hooks and all."""
    venue = open_by_registry(VenueSettings(venue_id=f"ccxt:{member}", environment="production"))
    assert venue.hosts
    assert all(host.startswith("https://") for host in venue.hosts)


@each("member", ccxt.exchanges)
def test_a_gateways_page_is_never_a_refusal_of_an_order(member):
    """A 502 leaves a cancel and a create in doubt at every exchange, or they were never sent; questions place none."""
    venue = opened(member)
    asked = hk.CancelRequest(order_id="41", symbol="ETH/USD")
    placed = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.BUY,
        client_order_id="a1b2c3",
        amount=Decimal(1),
        price=Decimal(1900),
    )
    for flow in (venue.cancel_order(asked), venue.create_order(placed)):
        sent = []
        with pytest.raises(hk.AdapterError) as caught:
            run(flow, PAGE, sent)
        assert not (sent and isinstance(caught.value, hk.PluginError))
        if flow.__name__ == "create_order":
            sent = [one for one in sent if not asks_only(type(venue._exchange), one.method, one.url)]
        assert caught.value.request_state == ("unknown" if sent else "not_sent"), caught.value


@each("member", ccxt.exchanges)
def test_markets_are_loaded_by_effects_alone(member):
    """Also where ccxt gathers several requests in tasks of asyncio."""
    venue, sent = opened(member), []
    markets, error = None, None
    try:
        markets = run(venue.fetch_markets(hk.SymbolsRequest()), PAGE, sent)
    except hk.AdapterError as raised:
        error = raised
    # ccxt knows some exchanges' markets by heart.
    assert bool(sent) == (error is not None) == (not markets)
    assert not isinstance(error, hk.PluginError)


@each("member", ccxt.exchanges)
def test_an_order_that_is_listed_can_be_canceled(member):
    """By the id and the symbol that its row has. A cancel that names no order is refused, and nothing is sent."""
    venue, sent = opened(member), []
    venue.check_cancel(hk.CancelRequest(order_id="1001", symbol="ETH/USD"))
    for symbol in ("ETH/USD", None):
        with pytest.raises((hk.InvalidArgument, hk.NotSupported)):
            run(venue.cancel_order(hk.CancelRequest(symbol=symbol)), PAGE, sent)
    assert sent == []
