"""Which of the orders that a list showed a ``cancel_all_orders`` is to cancel: never one that nobody listed."""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import Enum

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, NotSent, NotSupported, RequestState, UnexpectedPayload
from hk_adapter.execution.open_orders import OpenOrders, names_an_order
from hk_adapter.model import CancelAllRequest, CancelOutcome, CancelReport, Order, UnreadRow, Wait
from hk_adapter.model.enums import ClientIds


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


def is_meant(order: Order, asked: CancelAllRequest) -> bool:
    """Whether an order that no list has shown is one that a call picks, its symbol too."""
    return (asked.symbol is None or order.symbol == asked.symbol) and is_in_scope(order, asked)


def orders_in_scope(listed: OpenOrders, asked: CancelAllRequest) -> list[Order]:
    """Return what a list has for a call to cancel: orders, and as much of rows that cannot be read as names one."""
    orders = [order for order in listed.orders if is_in_scope(order, asked)]
    rows = (row.order for row in listed.unread if scope_of(row, asked) is Scope.WITHIN)
    return [*orders, *(order for order in rows if order is not None)]


def untold_rows(
    listed: OpenOrders, asked: CancelAllRequest, canceled: Container[str | None], client_ids: ClientIds
) -> list[UnreadRow]:
    """Return the rows of a list that leave open whether they are meant; ``canceled`` are the ids that have a report.

    ``client_ids`` says what the venue makes of the client's ids, which a call may pick by.
    """
    unclear = [
        *listed.unread,
        *_rows_without_a_side(listed.orders, asked),
        *_rows_under_other_ids(listed.orders, asked, client_ids),
    ]
    rows = [row for row in unclear if scope_of(row, asked) is Scope.UNTOLD]
    return [row for row in rows if row.order is None or row.order.id not in canceled]


def _rows_without_a_side(orders: Iterable[Order], asked: CancelAllRequest) -> list[UnreadRow]:
    """Return the orders that leave open whether they are on the side that a call picks: every order has one."""
    if asked.side is None:
        return []
    return [UnreadRow(reason="it does not say its side", order=order) for order in orders if order.side is None]


def _rows_under_other_ids(orders: Iterable[Order], asked: CancelAllRequest, client_ids: ClientIds) -> list[UnreadRow]:
    """Return the orders that may have been given a client order id which they do not show, or not as it was given."""
    prefix = asked.client_id_prefix
    if prefix is None:
        return []
    reason = "its client order id may not be the one that it was given"
    others = (order for order in orders if may_be_meant(order, prefix, client_ids) and not is_in_scope(order, asked))
    return [UnreadRow(reason=reason, order=replace(order, client_order_id=None)) for order in others]


def may_be_meant(order: Order, prefix: str, client_ids: ClientIds) -> bool:
    """Whether an order may have been placed under a client order id that begins so, whatever id is shown of it.

    Where a venue, or ccxt, makes another one of it, that one may be shown with something before it, or not at all.
    """
    own = order.client_order_id
    if client_ids is ClientIds.SHOWN:
        return own is not None and own.startswith(prefix)
    return own is None or prefix in own


def check_prefix(asked: CancelAllRequest, client_ids: ClientIds) -> None:
    """Raise NotSupported for a prefix of client order ids where the venue is told none: no order would have it."""
    if asked.client_id_prefix is not None and client_ids is ClientIds.NOT_SENT:
        raise NotSupported(
            "client_id_prefix: this venue is not told client order ids, and no list shows whose order is"
        )


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
    told_all = names_an_order(row) and not row.maybe_foreign and all(shown is not None for shown, _ in picked)
    return Scope.WITHIN if told_all else Scope.UNTOLD


def report_untold(row: UnreadRow, wait: Wait, elapsed: float) -> CancelReport:
    """Report on a row of the open orders for which nothing can be sent. ``elapsed`` is in seconds."""
    order = row.order if names_an_order(row) else None
    text = f"a row of the open orders cannot be read: {row.reason}"
    if order is None and row.order is not None and row.order.client_order_id is not None:
        text += f" (its client order id is {row.order.client_order_id!r:.80})"
    error = UnexpectedPayload(text, order=order, request_state=RequestState.NOT_SENT)
    return CancelReport(outcome=CancelOutcome.NOT_SENT, order=order, error=error, wait=wait, elapsed=elapsed)


def report_unlisted(cause: AdapterError, wait: Wait, elapsed: float) -> CancelReport:
    """Report on what a list would have shown that could not be read to its end. ``elapsed`` is in seconds."""
    error = NotSent(f"the open orders could not be listed to the end: {cause}", retry_after=cause.retry_after)
    error.__cause__ = cause
    error.venue, error.operation = cause.venue, cause.operation
    error.code, error.http_status = cause.code, cause.http_status
    return CancelReport(
        outcome=CancelOutcome.NOT_SENT, error=error, retry_after=cause.retry_after, wait=wait, elapsed=elapsed
    )


def break_of(reports: Iterable[CancelReport]) -> NotSent | None:
    """Return why the list that a ``cancel_all_orders`` reports on broke off; None where it was read to its end."""
    errors = (report.error for report in reports if report.order is None)
    return next((error for error in errors if isinstance(error, NotSent)), None)
