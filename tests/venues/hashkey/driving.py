"""Drive one hook of an opened HashKey site by hand: see the requests that it sends, and answer them."""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.flow.effects import Flow, HttpCall
from hk_adapter.flow.http import Response
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


def answered(flow: Flow[T], body: Any, status: int = 200, *, then: tuple[str, Any] | None = None) -> T:
    """Give a hook's result for an answer, as JSON values or bytes.

    It must send exactly one request, or one more to the path that ``then`` names, with the answer to it.
    """
    assert isinstance(flow.send(None), HttpCall)
    answers = [(status, body)] if then is None else [(status, body), (200, then[1])]
    for number, (code, values) in enumerate(answers, 1):
        text = values if isinstance(values, bytes) else json.dumps(values).encode()
        try:
            call = flow.send(Response(code, {}, text))
        except StopIteration as stop:
            assert number == len(answers), "a hook did not send the second request"
            return cast("T", stop.value)
        assert number < len(answers), "a hook sent one request more"
        assert then is not None
        assert isinstance(call, HttpCall)
        assert (call.method, call.path) == ("GET", then[0])
    raise AssertionError("unreachable")


def is_whole(flow: Flow[Any], body: Any) -> bool:
    """Say whether an answer is taken without telling of an unreadable row, or being refused as a whole."""
    try:
        return not answered(flow, body).unread
    except UnexpectedPayload:
        return False
