"""Divides a campaign's seeds into blocks, for one process or several; the totals depend on neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from hk_adapter.testing.campaign.workers import in_workers

T = TypeVar("T")

Block = tuple[int, int]
"""The first seed of a block, and how many follow each other from it on."""

_LARGEST = 2000
"""Scenarios that a process plays before it reports."""
_SEEDS_PER_CAMPAIGN = 10**9


def in_blocks(play: Callable[[Block], T], seed: int, scenarios: int, jobs: int) -> Iterator[T]:
    """Play a campaign's scenarios block by block; ``play`` must be picklable where ``jobs`` is above 1.

    Scenario ``i`` has the seed ``seed * 10**9 + i``.
    """
    first = seed * _SEEDS_PER_CAMPAIGN
    blocks = [(first + at, min(_LARGEST, scenarios - at)) for at in range(0, scenarios, _LARGEST)]
    if jobs == 1:
        yield from map(play, blocks)
        return
    yield from in_workers(play, blocks, jobs)
