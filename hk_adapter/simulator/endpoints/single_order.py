"""Looking at one order, and canceling it."""

from __future__ import annotations

from hk_adapter.simulator.endpoints.naming import account_asked_for, find_order
from hk_adapter.simulator.endpoints.shapes import cancel_answer, query_answer
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.orders import OrderStatus
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal


def query_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show an order, finished ones too; a main account's key may ask for a sub-account's by accountId."""
    owner = account_asked_for(venue, account, parameters)
    order = find_order(venue, owner, parameters, client_id_name="origClientOrderId")
    if order is None or (order.status is OrderStatus.PENDING_NEW and venue.dialect.pending_new_shown == "nowhere"):
        raise Refusal(venue.dialect.query_unknown)
    return query_answer(order, venue.desk.shown_status(order), fees=venue.dialect.order_fees == "filled")


def cancel_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept the cancel of an open order, and show it as it was before: a status of NEW, the creation time."""
    order = find_order(venue, account, parameters, client_id_name="clientOrderId")
    if order is None:
        raise Refusal(venue.dialect.cancel_unknown)
    before = cancel_answer(order, venue.desk.shown_status(order))
    venue.desk.cancel(order, now)
    if venue.dialect.cancel_answer == "as_before":
        return before
    if venue.dialect.cancel_answer == "as_after":
        return cancel_answer(order, venue.desk.shown_status(order))
    return before | {"status": "PARTIALLY_CANCELED" if order.filled else "CANCELED"}
