"""The fills of one order: all of them, as what it has executed proves, or an error that says what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.context import Context
from hk_adapter.execution.paging import read_trades
from hk_adapter.execution.reads import LEAST_TIME, fetch_order
from hk_adapter.execution.two_looks import SAID_AGAIN
from hk_adapter.flow.effects import Now, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import FetchOrderRequest, ListTradesRequest, Operation, Order, PartialList, Trade, UnreadRow
from hk_adapter.model.decimals import exact_difference

CLOCK_DOUBT = 2_000
"""Milliseconds by which a fill may seem older than its order: some venues count seconds, and clocks differ."""


async def list_order_trades(hooks: OperationHooks, operation: Operation, context: Context) -> list[Trade]:
    """Run one ``fetch_order_trades``; oldest first.

    The order is looked up first, for when it was made and for how much it has executed: to that its fills must add up.
    Where they do not, both are read once more a second later, as fills may be posted late, or the order trades on.
    """
    operation = operation.due(operation.end((await Now()).monotonic))
    request: ListTradesRequest = operation.request
    order, found, unread = await _read(hooks, operation, context)
    lack = _lack(order, found)
    if lack is not None and order.filled is not None and await _waited(operation):
        order, found, unread = await _read(hooks, operation, context)
        lack = _lack(order, found)
    if lack is not None and not request.partial:
        raise UnexpectedPayload(lack, order=order)
    if lack is not None:
        unread.append(UnreadRow(reason=lack, order=order))
    chosen = _chosen(found, request)
    return PartialList(chosen, unread) if request.partial else chosen


async def _read(
    hooks: OperationHooks, operation: Operation, context: Context
) -> tuple[Order, list[Trade], list[UnreadRow]]:
    request: ListTradesRequest = operation.request
    look = FetchOrderRequest(
        order_id=request.order_id,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        account_id=request.account_id,
        params=request.params,
    )
    order = await fetch_order(hooks, operation.replace(request=look), context)
    if order.id is None:
        raise UnexpectedPayload("the venue does not say the order's id, by which its fills are told", order=order)
    begun = None if order.timestamp is None else max(0, order.timestamp - CLOCK_DOUBT)
    asked = request.replace(
        order_id=order.id,
        client_order_id=order.client_order_id,
        symbol=request.symbol or order.symbol,
        since=begun,
        limit=None,
    )
    found, unread = await read_trades(hooks, operation, VenueHooks.fetch_order_trades, asked, to_the_end=begun is None)
    return order, found, unread


def _lack(order: Order, trades: Sequence[Trade]) -> str | None:
    """Return why the fills cannot be told to be all of an order's; None: they are."""
    if order.filled is None:
        return "the venue does not say how much the order has executed, so whether its fills are all cannot be told"
    left = order.filled
    for trade in trades:
        if trade.amount is None:
            return "a fill of the order does not say its amount"
        left = exact_difference(left, trade.amount)
    if left == 0:
        return None
    return f"its fills add up to {exact_difference(order.filled, left)} of the {order.filled} that the order executed"


async def _waited(operation: Operation) -> bool:
    """Wait for as long as views may lag, if that leaves time to read once more; say whether it did."""
    now = (await Now()).monotonic
    if now + SAID_AGAIN + LEAST_TIME > operation.end(now):
        return False
    await Sleep(SAID_AGAIN)
    return True


def _chosen(oldest_first: list[Trade], request: ListTradesRequest) -> list[Trade]:
    """Cut to what was asked for: the first of them with ``since``, else the newest."""
    since, limit = request.since, request.limit
    found = [one for one in oldest_first if since is None or one.timestamp is None or one.timestamp >= since]
    if limit is None:
        return found
    return found[:limit] if since is not None else found[-limit:]
