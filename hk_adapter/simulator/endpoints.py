"""What each path does: the routing table, and the endpoints about one order or none.

Public endpoints are `(venue, parameters, now)`, signed ones also get the account that asks. Not built yet, and so
answered like any unknown path: batch create, account, market data, streams.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hk_adapter.simulator import checks
from hk_adapter.simulator.accounts import Account
from hk_adapter.simulator.catalogue import exchange_info, symbol_info
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.lists import open_orders, order_history
from hk_adapter.simulator.mass_cancel import cancel_all, cancel_by_ids, cancel_of_symbol
from hk_adapter.simulator.naming import CANCEL_BY_IDS, CANCEL_ORDER, check_account_id, find_order
from hk_adapter.simulator.orders import OrderStatus
from hk_adapter.simulator.refusals import Refusal
from hk_adapter.simulator.shapes import cancel_answer, create_answer, filled_text, query_answer
from hk_adapter.simulator.venue import Answer, Parameters, Venue

Route = tuple[str, str]
PublicEndpoint = Callable[[Venue, Parameters, int], Answer]
SignedEndpoint = Callable[[Venue, Account, Parameters, int], Answer]


def ping(venue: Venue, parameters: Parameters, now: int) -> Answer:
    """Answer the connectivity test."""
    return {}


def server_time(venue: Venue, parameters: Parameters, now: int) -> Answer:
    """Tell the venue's clock, in ms, as a bare number."""
    return {"serverTime": now}


def catalogue(venue: Venue, parameters: Parameters, now: int) -> Answer:
    """Show what can be traded; with `symbol`, that pair's object itself without an envelope."""
    symbol = parameters.get("symbol")
    if symbol is None:
        return exchange_info(venue.markets.values(), now)
    if symbol not in venue.markets:
        raise Refusal("0201", "symbol")
    return symbol_info(venue.markets[symbol])


def create_order(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """Take a limit order in (v1.1)."""
    return _create(venue, account, parameters, now, alert=True)


def create_order_v1(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """Take a limit order in (the legacy path; for limit orders only the answer differs)."""
    return _create(venue, account, parameters, now, alert=False)


def query_order(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show an order, finished ones too."""
    check_account_id(account, parameters)
    order = find_order(venue, account, parameters, client_id_name="origClientOrderId")
    if order is None or (order.status is OrderStatus.PENDING_NEW and venue.dialect.pending_new_shown == "nowhere"):
        raise Refusal(venue.dialect.query_unknown)
    return query_answer(order, venue.desk.shown_status(order))


def cancel_order(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
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


PUBLIC: Mapping[Route, PublicEndpoint] = {
    ("GET", "/api/v1/ping"): ping,
    ("GET", "/api/v1/time"): server_time,
    ("GET", "/api/v1/exchangeInfo"): catalogue,
}
CANCEL_ALL = ("DELETE", "/api/v1/spot/cancelAllOpenOrders")
SIGNED: Mapping[Route, SignedEndpoint] = {
    ("POST", "/api/v1.1/spot/order"): create_order,
    ("POST", "/api/v1/spot/order"): create_order_v1,
    ("GET", "/api/v1/spot/order"): query_order,
    ("GET", "/api/v1/spot/openOrders"): open_orders,
    ("GET", "/api/v1/spot/tradeOrders"): order_history,
    CANCEL_ORDER: cancel_order,
    CANCEL_BY_IDS: cancel_by_ids,
    ("DELETE", "/api/v1/spot/openOrders"): cancel_of_symbol,
    CANCEL_ALL: cancel_all,
}


def served(dialect: Dialect) -> Mapping[Route, SignedEndpoint]:
    """Give the signed endpoints that a site has."""
    return {route: endpoint for route, endpoint in SIGNED.items() if dialect.cancel_all_served or route != CANCEL_ALL}


def _create(venue: Venue, account: Account, parameters: Parameters, now: int, *, alert: bool) -> Answer:
    terms = checks.new_order(parameters, venue.markets)
    order = venue.desk.place(account, terms, checks.new_client_id(parameters), now)
    status, executed = venue.dialect.create_status, "0"
    if status == "as_matched" or order.status is OrderStatus.PENDING_NEW:
        status, executed = order.status.value, filled_text(order)
    return create_answer(order, status=status, executed=executed, alert=alert)
