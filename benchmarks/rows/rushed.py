"""Two hundred cancels a second, each confirmed, with the account's stream open: in virtual time."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.table import Row
from hk_adapter.testing.stream_campaign.rush import rush

_EACH_SECOND, _SECONDS = 200, 5


def rushed(rounds: int) -> Sequence[Row]:
    """Count what they ask; virtual time is the same in every round, so one is enough."""
    del rounds
    done = rush(_EACH_SECOND, _SECONDS, listens=True)
    if not all(report.final for report in done.reports):
        raise RuntimeError("not all were proven")
    slowest = max(report.elapsed for report in done.reports) * 1000
    what = f"queries of {done.sends} cancels, {_EACH_SECOND} a second, stream open, proven within {slowest:.0f} ms"
    return [Row(what=what, unit="", ours=done.queries, held=done.queries / done.sends, target=0, of="a cancel")]
