"""What is sent to a sandbox never reaches the exchange itself, at any exchange that ccxt knows a sandbox of."""

from __future__ import annotations

from urllib.parse import urlsplit

import hk_adapter as hk
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.ccxt_bridge.plugin import open_venue
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.driven.exchanges import driven_members, prepare
from tests.ccxt_bridge.driven.stage import Stage, value_of

DEMO_HEADERS = {"x-simulated-trading"}
"""By these an exchange trades on its sandbox under its own host."""


def asked(venue, stage):
    """The requests of a create and of a cancel."""
    cancel = hk.CancelRequest(order_id="41", symbol=stage.symbol, params=stage.cancels)
    sent = []
    for flow in (venue.create_order(stage.limit(stage.callers)), venue.cancel_order(cancel)):
        value_of(lambda flow=flow: run(flow, always(400, b"{}"), sent))
    return sent


@each("member", driven_members())
def test_a_sandbox_is_another_place(member):
    """Another host than without it, or a header that says so."""
    stage = Stage(member)
    settings = VenueSettings(venue_id=f"ccxt:{member}", environment="sandbox", base_url=None, options={})
    try:
        venue = open_venue(settings)
    except hk.NotSupported:
        return
    for name in ("apiKey", "secret", "password", "uid"):
        setattr(venue._exchange, name, getattr(stage.exchange, name))
    prepare(venue._exchange, member)
    places = {urlsplit(request.url).netloc for request in asked(stage.venue, stage)}
    for request in asked(venue, stage):
        demo = any(name.lower() in DEMO_HEADERS and value == "1" for name, value in request.headers.items())
        assert demo or urlsplit(request.url).netloc not in places
