"""What was told, held against what truly happened."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hk_adapter.model import Order, OrderStatus
from hk_adapter.simulator import FillView, OrderTruth
from hk_adapter.testing.campaign.told import of_sequence
from hk_adapter.testing.stream_campaign.balances import BALANCE_COLUMNS
from hk_adapter.testing.stream_campaign.fills import FILL_COLUMNS

__all__ = ["COLUMNS", "ENDS", "of_end", "of_sequence"]

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
    *("wrong cancel", *FILL_COLUMNS, *BALANCE_COLUMNS),
)
"""What is wrong, in the words of the report; all are 0 where all is well."""


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


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
