"""Lists read page by page, newest first, until what was asked for is there. A list with a gap is an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.execution.reads import read_once
from hk_adapter.flow.effects import Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    ListOrdersRequest,
    ListTradesRequest,
    Operation,
    Order,
    OrderPage,
    OrderStatus,
    Trade,
    TradePage,
)

Row = TypeVar("Row", Order, Trade)

_ALL = frozenset(OrderStatus)
ORDER_LISTS = {
    "fetch_open_orders": ("fetch_open_orders", _ALL),
    "fetch_orders": ("fetch_orders", _ALL),
    "fetch_closed_orders": ("fetch_orders", frozenset({OrderStatus.CLOSED})),
    "fetch_canceled_orders": ("fetch_orders", frozenset({OrderStatus.CANCELED})),
}
"""The calls that list orders: by which hook, and which statuses they keep."""


async def list_orders(hooks: VenueHooks, operation: Operation) -> list[Order]:
    """Run one of ORDER_LISTS; oldest first."""
    operation = replace(operation, deadline=operation.end((await Now()).monotonic))
    name, statuses = ORDER_LISTS[operation.name]
    request: ListOrdersRequest = operation.request
    rows = request.limit if statuses is _ALL and request.since is None else None

    async def page_before(cursor: str | None) -> _Page[Order]:
        asked = replace(request, before_id=cursor, limit=rows)
        page = await read_once(hooks, getattr(hooks, name), OrderPage, operation, request=asked)
        return _Page(page.orders, page.next_before_id, gap=_has_gap(page))

    return await _collect(
        page_before,
        request.since,
        request.limit,
        lambda order: order.status is None or order.status in statuses,
        to_the_end=name == "fetch_open_orders",
    )


async def list_trades(hooks: VenueHooks, operation: Operation) -> list[Trade]:
    """Run one ``fetch_my_trades``; oldest first, each fill once."""
    operation = replace(operation, deadline=operation.end((await Now()).monotonic))
    request: ListTradesRequest = operation.request
    rows = request.limit if request.since is None else None

    async def page_before(cursor: str | None) -> _Page[Trade]:
        asked = replace(request, before_id=cursor, limit=rows)
        page = await read_once(hooks, hooks.fetch_my_trades, TradePage, operation, request=asked)
        return _Page(page.trades, page.next_before_id, gap=_has_gap(page))

    return await _collect(page_before, request.since, request.limit, lambda trade: True, to_the_end=False)


@dataclass(frozen=True, slots=True)
class _Page(Generic[Row]):
    rows: tuple[Row, ...]
    next_cursor: str | None
    gap: bool


async def _collect(
    page_before: Callable[[str | None], Awaitable[_Page[Row]]],
    since: int | None,
    limit: int | None,
    is_wanted: Callable[[Row], bool],
    *,
    to_the_end: bool,
) -> list[Row]:
    """Read pages; with ``since`` the first ``limit`` rows from then on, else the newest.

    Without both, the venue's largest page, or everything ``to_the_end``.
    """
    found: dict[str | None, Row] = {}
    seen: set[str | None] = set()
    cursor: str | None = None
    while True:
        page = await page_before(cursor)
        if page.gap:
            raise UnexpectedPayload("the venue's list has rows that cannot be read exactly")
        fresh = [row for row in page.rows if row.id not in seen]
        seen |= {row.id for row in fresh}
        older = since is not None and any(row.timestamp is not None and row.timestamp < since for row in fresh)
        found |= {row.id: row for row in fresh if is_wanted(row) and not _is_older(row, since)}
        enough = limit is not None and since is None and len(found) >= limit
        one_page = limit is None and since is None and not to_the_end
        if page.next_cursor is None or older or enough or one_page:
            break
        if not fresh:
            raise UnexpectedPayload("the venue's list does not go on, though it says that it does")
        cursor = page.next_cursor
    oldest_first = list(reversed(found.values()))
    if limit is None:
        return oldest_first
    return oldest_first[:limit] if since is not None else oldest_first[-limit:]


def _is_older(row: Order | Trade, since: int | None) -> bool:
    return since is not None and row.timestamp is not None and row.timestamp < since


def _has_gap(page: OrderPage | TradePage) -> bool:
    return page.left_out > 0 or (not page.complete and page.next_before_id is None)
