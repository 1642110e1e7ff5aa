"""The orders that a test names: known at all, not ended yet, or open; ValueError says which it is not."""

from __future__ import annotations

from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.orders import Order, OrderStatus


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
