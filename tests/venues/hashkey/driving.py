"""Drive one hook of an opened HashKey site by hand: see the one request that it sends, and answer it."""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from hk_adapter.flow.effects import Flow, HttpCall
from hk_adapter.flow.wire import Response
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.hashkey.plugin import HashKeyVenue, open_venue

T = TypeVar("T")


def opened(site: str = "hk") -> HashKeyVenue:
    """Open a site that nobody is behind."""
    return cast("HashKeyVenue", open_venue(VenueSettings(venue_id="hashkey", site=site, environment="simulator")))


def sent(flow: Flow[Any]) -> HttpCall:
    """Give the request that a hook sends first."""
    call = flow.send(None)
    flow.close()
    assert isinstance(call, HttpCall)
    return call


def answered(flow: Flow[T], body: Any, status: int = 200) -> T:
    """Give a hook's result for an answer, as JSON values or bytes; it must send exactly one request."""
    assert isinstance(flow.send(None), HttpCall)
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        flow.send(Response(status, {}, text))
    except StopIteration as stop:
        return cast("T", stop.value)
    raise AssertionError("a hook sent a second request")
