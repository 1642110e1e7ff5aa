"""Time contenders in turns within one run, so that what else the machine does strikes them all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

Block = Callable[[], object]
"""What one contender does between two readings of the clock: a number of calls, one after another."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Microseconds a call, by contender, one figure for each round."""

    rounds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        return statistics.median(self.rounds[name])

    def ratio(self, name: str, beside: str) -> float:
        """Give the median of the rounds' ratios: two neighbours in time are compared, not two medians."""
        pairs = zip(self.rounds[name], self.rounds[beside], strict=True)
        return statistics.median(one / other for one, other in pairs)

    def difference(self, name: str, beside: str) -> float:
        """Give the median of the rounds' differences."""
        pairs = zip(self.rounds[name], self.rounds[beside], strict=True)
        return statistics.median(one - other for one, other in pairs)


def timed(
    contenders: Mapping[str, Block], *, calls: int, rounds: int, clock: Callable[[], float] = time.perf_counter
) -> Timings:
    """Run every contender's block once to warm up, then once a round; ``calls`` is how many calls a block makes.

    ``clock`` may be ``time.thread_time`` where nothing is waited for: what else the machine does is then not counted.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for block in contenders.values():
        block()
    for _ in range(rounds):
        for name, block in contenders.items():
            started = clock()
            block()
            times[name].append((clock() - started) / calls * 1e6)
    return Timings(times)


async def timed_async(contenders: Mapping[str, Callable[[], Awaitable[object]]], *, calls: int, rounds: int) -> Timings:
    """As ``timed``, for blocks that are awaited in the running loop."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for block in contenders.values():
        await block()
    for _ in range(rounds):
        for name, block in contenders.items():
            started = time.perf_counter()
            await block()
            times[name].append((time.perf_counter() - started) / calls * 1e6)
    return Timings(times)


def repeated(call: Callable[[], object], times: int) -> Block:
    """Make a block of one call, made a number of times."""

    def block() -> None:
        for _ in range(times):
            call()

    return block
