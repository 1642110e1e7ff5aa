"""Skerry is listed again and again for those who watch, within its limits."""

from __future__ import annotations

from hk_adapter.execution.streams.asking import Asking
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.poller import Interval, Poller
from hk_adapter.flow.effects import Lane
from hk_adapter.testing import Request
from hk_adapter.testing.conformance.bench import Bench


def _watch(bench: Bench, seconds: float, every: float) -> Consumer:
    """Watch for some virtual seconds, with so many between two lists."""
    calls = bench.calls
    asking = Asking(hooks=calls.hooks, venue_id="skerry", place=calls.place, timeout=10.0)
    poller = Poller(asking, Interval(seconds=every))
    poller.feed.join(watcher := Consumer())
    end = bench._time.now + seconds
    story = bench._runner._drive(poller.run())
    while (when := next(story)) <= end:
        bench._time.jump(when)
    story.close()
    return watcher


def test_a_watch_takes_nothing_that_is_kept_for_cancels(bench: Bench) -> None:
    """One that lists without a pause has used up its share, and a cancel is sent and proven at once all the same."""
    order = bench.exchange.place()
    _watch(bench, 60, every=0.001)
    assert {call.lane for call in bench.sent} == {Lane.NORMAL}
    before = bench._time.now
    report = bench.cancel(order)
    assert report.final
    assert bench._time.now - before < 1


def test_what_is_watched_is_told_with_proof(bench: Bench) -> None:
    """What is open, and how it ended once it is gone from the list."""
    order = bench.exchange.place(filled="0")
    watcher = _watch(bench, 5, every=8.0)
    assert [(one.order.id, str(one.order.status), one.live) for one in watcher._waiting] == [(order.id, "open", False)]
    assert bench.exchange.count(Request.OPEN_ORDERS) == 1
