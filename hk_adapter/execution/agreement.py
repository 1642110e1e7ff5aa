"""Whether an order agrees with what was asked for, and with itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.model import CancelRequest, FetchOrderRequest, Order, OrderStatus, OrderType


def is_asked_for(order: Order, request: CancelRequest | FetchOrderRequest) -> bool:
    """Whether an order is the one that a request names: by its order id if given, else by its client order id."""
    if request.order_id is not None:
        return order.id == request.order_id
    return order.client_order_id == request.client_order_id


def is_of_another_symbol(order: Order, request: CancelRequest | FetchOrderRequest) -> bool:
    """Whether a row that nobody asked for by its symbol is of another one than the request names.

    Some venues count ids by symbol, so such a row may be another order's, though it has the id.
    """
    return request.symbol is not None and order.symbol is not None and order.symbol != request.symbol


def terms_of(order: Order) -> dict[str, object]:
    """Read what stays as it is of an order, as far as a row shows it: another row with its id shows the same.

    The venue's symbol goes before the unified one, which depends on what is known of its markets; one is never held
    against the other.
    """
    terms: dict[str, object] = {}
    if order.side is not None:
        terms["side"] = order.side
    if order.type is not None:
        terms["type"] = order.type
    if order.type != OrderType.MARKET:  # venues tell what a market order was to trade by what it traded
        if order.price is not None:
            terms["price"] = order.price
        if order.amount is not None:
            terms["amount"] = order.amount
    if order.venue_symbol:
        terms["venue_symbol"] = order.venue_symbol
    elif order.symbol:
        terms["symbol"] = order.symbol
    return terms


def other_term(terms: Mapping[str, object], known: Mapping[str, object]) -> str | None:
    """Return which of the terms is another one than that known before, and how; None where none is."""
    for name, before in known.items():
        if terms.get(name, before) != before:
            return f"{name} is {str(terms[name])!r}, and was {str(before)!r}"
    return None


def contradiction(order: Order, wanted: Mapping[str, Any]) -> str | None:
    """Return which of the wanted fields the order contradicts, and how; None where it contradicts none.

    What either side does not say contradicts nothing.
    """
    for name, value in wanted.items():
        if value is not None and (shown := getattr(order, name)) is not None and value != shown:
            return f"{name} is {str(shown)!r}, not {str(value)!r}"
    return None


def is_proven_end(order: Order) -> bool:
    """Whether an order's final word and its amounts agree; a row half written is no proof.

    A market order may be done below what was asked: what the book had not, or its cost did not reach, remains.
    """
    if order.status is None or not order.status.final or order.filled is None:
        return False
    if order.status is OrderStatus.CLOSED:
        whole = order.type == OrderType.MARKET or order.amount is None or order.filled == order.amount
        return order.filled > 0 and whole
    if order.status is OrderStatus.REJECTED:
        return order.filled == 0
    return order.amount is None or order.filled < order.amount


def is_contradictory(order: Order) -> bool:
    """Whether an order's final word contradicts its amounts, as a row half written does."""
    final = order.status is not None and order.status.final
    return final and order.filled is not None and not is_proven_end(order)
