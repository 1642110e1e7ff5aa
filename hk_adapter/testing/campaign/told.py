"""What one who watches a stream was told of an order, held against itself and against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from hk_adapter.model import Order, OrderStatus, OrderUpdate
from hk_adapter.testing.campaign.truth import End, Truth

_ENDS = {
    OrderStatus.CLOSED: End.FILLED,
    OrderStatus.CANCELED: End.CANCELED,
    OrderStatus.EXPIRED: End.CANCELED,
    OrderStatus.REJECTED: End.REJECTED,
}


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


def told_of(truth: Truth, told: Sequence[tuple[float, OrderUpdate]]) -> Sequence[tuple[float, OrderUpdate]]:
    """Return which updates under an order's id are of the order: by symbol, and else by when it was made."""
    if truth.symbol is not None:
        told = [one for one in told if one[1].order.symbol in {None, truth.symbol}]
        return [one for one in told if one[1].order.symbol or one[1].order.timestamp == truth.made]
    return told if truth.made is None else [one for one in told if one[1].order.timestamp == truth.made]


def is_told_wrong(told: Sequence[tuple[float, OrderUpdate]], truth: Truth) -> bool:
    """Whether updates of one order go back, tell a change twice, or an end or a fill that was not so at that moment.

    A fill that the venue posts late is no fault of who asked before; the stream tells it at once.
    """
    if of_sequence([update.order for _, update in told]):
        return True
    for at, update in told:
        order, state = update.order, truth.state(at)
        filled = order.filled or Decimal(0)
        if state is None or filled > state.filled:
            return True
        if order.status is not None and order.status.final:
            short = filled < state.filled and (update.live or not truth.posted_late)
            if short or _ENDS.get(order.status) is not state.ended:
                return True
    return False


def _said(order: Order) -> tuple[object, ...]:
    return order.status, order.venue_status, order.filled, order.cost, order.average
