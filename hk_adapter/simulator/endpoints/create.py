"""Creating one order: by the current path, by the legacy one, and for a test that changes nothing.

Sources: HashKey documentation 2025/2026. The legacy path differs in what a market buy's quantity is, and in the answer.
"""

from __future__ import annotations

from hk_adapter.simulator.endpoints.shapes import create_answer, filled_text
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.filters import OPEN_ORDERS_MOST, is_worse, worst_price
from hk_adapter.simulator.exchange.order_rules import new_client_id, new_order
from hk_adapter.simulator.exchange.orders import OrderStatus, OrderTerms
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal


def create_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept an order (v1.1)."""
    return take_order(venue, account, parameters, now, alert=True)


def create_order_v1(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept an order (the legacy path)."""
    return take_order(venue, account, parameters, now, alert=False, legacy=True)


def check_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Check what an order says, as the legacy path would, and answer an empty object: nothing reaches the book."""
    new_order(parameters, venue.markets, venue.dialect, legacy=True)
    new_client_id(parameters)
    return {}


def take_order(
    venue: VenueState, account: Account, parameters: Parameters, now: int, *, alert: bool, legacy: bool = False
) -> dict[str, object]:
    """Check an order, place it and show it; Refusal when it is not taken in."""
    terms = new_order(parameters, venue.markets, venue.dialect, legacy=legacy)
    client_order_id = new_client_id(parameters)
    if venue.dialect.price_band != "unchecked":
        _check_band(venue, terms)
    if venue.dialect.open_orders_limit != "unchecked":
        _check_count(venue, account, terms)
    order = venue.desk.place(account, terms, client_order_id, now)
    status, executed = venue.dialect.create_status, "0"
    if status == "as_matched" or order.status is OrderStatus.PENDING_NEW:
        status, executed = order.status.value, filled_text(order)
    return create_answer(order, status=status, executed=executed, alert=alert)


def _check_band(venue: VenueState, terms: OrderTerms) -> None:
    last = venue.book.tape.last_price(terms.market.symbol)
    if last is not None and terms.price and is_worse(terms.side, terms.price, worst_price(terms.side, last)):
        raise Refusal(venue.dialect.price_band)


def _check_count(venue: VenueState, account: Account, terms: OrderTerms) -> None:
    live = venue.book.records.live(account)
    if sum(order.terms.market is terms.market for order in live) >= OPEN_ORDERS_MOST:
        raise Refusal(venue.dialect.open_orders_limit)
