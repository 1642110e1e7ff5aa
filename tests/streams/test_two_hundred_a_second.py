"""With a stream open, cancels by the hundred are confirmed with no query at all: only the network limits them."""

from __future__ import annotations

from hk_adapter.model import CancelOutcome, Evidence
from hk_adapter.testing.stream_campaign.rush import rush

EACH_SECOND, SECONDS = 200, 2


def test_they_are_confirmed_without_a_query():
    """Each within a quarter of a second, of which two ways to the venue and back are most."""
    done = rush(EACH_SECOND, SECONDS, listens=True)
    assert {report.outcome for report in done.reports} == {CancelOutcome.CANCELED}
    assert {report.evidence for report in done.reports} == {Evidence.STREAM}
    assert (done.sends, done.queries) == (EACH_SECOND * SECONDS, 0)
    assert max(report.elapsed for report in done.reports) < 0.25
    assert done.took < SECONDS + 0.25


def test_without_a_stream_they_take_queries():
    """So the test above would notice a stream that nobody hears."""
    done = rush(EACH_SECOND, 1, listens=False)
    assert {report.outcome for report in done.reports} == {CancelOutcome.CANCELED}
    assert (done.sends, done.queries > 0) == (EACH_SECOND, True)
