"""How long orders have rested: the engine counts a cancel by that."""

from __future__ import annotations

from collections.abc import Iterable

import hk_adapter as hk

_COSTS = ((5, 8), (10, 6), (15, 5), (45, 4), (90, 2), (300, 1))
"""Up to so many seconds, so many points; older ones cost nothing (docs.kraken.com, "Spot trading limits", 2026)."""
DEAREST = _COSTS[0][1]
_MOST = 10_000
"""Orders remembered. One that is forgotten counts at its dearest."""


class Ages:
    """When the orders were placed that this connection has placed or seen."""

    def __init__(self) -> None:
        self._placed: dict[str, int] = {}

    def learn(self, orders: Iterable[hk.Order]) -> None:
        """Keep when they were placed."""
        placed = {one.id: one.timestamp for one in orders if one.id is not None and one.timestamp is not None}
        # New mappings each time: another thread may be reading the old one.
        self._placed = dict([*self._placed.items(), *placed.items()][-_MOST:])

    def cost(self, order_id: str | None, now: int) -> int:
        """Return what a cancel costs now, in ms UTC; what it costs at its dearest where the age is not known."""
        placed = None if order_id is None else self._placed.get(order_id)
        if placed is None:
            return DEAREST
        age = (now - placed) / 1000
        return next((cost for seconds, cost in _COSTS if age < seconds), 0)
