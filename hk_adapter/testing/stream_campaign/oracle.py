"""What was told, held against what truly happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from hk_adapter.model import Order, OrderStatus
from hk_adapter.simulator import FillView, OrderTruth

ENDS = {
    "PENDING_NEW": OrderStatus.PENDING_NEW,
    "NEW": OrderStatus.OPEN,
    "PARTIALLY_FILLED": OrderStatus.OPEN,
    "FILLED": OrderStatus.CLOSED,
    "CANCELED": OrderStatus.CANCELED,
    "PARTIALLY_CANCELED": OrderStatus.CANCELED,
    "REJECTED": OrderStatus.REJECTED,
}
COLUMNS = (
    *("wrong state", "wrong fills", "wrong fees", "unheard", "went back", "told twice", "other end", "stopped"),
    "wrong cancel",
)
"""What is wrong, in the words of the report; all are 0 where all is well."""


def of_sequence(told: Sequence[Order]) -> list[str]:
    """List what is wrong with what was told of one order, in its order."""
    wrong = []
    for before, after in pairwise(told):
        ended = before.status is not None and before.status.final
        still = after.status is not None and after.status.final
        if (ended and not still) or (after.filled or Decimal(0)) < (before.filled or Decimal(0)):
            wrong.append("went back")
        elif ended and after.status is not before.status:
            wrong.append("other end")
        elif _said(before) == _said(after):
            wrong.append("told twice")
    return wrong


def of_end(last: Order | None, truth: OrderTruth, fills: Iterable[FillView]) -> list[str]:
    """List what is wrong with what was told last of one order; None was told of it at all.

    One that came and ended while nobody was connected cannot have been told of.
    """
    if last is None:
        return ["unheard"] if truth.ended_at is None else []
    wrong = []
    if last.status is not ENDS[truth.status]:
        wrong.append("wrong state")
    if last.filled != truth.filled or (last.cost is not None and last.cost != truth.cost):
        wrong.append("wrong fills")
    if last.fees and _sum(fee.cost for fee in last.fees) != _sum(fill.fee for fill in fills):
        wrong.append("wrong fees")
    return wrong


def _said(order: Order) -> tuple[object, ...]:
    return order.status, order.venue_status, order.filled, order.cost, order.average


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
