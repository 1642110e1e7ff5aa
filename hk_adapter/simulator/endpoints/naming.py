"""Which order a request means: by the venue's id or the client's, and only among those of who asks."""

from __future__ import annotations

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.simulator.exchange.state import Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

MAX_IDS = 100
CANCEL_ORDER = ("DELETE", "/api/v1/spot/order")
CANCEL_BY_IDS = ("DELETE", "/api/v1/spot/cancelOrderByIds")


def find_order(venue: VenueState, account: Account, parameters: Parameters, *, client_id_name: str) -> Order | None:
    """Find the order that a request names, None when there is none; Refusal when it names nothing."""
    order_id, client_order_id = parameters.get("orderId"), parameters.get(client_id_name)
    if not order_id and not client_order_id:
        raise Refusal("0001", f"orderId or {client_id_name}")
    if order_id and client_order_id and venue.dialect.both_ids == "client_order_id":
        order_id = None
    if not order_id:
        return venue.book.records.by_client_id(account, client_order_id or "")
    return find_by_id(venue, account, order_id)


def find_by_id(venue: VenueState, account: Account, order_id: str) -> Order | None:
    """Find an account's order by the venue's id."""
    order = venue.book.records.by_id(order_id)
    return order if order is not None and order.account is account else None


def account_asked_for(venue: VenueState, account: Account, parameters: Parameters) -> Account:
    """Return the account that accountId names: the key's own or a sub-account of it; Refusal for any other."""
    return venue.register.asked_for(account, parameters, venue.dialect.foreign_account)


def named_by_cancel(
    venue: VenueState, account: Account, route: tuple[str, str], parameters: Parameters
) -> list[Order | None]:
    """List what a cancel by id names, whatever becomes of it; nothing for any other request."""
    try:
        if route == CANCEL_ORDER:
            return [find_order(venue, account, parameters, client_id_name="clientOrderId")]
        if route == CANCEL_BY_IDS:
            ids = parameters.get("ids", "").split(",")[:MAX_IDS]
            return [find_by_id(venue, account, order_id) for order_id in ids]
    except Refusal:
        pass
    return []
