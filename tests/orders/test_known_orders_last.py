"""What a key's connections placed outlives them, unless a recording is played; what they saw does not."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.server import Served
from hk_adapter.testing.cassettes.rehearsing import Rehearsing
from hk_adapter.venue import rehearsal


def _open(served: Served) -> hk.Venue:
    keys = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "budget": "unlimited"}
    return hk.connect("hashkey", environment="sandbox", base_url=served.url, **keys)


def _placed(venue: hk.Venue) -> str:
    return str(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id)


def test_an_order_of_a_closed_connection_is_not_told_as_missing() -> None:
    """It was placed by this process: a view that lags behind it denies it to the next connection as little."""
    with serve() as served:
        with _open(served) as first:
            order_id = _placed(first)
        with _open(served) as second:
            served.control.fail_next(code="-1143", method="GET")
            with pytest.raises(hk.OutcomeUnknown, match="placed one under this id"):
                second.fetch_order(order_id)
            assert second._connection.shared.looks.known.placed_at(order_id) is not None  # what a cancel goes by


@pytest.mark.parametrize("recorded", [False, True])
def test_the_next_connection_begins_anew(recorded: bool) -> None:
    """A recording played twice places one order twice; connections that are open at once share what they know."""
    with serve() as served, rehearsal.in_force(Rehearsing()) if recorded else nullcontext():
        with _open(served) as first, _open(served) as second:
            order_id = _placed(first)
            known = second._connection.shared.looks.known
            assert known is first._connection.shared.looks.known
            assert known.was_seen(order_id)
            first.close()
            assert known.was_seen(order_id)
        with _open(served) as third:
            known = third._connection.shared.looks.known
            assert not known.was_seen(order_id)
            assert (known.placed_at(order_id) is None) is recorded
