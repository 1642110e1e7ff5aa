"""Rows that contradict themselves: no proof, until a look at least a second later says the same."""

from __future__ import annotations

import logging

from hk_adapter.execution.evidence import is_contradictory
from hk_adapter.model import Order

_LOG = logging.getLogger("hk_adapter")

APART = 1.0
"""Seconds after which the same words, said again, are believed: a row half written is whole by then."""


class SaidAgain:
    """What one call was told that contradicts itself, by order id."""

    def __init__(self) -> None:
        self._first: dict[str | None, tuple[object, float]] = {}

    def is_doubtful(self, order: Order, at: float) -> bool:
        """Whether an order that a look begun ``at`` (monotonic seconds) showed contradicts itself, unless said again.

        Warns of one that is believed.
        """
        if not is_contradictory(order):
            return False
        words = (order.status, order.filled, order.amount)
        said, first_at = self._first.get(order.id, (None, at))
        if said != words:
            self._first[order.id] = (words, at)
            return True
        if at - first_at < APART:
            return True
        _LOG.warning("order %s: taken for %s with %s filled, said twice", order.id, order.status, order.filled)
        return False
