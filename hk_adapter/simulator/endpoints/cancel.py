"""Canceling orders: one, which can also be looked at, and more by a list of ids, by pair, and all there are.

Sources: HashKey documentation 2025/2026; newest orders first is documented for the futures twin of cancelAllOpenOrders.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from hk_adapter.simulator.endpoints.naming import MAX_IDS, account_asked_for, find_by_id, find_order
from hk_adapter.simulator.endpoints.parameters import whole_number
from hk_adapter.simulator.endpoints.selection import Selection, read_selection
from hk_adapter.simulator.endpoints.shapes import cancel_answer, query_answer
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.orders import Order, OrderStatus
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

CANCEL_ALL_DEFAULT = 100
CANCEL_ALL_MOST = 200


def cancel_by_ids(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Cancel up to 100 orders by the venue's ids; the answer lists only those that were not."""
    given = parameters.get("ids")
    if not given:
        raise Refusal("0001", "ids")
    ids = given.split(",")
    if len(ids) > MAX_IDS:
        raise Refusal(venue.dialect.batch_too_large, "ids")
    if not all(ids):
        raise Refusal("-1130", "ids")
    codes = [(order_id, _failure(venue, account, order_id, now)) for order_id in ids]
    failures = [{"orderId": order_id, "code": code} for order_id, code in codes if code]
    if not failures and venue.dialect.batch_all_done == "null":
        return {"code": "0000", "result": None}
    return {"code": "0000", "result": failures}


def cancel_of_symbol(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Cancel a pair's open orders, up to the dialect's cap; the answer tells neither which nor how many."""
    if not parameters.get("symbol"):
        raise Refusal("0001", "symbol")
    filters = read_selection(venue, parameters, limit=1, most=1)
    selection = Selection(filters.symbol, filters.side, venue.dialect.mass_cancel_cap)
    orders = list(selection.pick(_cancelable(venue, account)))
    if not orders and venue.dialect.mass_cancel_nothing != "success":
        raise Refusal(venue.dialect.mass_cancel_nothing)
    _cancel_each(venue, orders, now)
    return {"success": True}


def cancel_all(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Cancel open orders of one pair or all, below `fromOrderId`; `lastOrderId` is the last one taken, 0 for none."""
    selection = read_selection(venue, parameters, limit=CANCEL_ALL_DEFAULT, most=CANCEL_ALL_MOST)
    below = whole_number(parameters, "fromOrderId")
    candidates = (order for order in _cancelable(venue, account) if below is None or order.number < below)
    orders = list(selection.pick(candidates))
    _cancel_each(venue, orders, now)
    last = orders[-1].number if orders else 0
    return {"code": "0000", "message": "success", "timestamp": now, "lastOrderId": last}


def _failure(venue: VenueState, account: Account, order_id: str, now: int) -> str:
    order = find_by_id(venue, account, order_id)
    try:
        if order is None:
            raise Refusal(venue.dialect.cancel_unknown)
        venue.intake.cancel(order, now)
    except Refusal as refusal:
        return refusal.code if venue.dialect.batch_failure == "as_single" else venue.dialect.batch_failure
    return ""


def _cancelable(venue: VenueState, account: Account) -> Iterator[Order]:
    orders = reversed(venue.book.records.live(account))
    if venue.dialect.mass_cancel_pending_new == "canceled":
        return orders
    return (order for order in orders if order.is_open)


def _cancel_each(venue: VenueState, orders: list[Order], now: int) -> None:
    for order in orders:
        # Success says that the request was accepted, not each order's cancel.
        with suppress(Refusal):
            venue.intake.cancel(order, now)


def query_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show an order, finished ones too; a main account's key may ask for a sub-account's by accountId."""
    owner = account_asked_for(venue, account, parameters)
    order = find_order(venue, owner, parameters, client_id_name="origClientOrderId")
    if order is None or (order.status is OrderStatus.PENDING_NEW and venue.dialect.pending_new_shown == "nowhere"):
        raise Refusal(venue.dialect.query_unknown)
    return query_answer(order, venue.intake.shown_status(order), fees=venue.dialect.order_fees == "filled")


def cancel_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept the cancel of an open order, and show it as it was before: a status of NEW, the creation time."""
    order = find_order(venue, account, parameters, client_id_name="clientOrderId")
    if order is None:
        raise Refusal(venue.dialect.cancel_unknown)
    before = cancel_answer(order, venue.intake.shown_status(order))
    venue.intake.cancel(order, now)
    if venue.dialect.cancel_answer == "as_before":
        return before
    if venue.dialect.cancel_answer == "as_after":
        return cancel_answer(order, venue.intake.shown_status(order))
    return before | {"status": "PARTIALLY_CANCELED" if order.filled else "CANCELED"}
