"""Open orders and order history, page by page, also those of sub-accounts.

Sources: HashKey documentation 2025/2026. Open orders say nothing about the direction of their pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hk_adapter.simulator.endpoints.naming import account_asked_for
from hk_adapter.simulator.endpoints.parameters import whole_number
from hk_adapter.simulator.endpoints.selection import cursor, read_selection
from hk_adapter.simulator.endpoints.shapes import list_answer, sub_account_answer
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.orders import Order, OrderStatus
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

DEFAULT_ROWS = 500
MAX_ROWS = 1000
HISTORY_MS = 90 * 24 * 3600 * 1000


def open_orders(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List what rests, and what is still being taken in where the dialect shows that.

    Without an accountId those of the key's own account come first, then those of its sub-accounts, up to 500.
    """
    selection = read_selection(venue, parameters, limit=DEFAULT_ROWS, most=MAX_ROWS)
    start = cursor(venue, parameters)
    asked_for = account_asked_for(venue, account, parameters)
    owners = [asked_for] if parameters.get("accountId") else venue.register.family(account)
    orders = list(selection.pick(_open(venue, asked_for, start)))
    for owner in owners[1:]:
        most = replace(selection, limit=max(min(selection.limit, DEFAULT_ROWS) - len(orders), 0))
        orders += most.pick(_open(venue, owner, start))
    return [list_answer(order, venue.intake.shown_status(order)) for order in orders]


def order_history(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List what ended in the last 90 days, newest id first; called traded orders, canceled ones are there too."""
    owner = account_asked_for(venue, account, parameters)
    selection = read_selection(venue, parameters, limit=DEFAULT_ROWS, most=MAX_ROWS)
    orders = selection.pick(_history(venue, owner, parameters, now))
    return [list_answer(order, venue.intake.shown_status(order)) for order in orders]


def sub_account_open_orders(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List a sub-account's open orders for its main account's key."""
    owner = _sub_account(venue, account, parameters)
    selection = read_selection(venue, parameters, limit=DEFAULT_ROWS, most=DEFAULT_ROWS)
    orders = selection.pick(_open(venue, owner, cursor(venue, parameters)))
    return [sub_account_answer(order, venue.intake.shown_status(order)) for order in orders]


def sub_account_history(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List what ended of a sub-account's orders for its main account's key."""
    owner = _sub_account(venue, account, parameters)
    selection = read_selection(venue, parameters, limit=DEFAULT_ROWS, most=DEFAULT_ROWS)
    orders = selection.pick(_history(venue, owner, parameters, now))
    return [sub_account_answer(order, venue.intake.shown_status(order)) for order in orders]


def _sub_account(venue: VenueState, account: Account, parameters: Parameters) -> Account:
    account_id = parameters.get("subAccountId")
    if not account_id:
        raise Refusal("0001", "subAccountId")
    found = venue.register.by_id(account_id)
    if found is None or found.parent is not account:
        raise Refusal(venue.dialect.foreign_account)
    return found


def _open(venue: VenueState, owner: Account, start: int | None) -> Iterator[Order]:
    orders = (order for order in venue.book.records.live(owner) if _is_listed(venue, order))
    if venue.dialect.open_orders_paging == "newest_first":
        return (order for order in reversed(list(orders)) if start is None or order.number < start)
    return (order for order in orders if start is None or order.number > start)


def _history(venue: VenueState, owner: Account, parameters: Parameters, now: int) -> Iterator[Order]:
    first = max(now - HISTORY_MS, whole_number(parameters, "startTime") or 0)
    last = whole_number(parameters, "endTime")
    orders = venue.book.records.ended(owner, cursor(venue, parameters))
    within = _created_within if venue.dialect.history_time == "created" else _updated_within
    return _of_history(venue, within(orders, first, now if last is None else last))


def _is_listed(venue: VenueState, order: Order) -> bool:
    return order.is_open or venue.dialect.pending_new_shown == "everywhere"


def _of_history(venue: VenueState, orders: Iterator[Order]) -> Iterator[Order]:
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
