"""Open orders and order history, page by page.

Sources: HashKey documentation 2025/2026. Open orders say nothing about the direction of their pages.
"""

from __future__ import annotations

from collections.abc import Iterator

from hk_adapter.simulator.accounts import Account
from hk_adapter.simulator.naming import check_account_id
from hk_adapter.simulator.orders import Order, OrderStatus
from hk_adapter.simulator.selection import cursor, read_selection, whole_number
from hk_adapter.simulator.shapes import list_answer
from hk_adapter.simulator.venue import Answer, Parameters, Venue

DEFAULT_ROWS = 500
MAX_ROWS = 1000
HISTORY_MS = 90 * 24 * 3600 * 1000


def open_orders(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """List what rests, and what is still being taken in where the dialect shows that."""
    check_account_id(account, parameters)
    selection = read_selection(venue, parameters, limit=DEFAULT_ROWS, most=MAX_ROWS)
    start = cursor(venue, parameters)
    orders = [order for order in venue.book.records.live(account) if _is_listed(venue, order)]
    if venue.dialect.open_orders_paging == "newest_first":
        page = [order for order in reversed(orders) if start is None or order.number < start]
    else:
        page = [order for order in orders if start is None or order.number > start]
    return _rows(venue, selection.pick(page))


def order_history(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """List what ended in the last 90 days, newest id first; called traded orders, canceled ones are there too."""
    check_account_id(account, parameters)
    selection = read_selection(venue, parameters, limit=DEFAULT_ROWS, most=MAX_ROWS)
    first = max(now - HISTORY_MS, whole_number(parameters, "startTime") or 0)
    last = whole_number(parameters, "endTime")
    orders = venue.book.records.ended(account, cursor(venue, parameters))
    within = _created_within if venue.dialect.history_time == "created" else _updated_within
    return _rows(venue, selection.pick(_of_history(venue, within(orders, first, now if last is None else last))))


def _rows(venue: Venue, orders: Iterator[Order]) -> list[dict[str, object]]:
    return [list_answer(order, venue.desk.shown_status(order)) for order in orders]


def _is_listed(venue: Venue, order: Order) -> bool:
    return order.is_open or venue.dialect.pending_new_shown == "everywhere"


def _of_history(venue: Venue, orders: Iterator[Order]) -> Iterator[Order]:
    if venue.dialect.history_rejected == "listed":
        return orders
    return (order for order in orders if order.status is not OrderStatus.REJECTED)


def _created_within(orders: Iterator[Order], first: int, last: int) -> Iterator[Order]:
    for order in orders:
        if order.created < first:
            # Ids carry their creation time, and these come newest first: only older ones follow.
            return
        if order.created <= last:
            yield order


def _updated_within(orders: Iterator[Order], first: int, last: int) -> Iterator[Order]:
    return (order for order in orders if first <= order.updated <= last)
