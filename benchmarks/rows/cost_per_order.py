"""What an order costs in a list or in a cancel of many, from 10 to 10,000: our own code, the venue's taken off."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import hk_adapter as hk
from benchmarks.simulated import place_orders
from benchmarks.table import Row
from hk_adapter.simulator import Simulator

_SIZES = (10, 100, 1000, 10_000)
_LARGEST_BLOCK = 1000
"""Orders that a size is repeated for, so that small ones are timed as long as large ones."""
_PATIENCE = 600.0


def list_many(rounds: int) -> Sequence[Row]:
    """Measure ``fetch_open_orders``."""
    return [_row("`fetch_open_orders`", lambda venue, ids: venue.fetch_open_orders(), rounds)]


def cancel_many(rounds: int) -> Sequence[Row]:
    """Measure ``cancel_orders``, each proven."""
    return [_row("`cancel_orders`", lambda venue, ids: venue.cancel_orders(ids, timeout=_PATIENCE), rounds)]


def _row(what: str, call: Callable[[hk.Venue, list[str]], Sequence[Any]], rounds: int) -> Row:
    # The least of them: whatever else the machine does only adds, and large blocks meet more of it.
    costs = {size: min(_cost(call, size) for _ in range(_repeats(size, rounds))) for size in _SIZES}
    rise = max(costs[later] / costs[size] for size in _SIZES for later in _SIZES if later > size)
    shown = ", ".join(f"{size}: {cost:.0f}" for size, cost in costs.items())
    return Row(
        what=f"{what}, µs an order by how many ({shown})", unit="µs", ours=costs[_SIZES[-1]],
        held=rise, target=1.2, of="times that of fewer orders",
    )  # fmt: skip


def _repeats(size: int, rounds: int) -> int:
    return max(3, min(rounds, 3 * _LARGEST_BLOCK // size))


def _cost(call: Callable[[hk.Venue, list[str]], Sequence[Any]], size: int) -> float:
    """Give the microseconds of processor time an order, without the simulator's."""
    at_the_venue = 0.0
    handle = Simulator.handle

    def watched(self: Simulator, *given: Any) -> Any:
        nonlocal at_the_venue
        started = time.thread_time()
        try:
            return handle(self, *given)
        finally:
            at_the_venue += time.thread_time() - started

    with hk.connect("hashkey", environment="simulator", budget="unlimited", timeout=_PATIENCE) as venue:
        ids = place_orders(venue.simulator._simulator, size, time.time_ns() // 1_000_000 - 60_000)
        with patch.object(Simulator, "handle", watched):
            started = time.thread_time()
            answers = call(venue, ids)
            took = time.thread_time() - started
    if len(answers) != size:
        raise RuntimeError(f"{len(answers)} of {size}")
    return (took - at_the_venue) / size * 1e6
