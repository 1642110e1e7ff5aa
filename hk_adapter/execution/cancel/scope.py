"""Which of the orders that a list showed a ``cancel_all_orders`` is to cancel: never one that nobody listed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from hk_adapter.errors import RequestState, UnexpectedPayload
from hk_adapter.model import CancelAllRequest, CancelOutcome, CancelReport, Order, UnreadRow, Wait


class Scope(Enum):
    """How an order stands to what a call is to cancel."""

    WITHIN = "within"
    OUTSIDE = "outside"
    UNTOLD = "untold"
    """The row does not say what the call picks by."""


def is_in_scope(order: Order, asked: CancelAllRequest) -> bool:
    """Whether an order is one of those that a call is to cancel; one that does not say its symbol is of the list's."""
    if asked.symbol is not None and order.symbol not in {None, asked.symbol}:
        return False
    if asked.side is not None and order.side is not asked.side:
        return False
    return asked.client_id_prefix is None or (order.client_order_id or "").startswith(asked.client_id_prefix)


def rows_without_a_side(orders: Iterable[Order], asked: CancelAllRequest) -> list[UnreadRow]:
    """Return the orders that leave open whether they are on the side that a call picks: every order has one."""
    if asked.side is None:
        return []
    return [UnreadRow(reason="it does not say its side", order=order) for order in orders if order.side is None]


def scope_of(row: UnreadRow, asked: CancelAllRequest) -> Scope:
    """Decide about a row that cannot be read by as much of it as can: what is left open is no consent to cancel."""
    order = row.order
    if order is None:
        return Scope.UNTOLD
    told = (
        (asked.symbol, order.symbol, order.symbol == asked.symbol),
        (asked.side, order.side, order.side is asked.side),
        (
            asked.client_id_prefix,
            order.client_order_id,
            is_in_scope(order, CancelAllRequest(client_id_prefix=asked.client_id_prefix)),
        ),
    )
    picked = [(shown, agrees) for wanted, shown, agrees in told if wanted is not None]
    if any(shown is not None and not agrees for shown, agrees in picked):
        return Scope.OUTSIDE
    told_all = not row.maybe_foreign and all(shown is not None for shown, _ in picked)
    return Scope.WITHIN if told_all else Scope.UNTOLD


def report_untold(row: UnreadRow, wait: Wait, elapsed: float) -> CancelReport:
    """Report on a row of the open orders for which nothing can be sent. ``elapsed`` is in seconds."""
    text = f"a row of the open orders cannot be read: {row.reason}"
    error = UnexpectedPayload(text, order=row.order, request_state=RequestState.NOT_SENT)
    return CancelReport(outcome=CancelOutcome.NOT_SENT, order=row.order, error=error, wait=wait, elapsed=elapsed)
