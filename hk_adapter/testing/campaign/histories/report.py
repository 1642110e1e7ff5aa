"""The lines that ``hk-adapter campaign --enumerate`` prints."""

from __future__ import annotations

from collections.abc import Iterator

from hk_adapter.testing.campaign.histories.search import Found, Histories


def lines_of_histories(result: Histories) -> Iterator[str]:
    """Describe what an enumeration came to, and the shortest history for everything that was wrong."""
    yield (
        f"{result.histories:,} histories of up to {result.depth} moves, through {result.positions:,} distinct"
        f" positions, ended in {result.reports:,} reports"
    )
    yield f"{sum(result.wrong.values()):,} of them wrong"
    for verdict, count in sorted(result.wrong.items()):
        yield f"{verdict:>26}  {count:,}"
    for found in result.found:
        yield from _told(found)


def _told(found: Found) -> Iterator[str]:
    yield f"\n{found.verdict}: {found.setting}"
    for number, step in enumerate(found.steps, 1):
        yield f"{number:>4}. {step}"
    said, order = found.said, found.said.order
    shown = "no order" if order is None else f"order {order.id} {order.status} with {order.filled}"
    yield f"      said: {said.outcome}, evidence {said.evidence}, {said.attempts} sends, {shown}"
