"""What each path does: the routing table, and one function per endpoint.

Public endpoints are `(venue, parameters, now)`, signed ones also get the account that asks. Not built yet, and so
answered like any unknown path: batches, mass cancels, lists, history, account, market data, streams.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import checks
from .accounts import Account
from .book import Book
from .catalogue import Market, exchange_info, symbol_info
from .dialect import Dialect
from .orders import Order, OrderStatus
from .refusals import Refusal
from .shapes import cancel_answer, create_answer, query_answer

Parameters = Mapping[str, str]
Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Venue:
    """Hold what the endpoints work on."""

    dialect: Dialect
    markets: Mapping[str, Market]
    book: Book


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
    """Let a limit order rest (v1.1)."""
    return _create(venue, account, parameters, now, alert=True)


def create_order_v1(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """Let a limit order rest (the legacy path; for limit orders only the answer differs)."""
    return _create(venue, account, parameters, now, alert=False)


def query_order(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """Show an order, finished ones too."""
    if parameters.get("accountId", account.account_id) != account.account_id:
        raise Refusal("0104")
    order = _find(venue, account, parameters, client_id_name="origClientOrderId")
    if order is None:
        raise Refusal(venue.dialect.query_unknown)
    return query_answer(order)


def cancel_order(venue: Venue, account: Account, parameters: Parameters, now: int) -> Answer:
    """Cancel an open order, and show it as it was before: a status of NEW, the creation time."""
    order = _find(venue, account, parameters, client_id_name="clientOrderId")
    if order is None:
        raise Refusal(venue.dialect.cancel_unknown)
    if not order.is_open:
        raise Refusal(_too_late(venue.dialect, order))
    answer = cancel_answer(order)
    venue.book.cancel(order, "USER_CANCEL", now)
    return answer


PUBLIC: Mapping[tuple[str, str], Callable[[Venue, Parameters, int], Answer]] = {
    ("GET", "/api/v1/ping"): ping,
    ("GET", "/api/v1/time"): server_time,
    ("GET", "/api/v1/exchangeInfo"): catalogue,
}
SIGNED: Mapping[tuple[str, str], Callable[[Venue, Account, Parameters, int], Answer]] = {
    ("POST", "/api/v1.1/spot/order"): create_order,
    ("POST", "/api/v1/spot/order"): create_order_v1,
    ("GET", "/api/v1/spot/order"): query_order,
    ("DELETE", "/api/v1/spot/order"): cancel_order,
}


def _create(venue: Venue, account: Account, parameters: Parameters, now: int, *, alert: bool) -> Answer:
    terms = checks.new_order(parameters, venue.markets)
    order = venue.book.place(account, terms, checks.new_client_id(parameters), now)
    return create_answer(order, status=venue.dialect.create_status, alert=alert)


def _find(venue: Venue, account: Account, parameters: Parameters, *, client_id_name: str) -> Order | None:
    order_id, client_order_id = parameters.get("orderId"), parameters.get(client_id_name)
    if not order_id and not client_order_id:
        raise Refusal("0001", f"orderId or {client_id_name}")
    if order_id and client_order_id and venue.dialect.both_ids == "client_order_id":
        order_id = None
    if not order_id:
        return venue.book.by_client_id(account, client_order_id or "")
    order = venue.book.by_id(order_id)
    return order if order is not None and order.account is account else None


def _too_late(dialect: Dialect, order: Order) -> str:
    return {
        OrderStatus.FILLED: dialect.cancel_filled,
        OrderStatus.CANCELED: dialect.cancel_canceled,
        OrderStatus.PARTIALLY_CANCELED: dialect.cancel_partially_canceled,
    }[order.status]
