"""List every open order, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import AdapterError, ClockSkew, InvalidArgument, NotSupported, OutcomeUnknown
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.evidence import other_term, terms_of
from hk_adapter.execution.order_page import ask_page
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import Lane, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import ListOrdersRequest, Order, OrderPage, UnreadRow
from hk_adapter.record import Record

_TRIES = 3
_PAUSE = 0.5
"""Seconds before a page is asked for again that could not be had."""


class OpenOrders(Record, frozen=True):
    """All that a list of open orders has: its orders, and the rows that cannot be taken for one."""

    orders: list[Order]
    unread: list[UnreadRow]


async def list_open_orders(
    hooks: OperationHooks, symbol: str | None, deadline: float, params: Mapping[str, Any] | None = None
) -> list[Order]:
    """List all open orders of a symbol, or of every symbol where it is None. Raises also for rows that are unread.

    Else as ``read_open_orders``.
    """
    listed = await read_open_orders(hooks, symbol, deadline, params)
    if listed.unread:
        raise OutcomeUnknown(f"the list of open orders has a row that cannot be read: {listed.unread[0].reason}")
    return listed.orders


async def read_open_orders(
    hooks: OperationHooks, symbol: str | None, deadline: float, params: Mapping[str, Any] | None = None
) -> OpenOrders:
    """List all open orders of a symbol, or of every symbol where it is None, and what else the list has.

    ``params`` are those of the call that it is read for: they may name a book of its own, as of conditional orders.
    ``deadline`` is in seconds of the monotonic clock. Raises the last error where a page could not be had, and
    OutcomeUnknown where the list cannot be told to be whole: pages that do not go on.
    """
    found: dict[str | None, Order] = {}
    unread: dict[str | None, UnreadRow] = {}
    nameless: list[UnreadRow] = []
    cursor: str | None = None
    while True:
        page = await _page(hooks, ListOrdersRequest(symbol=symbol, before_id=cursor, params=params or {}), deadline)
        more = page.next_before_id is not None
        if page.cut_off or not (more or page.complete or page.left_out):
            raise OutcomeUnknown("the list of open orders may lack some: there may be a further page")
        fresh = {order.id: order for order in page.orders if order.id not in found}
        rows = unread_rows(page)
        for order in page.orders:
            if (earlier := found.get(order.id)) is None:
                continue
            if other := other_term(terms_of(order), terms_of(earlier)):
                rows.append(UnreadRow(reason=f"two pages show it, and its {other}", order=Order(id=order.id)))
                del found[order.id]
            elif (order.filled or 0) > (earlier.filled or 0):
                found[order.id] = order
        named = {row.order.id: row for row in rows if row.order is not None and row.order.id not in unread}
        if not fresh and not named and (more or page.orders):
            raise OutcomeUnknown("the list of open orders does not go on, though it says that it does")
        found |= fresh
        unread |= named
        nameless += [row for row in rows if row.order is None]
        if not more:
            others = [row for order_id, row in unread.items() if order_id not in found]
            return OpenOrders(list(found.values()), others + nameless)
        cursor = page.next_before_id


def unread_rows(page: OrderPage) -> list[UnreadRow]:
    """Return the rows that a page leaves out, also those that its plugin does not tell."""
    untold = UnreadRow(reason="nothing is told of it")
    return [*page.unread, *[untold] * (page.left_out - len(page.unread))]


async def _page(hooks: OperationHooks, request: ListOrdersRequest, deadline: float) -> OrderPage:
    tries = 0
    while True:
        tries += 1
        try:
            return await ask_page(hooks, VenueHooks.fetch_open_orders, Attempt(deadline, Lane.CONFIRM), request)
        except (InvalidArgument, NotSupported):
            raise
        except AdapterError as error:
            if isinstance(error, ClockSkew) and tries == 1:
                await measure_clock(hooks, deadline)
                continue
            pause = max(error.retry_after or 0.0, _PAUSE * (1 + await Random()))
            if is_block(error) or tries == _TRIES or (await Now()).monotonic + pause >= deadline:
                raise
        await Sleep(pause)
