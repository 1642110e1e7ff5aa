"""Lists: whole, or an error."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.model import OrderStatus
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt

_MANY = 200
"""Requests that no list of a few pages needs."""
_HOURS_AGO = 7_200_000
_NOBODYS_WORD = "zz_nobody_knows"


class Lists:
    """Cases of ``fetch_open_orders`` and ``fetch_orders``."""

    bench: Bench
    script: Script
    two_pages: int
    absent: frozenset[str]

    @needs("fetch_open_orders")
    def test_what_is_no_list_is_no_empty_list(self) -> None:
        """Where a refusal comes instead of the list, a page of a gateway or an answer without rows, it is an error.

        Look at: what is read where the field with the rows is missing: ``UnexpectedPayload``, never no orders.
        """
        placed = self.bench.exchange.place()
        for answer in no_lists(self.script, Request.OPEN_ORDERS, self.absent):
            self.bench.exchange.meet(Request.OPEN_ORDERS, Fate(instead=answer))
            with suppress(AdapterError):
                listed = [order.id for order in self.bench.venue.fetch_open_orders(self.script.symbol)]
                told = f"HTTP {answer.status} with {answer.body[:60]!r} came, and {len(listed)} were listed as all"
                require(listed == [placed.id], told)

    @needs("fetch_open_orders")
    def test_a_listed_order_in_a_state_that_nobody_knows_is_told(self) -> None:
        """It is listed, or the list is an error: never that list without it.

        Look at: rows whose state the table of status words lacks: they may rest on the book.
        """
        placed = {self.bench.exchange.place().id, self.bench.exchange.place(word=_NOBODYS_WORD).id}
        try:
            listed = {order.id for order in self.bench.venue.fetch_open_orders(self.script.symbol)}
        except AdapterError:
            return
        require(listed == placed, f"two are open, one of them {_NOBODYS_WORD}, and {len(listed)} were listed as all")

    @needs("fetch_orders")
    def test_what_is_no_history_is_no_empty_one(self) -> None:
        """As of the open orders: an answer without rows does not say that no order has ended.

        Look at: what is read where the field with the rows is missing.
        """
        placed = self.bench.exchange.place()
        self.bench.exchange.end(placed)
        since = self.bench.exchange.now() - _HOURS_AGO
        for kind in (Request.ENDED_ORDERS, Request.ALL_ORDERS):
            for answer in no_lists(self.script, kind, self.absent):
                both = Fate(instead=answer)
                self.bench.exchange.meet(Request.ENDED_ORDERS, both)
                self.bench.exchange.meet(Request.ALL_ORDERS, both)
                with suppress(AdapterError):
                    listed = self.bench.venue.fetch_canceled_orders(self.script.symbol, since)
                    told = f"HTTP {answer.status} with {answer.body[:60]!r} came, and {len(listed)} were listed as all"
                    require(len(listed) == 1, told)

    @needs("fetch_open_orders")
    def test_a_page_that_comes_again_is_no_end(self) -> None:
        """Where the venue gives its first page for every cursor, the list is an error, and soon: never the page alone.

        Look at: what ends a list: the venue's word that there is no more, or a page that is not full.
        """
        placed = {self.bench.exchange.place().id for _ in range(self.two_pages)}
        self.bench.exchange.meet(Request.OPEN_ORDERS, Fate(again=True))
        try:
            listed = {order.id for order in self.bench.venue.fetch_open_orders(self.script.symbol)}
        except AdapterError:
            asked = self.bench.exchange.count(Request.OPEN_ORDERS)
            require(asked < _MANY, f"it was asked for {asked} times")
        else:
            require(listed == placed, f"{len(placed)} are open, and {len(listed)} were listed as all")

    @needs("fetch_open_orders", UNREADABLE)
    def test_a_row_that_cannot_be_read_is_told(self) -> None:
        """A list of which one row is no order is an error, and never that list without the row.

        Look at: ``left_out`` of the page, or that the whole page is ``UnexpectedPayload``.
        """
        good, bad = self.bench.exchange.place(), self.bench.exchange.place(amount=Decimal(ROW))
        page = spoilt(self.script.page([bad, good], is_last=True))
        self.bench.exchange.meet(Request.OPEN_ORDERS, Fate(instead=page))
        try:
            listed = self.bench.venue.fetch_open_orders(self.script.symbol)
        except AdapterError:
            return
        require(len(listed) == 2, f"one of two orders cannot be read, and {len(listed)} were listed as all")

    @needs("fetch_orders")
    def test_ended_orders_are_listed_over_all_pages(self) -> None:
        """Every order that has ended is listed once, as it ended.

        Look at: the cursor of the next page, and the table of status words.
        """
        placed = [self.bench.exchange.place(filled="0.25") for _ in range(self.two_pages)]
        for number, order in enumerate(placed):
            self.bench.exchange.end(order, OrderStatus.CLOSED if number % 2 else OrderStatus.CANCELED)
        since = self.bench.exchange.now() - _HOURS_AGO
        for status, ask in (
            (OrderStatus.CLOSED, self.bench.venue.fetch_closed_orders),
            (OrderStatus.CANCELED, self.bench.venue.fetch_canceled_orders),
        ):
            listed = [(one.id, one.filled) for one in ask(self.script.symbol, since)]
            true = {(one.id, one.filled) for one in placed if one.status is status}
            require(len(listed) == len(set(listed)), "an order was listed twice")
            require(set(listed) == true, f"{len(true)} are {status}, and {len(set(listed))} were listed")
