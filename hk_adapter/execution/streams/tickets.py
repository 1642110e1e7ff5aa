"""Fills that a stream tells by themselves: what they add up to must show in their orders. Pure."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.model import Order, Trade
from hk_adapter.model.decimals import exact_sum

PATIENCE = 1.0
"""Seconds that the report of an order may come after the ticket of its fill."""
_MOST = 10_000


class Tickets:
    """The fills of orders, told under names that only the stream has; each counts once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], None] = {}
        self._sums: dict[str, Decimal] = {}
        self._due: dict[str, float] = {}

    def add(self, trade: Trade, name: str) -> bool:
        """Count a fill of an order; return whether it is a new one."""
        order_id = trade.order_id
        if order_id is None or (order_id, name) in self._names or trade.amount is None:
            return False
        self._names[order_id, name] = None
        self._sums[order_id] = exact_sum(self._sums.pop(order_id, Decimal(0)), trade.amount)
        if len(self._names) > _MOST:
            del self._names[next(iter(self._names))]
        if len(self._sums) > _MOST:
            del self._sums[next(iter(self._sums))]
        return True

    def awaits(self, order_id: str | None, tracker: Tracker, now: float) -> bool:
        """Record that the order must show by and by what was told of its fills; False where it does already."""
        if order_id is None or not self._is_short(tracker, order_id):
            return False
        self._due.setdefault(order_id, now + PATIENCE)
        return True

    def reported(self, order: Order) -> None:
        """Record what an order shows as filled."""
        if order.id in self._due and (order.filled or Decimal(0)) >= self._sums.get(order.id, Decimal(0)):
            del self._due[order.id]

    def late(self, now: float, tracker: Tracker) -> list[str]:
        """Return the orders that should show more than they do; each once."""
        due = [order_id for order_id, moment in self._due.items() if moment <= now]
        for order_id in due:
            del self._due[order_id]
        return [order_id for order_id in due if self._is_short(tracker, order_id)]

    def next_due(self) -> float | None:
        """Return when the next order is late."""
        return min(self._due.values(), default=None)

    def _is_short(self, tracker: Tracker, order_id: str) -> bool:
        known = tracker.known(order_id)
        filled = Decimal(0) if known is None else known.filled or Decimal(0)
        return filled < self._sums.get(order_id, Decimal(0))
