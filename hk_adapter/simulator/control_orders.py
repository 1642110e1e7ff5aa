"""What the outside may do to a market: the terms of its orders, which fills can be, and what comes at its own time.

And the orders that a test names: known at all, not ended yet, or open; ValueError says which it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.filters import is_worse
from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.orders import Order, OrderStatus, OrderTerms

_SIDES = ("BUY", "SELL")


def counter_terms(markets: Mapping[str, Market], symbol: str, side: str, amount: Decimal, price: Decimal) -> OrderTerms:
    """Make the terms of a limit order that no filter holds back; ValueError for an unknown pair or side, or a 0."""
    market = markets.get(symbol)
    if market is None or side not in _SIDES or not amount or not price:
        known = f"need a known pair, of {', '.join(markets)}"
        raise ValueError(f"{known}; BUY or SELL; amounts above 0: {symbol!r} {side!r} {amount} {price}")
    return OrderTerms(
        market=market,
        side=side,
        type="LIMIT",
        time_in_force="GTC",
        stp_mode="EXPIRE_TAKER",
        price=price,
        amount=amount,
    )


def check_fill(order: Order, amount: Decimal, price: Decimal) -> None:
    """Raise ValueError for a fill of more than remains, or at a price worse than the order's limit."""
    if not ZERO < amount <= order.remaining:
        raise ValueError(f"amount must be above 0 and at most the remaining {order.remaining}: {amount}")
    if price == ZERO or is_worse(order.terms.side, price, order.terms.price):
        raise ValueError(f"price is worse than the order's limit {order.terms.price}, or 0: {price}")


def fill_what_remains(book: Book, order: Order, amount: Decimal, at: int) -> None:
    """Trade an amount of an order at its limit, or all that remains if that is less; nothing when it is not open."""
    if order.is_open:
        book.fill(order, min(amount, order.remaining), order.terms.price, at)


def cancel_if_open(book: Book, order: Order, reason: str, at: int) -> None:
    """Remove an order from the book; nothing when it is not open."""
    if order.is_open:
        book.cancel(order, reason, at)


def known_order(book: Book, order_id: str) -> Order:
    """Find any account's order, finished ones too."""
    order = book.records.by_id(order_id)
    if order is None:
        raise ValueError(f"the venue knows no order {order_id!r}")
    return order


def living_order(book: Book, order_id: str) -> Order:
    """Find an order that has not ended."""
    order = known_order(book, order_id)
    if order.is_ended:
        raise ValueError(f"order {order_id} is {order.status}, no longer open")
    return order


def open_order(book: Book, order_id: str) -> Order:
    """Find an order that can trade."""
    order = living_order(book, order_id)
    if order.status is OrderStatus.PENDING_NEW:
        raise ValueError(f"order {order_id} is {order.status}, not open yet")
    return order
