"""Drives a hook by hand: takes each request that it awaits, and answers it."""

from __future__ import annotations

from typing import Any

from hk_adapter_kraken.plugin import Kraken, open_venue
from kraken_script import PAIRS

import hk_adapter as hk
from hk_adapter.parsing import write_json

NOW = 1_790_000_000_000


def opened(**options: Any) -> Kraken:
    """Open the plugin alone, with its list of pairs read."""
    venue = open_venue(hk.VenueSettings(venue_id="kraken", environment="production", options=options))
    assert isinstance(venue, Kraken)
    answers(venue.fetch_markets(hk.SymbolsRequest()), says(PAIRS))
    return venue


def says(result: Any, *errors: str, status: int = 200) -> hk.Response:
    """Write an answer."""
    return hk.Response(status, {}, write_json({"error": errors, "result": result}))


def answers(flow: Any, *responses: hk.Response) -> tuple[Any, list[hk.HttpCall]]:
    """Give a flow's result, and the calls that it awaited; each is answered by the next response."""
    calls: list[hk.HttpCall] = []
    left = list(responses)
    answer: Any = None
    while True:
        try:
            effect = flow.send(answer)
        except StopIteration as done:
            assert not left, "it asked less often"
            return done.value, calls
        if isinstance(effect, hk.Now):
            answer = hk.Moment(0.0, NOW)
        else:
            calls.append(effect)
            answer = left.pop(0)
