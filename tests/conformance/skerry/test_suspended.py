"""A venue that blocks by a word, with HTTP 200, is heeded as one that does so by HTTP 418."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.testing import Request
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from tests.conformance.skerry.script import refused


def test_nothing_more_is_sent(bench: Bench) -> None:
    """Neither a repeat nor a look; and no other call goes out before the time is over."""
    order, other = bench.exchange.place(), bench.exchange.place()
    bench.exchange.meet(Request.CANCEL, Fate(acts=False, instead=refused("key.suspended")), Fate())
    report = bench.cancel(order)
    assert (report.outcome, report.attempts, report.retry_after) == (hk.CancelOutcome.RATE_LIMITED, 1, 60.0)
    assert len(bench.exchange.seen) == 1
    with pytest.raises(hk.NotSent):
        bench.venue.fetch_order(other.id)
    assert len(bench.exchange.seen) == 1
    assert bench.cancel(other, timeout=90.0).outcome is hk.CancelOutcome.CANCELED
    assert bench.exchange.seen[1].at >= 60.0
