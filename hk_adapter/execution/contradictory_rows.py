"""Rows that contradict themselves: no proof, until a look at least a second later says the same."""

from __future__ import annotations

import logging

from hk_adapter.execution.agreement import is_contradictory
from hk_adapter.execution.two_looks import SaidOnce
from hk_adapter.flow.log_line import write
from hk_adapter.model import Order

_LOG = logging.getLogger("hk_adapter.orders")


class ContradictoryRows:
    """What one call was told that contradicts itself, by order id."""

    def __init__(self) -> None:
        self._first: dict[str | None, SaidOnce] = {}

    def is_doubtful(self, order: Order, at: float) -> bool:
        """Whether an order that a look begun ``at`` (monotonic seconds) showed contradicts itself, unless said again.

        Warns of one that is believed.
        """
        if not is_contradictory(order):
            return False
        first = self._first.get(order.id)
        if first is None or not first.is_the_same(order):
            self._first[order.id] = SaidOnce(at, order)
            return True
        if not first.is_proven_by(order, at):
            return True
        warn_of(order)
        return False


def warn_of(order: Order) -> None:
    """Warn of an order that contradicts itself, and is believed for it was said twice."""
    told = "order %s: taken for %s with %s filled, said twice"
    write(_LOG, logging.WARNING, told, order.id, order.status, order.filled)
