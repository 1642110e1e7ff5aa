"""Nonces, and the clock that they count: told in a header, in whole seconds."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.testing import Request
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from tests.conformance.skerry.script import refused


def _nonces(bench: Bench) -> list[int]:
    return [int(one.request.headers["x-nonce"]) for one in bench.exchange.seen if "x-nonce" in one.request.headers]


def test_nonces_rise_whatever_goes_out(bench: Bench) -> None:
    """Over cancels, looks, lists and creates."""
    placed = [bench.exchange.place() for _ in range(7)]
    bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    bench.venue.cancel_orders([order.id for order in placed], timeout=60.0)
    nonces = _nonces(bench)
    assert len(nonces) > 10
    assert nonces == sorted(set(nonces))


def test_a_stale_nonce_is_made_again_by_the_venues_clock(bench: Bench) -> None:
    """The clock is read off the header, and the cancel sent once more."""
    order = bench.exchange.place()
    bench.exchange.meet(Request.CANCEL, Fate(acts=False, instead=refused("nonce.stale")), Fate())
    report = bench.cancel(order)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 2, 0)
    assert bench.exchange.count(Request.OTHER) == 3


def test_the_time_is_in_a_header(bench: Bench) -> None:
    """It is cut off to a second."""
    assert bench.venue.fetch_time() == bench.exchange.now() // 1000 * 1000


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_a_header_that_tells_no_time(bench: Bench, headers: dict[str, str]) -> None:
    """It is not made up."""
    bench.exchange.meet(Request.OTHER, Fate(instead=hk.Response(200, headers, b"{}")))
    with pytest.raises(hk.UnexpectedPayload):
        bench.venue.fetch_time()
