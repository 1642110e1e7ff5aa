"""What a call costs a rate limit by the age of its orders: many venues charge more for canceling young ones."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from hk_adapter.record import Record


class CostByAge(Record, frozen=True, kw_only=True):
    """A weight that falls while its call waits for room, for the orders in it grow older.

    Attributes:
        steps: pairs of an age in seconds and what an order costs that is younger, the youngest first: each costs less
            than the one before.
        least: what an order costs that is older than all of them.
        request: the hook's CancelRequest or CancelOrdersRequest: the host knows of its orders by when each existed.
        existed: by when each order existed, in seconds of the monotonic clock; None where that is not known: then it
            may be brand new. The host fills it in from ``request``.

    Raises TypeError or ValueError for steps that are none.
    """

    steps: tuple[tuple[float, int], ...]
    least: int = 0
    request: Any = None
    existed: tuple[float | None, ...] = (None,)

    def __post_init__(self) -> None:
        ages, costs = [0.0, *(age for age, _ in self.steps)], [*(cost for _, cost in self.steps), self.least]
        if any(type(cost) is not int for cost in costs) or any(type(age) not in {int, float} for age in ages):
            raise TypeError("steps are pairs of an age in seconds, and a cost that is a whole number")
        if not all(one < other < math.inf for one, other in pairwise(ages)):
            raise ValueError("the ages of steps rise, from above 0")
        if not all(one > other for one, other in pairwise(costs)) or costs[-1] < 0:
            raise ValueError("the costs of steps fall with age, to 0 or above")

    @property
    def most(self) -> int:
        """What it costs where all its orders are brand new."""
        return len(self.existed) * (self.steps[0][1] if self.steps else self.least)

    def at(self, now: float) -> int:
        """Return what it costs at a time, in seconds of the monotonic clock."""
        total = 0
        for since in self.existed:  # asked of all that wait, by each of them: no generators
            cost = self.least
            for age, step in self.steps:
                if since is None or now < since + age:
                    cost = step
                    break
            total += cost
        return total

    def falls_at(self, now: float) -> float:
        """Return when it gets cheaper next, in seconds of the monotonic clock; infinite where never."""
        first = math.inf
        for since in self.existed:
            for age, _ in self.steps:
                if since is not None and now < since + age:
                    first = min(first, since + age)
                    break
        return first


Weight = int | CostByAge
"""What one call costs one group."""


def dearest(weight: Weight) -> int:
    """Return the most that a weight can be."""
    return weight.most if isinstance(weight, CostByAge) else weight
