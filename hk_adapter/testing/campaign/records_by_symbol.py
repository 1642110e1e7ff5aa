"""The records of a venue that counts order ids by symbol: an id is that of one order of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.orders import Order, OrderTerms
from hk_adapter.simulator.exchange.records import Records


class RecordsBySymbol(Records):
    """Keep orders by symbol and id.

    Attributes:
        asked: the symbol, in the venue's word, of which an id is meant that is looked for.
        own_ids: whether the client's ids are counted so, too.
        next_id: the id that the order is to get which comes next; None: one of its own.
    """

    def __init__(self, *, own_ids: bool) -> None:
        super().__init__()
        self.asked = ""
        self.own_ids = own_ids
        self.next_id: str | None = None
        self._orders: list[Order] = []

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders)

    def add(self, order: Order) -> None:
        """Add a new order."""
        super().add(order)
        self._orders.append(order)

    def by_id(self, order_id: str) -> Order | None:
        """Find the order of the symbol that is asked for."""
        return self._asked(order for order in self._orders if order.order_id == order_id)

    def by_client_id(self, account: Account, client_order_id: str) -> Order | None:
        """Find an account's order by the id its client chose, of the symbol that is asked for where that counts."""
        found = (one for one in self._orders if one.account is account and one.client_order_id == client_order_id)
        return self._asked(found) if self.own_ids else next(found, None)

    def _asked(self, orders: Iterator[Order]) -> Order | None:
        return next((order for order in orders if order.terms.market.symbol == self.asked), None)


def count_by_symbol(book: Book, *, own_ids: bool) -> RecordsBySymbol:
    """Let a book, which has no orders yet, count them by symbol; return its records."""
    records = book.records = RecordsBySymbol(own_ids=own_ids)
    book.take_in = partial(_take_in, book, records)  # type: ignore[method-assign]
    return records


def _take_in(
    book: Book,
    records: RecordsBySymbol,
    account: Account,
    terms: OrderTerms,
    client_order_id: str | None,
    now: int,
    order_id: str | None = None,
) -> Order:
    """Stand where the book's own would: an order may get the id of one of another symbol."""
    records.asked = terms.market.symbol
    return Book.take_in(book, account, terms, client_order_id, now, order_id or records.next_id)
