"""What an open order costs while it is watched, from 10 to 10,000 of them: processor time and memory, ours alone."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import hk_adapter as hk
from benchmarks.simulated import place_orders
from benchmarks.table import Row
from hk_adapter.simulator import Simulator

_SIZES = (10, 100, 1000, 10_000)
_EVENTS = 200
_PATIENCE = 600.0


def watch_many(rounds: int) -> Sequence[Row]:
    """Measure a watch that begins, an event while so many are open, and the memory of an order."""
    repeats = max(3, min(5, rounds // 5))
    begun: dict[int, float] = {}
    told: dict[int, float] = {}
    for size in _SIZES:
        costs = [_processor(size) for _ in range(repeats)]
        begun[size], told[size] = (min(cost) for cost in zip(*costs, strict=True))
    held = {size: _memory(size) for size in _SIZES}
    return [
        _row("a watch begins, µs an open order", "µs", begun),
        _row("an event while orders are watched, µs", "µs", told),
        _row("memory of a watched order, KiB", "KiB", held),
    ]


def _row(what: str, unit: str, costs: dict[int, float]) -> Row:
    rise = max(costs[later] / costs[size] for size in _SIZES for later in _SIZES if later > size)
    shown = ", ".join(f"{size}: {cost:.3g}" for size, cost in costs.items())
    return Row(
        what=f"{what}, by how many ({shown})", unit=unit, ours=costs[_SIZES[-1]],
        held=rise, target=1.2, of="times that of fewer orders",
    )  # fmt: skip


def _processor(size: int) -> tuple[float, float]:
    """Give the microseconds of processor time, of all threads, without the simulator's: an order, and an event."""
    at_the_venue = 0.0

    def watched(call: Any) -> Any:
        def timed(self: Simulator, *given: Any) -> Any:
            nonlocal at_the_venue
            started = time.thread_time()
            try:
                return call(self, *given)
            finally:
                at_the_venue += time.thread_time() - started

        return timed

    with hk.connect("hashkey", environment="simulator", budget="unlimited", timeout=_PATIENCE) as venue:
        ids = place_orders(venue.simulator._simulator, size, _now() - 60_000)
        with patch.object(Simulator, "handle", watched(Simulator.handle)):
            started = time.process_time()
            with venue.watch_orders() as updates:
                for _ in range(size):
                    next(updates)
                begun = (time.process_time() - started - at_the_venue) / size
                began = time.process_time()
                for order_id in ids[:_EVENTS]:
                    filling = time.thread_time()
                    venue.simulator.fill(order_id, "0.001")
                    began += time.thread_time() - filling
                    next(updates)
                told = (time.process_time() - began) / len(ids[:_EVENTS])
    return begun * 1e6, told * 1e6


def _memory(size: int) -> float:
    """Give the KiB that an order keeps, once all of them were told."""
    with hk.connect("hashkey", environment="simulator", budget="unlimited", timeout=_PATIENCE) as venue:
        place_orders(venue.simulator._simulator, size, _now() - 60_000)
        gc.collect()
        tracemalloc.start()
        try:
            with venue.watch_orders() as updates:
                for _ in range(size):
                    next(updates)
                gc.collect()
                return tracemalloc.get_traced_memory()[0] / size / 1024
        finally:
            tracemalloc.stop()


def _now() -> int:
    return time.time_ns() // 1_000_000
