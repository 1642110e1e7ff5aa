"""Lists: whole, or an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.model import Order, OrderSide, OrderStatus
from hk_adapter.testing.conformance.as_it_is import FINE, LONG, require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt

_MANY = 200
"""Requests that no list of a few pages needs."""
_HOURS_AGO = 7_200_000
_MINUTES = 600_000
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
    def test_an_order_of_the_history_in_a_state_that_nobody_knows_is_told(self) -> None:
        """It is listed as none that was filled or canceled, or the list is an error: never that list without it.

        Look at: rows whose state the table of status words lacks: ``left_out``, or ``UnexpectedPayload``.
        """
        placed = [self.bench.exchange.place(), self.bench.exchange.place(word=_NOBODYS_WORD)]
        for order in placed:
            self.bench.exchange.end(order)
        since = self.bench.exchange.now() - _HOURS_AGO
        try:
            listed = {order.id: order.status for order in self.bench.venue.fetch_orders(self.script.symbol, since)}
        except AdapterError:
            return
        told = f"two have ended, one of them as {_NOBODYS_WORD}, and {len(listed)} were listed as all"
        require(listed.keys() == {order.id for order in placed}, told)
        require(listed[placed[1].id] is None, f"nobody knows {_NOBODYS_WORD}, and it was listed as {listed}")

    @needs("fetch_open_orders")
    def test_a_listed_order_is_read_as_it_is(self) -> None:
        """Each order of a list has its own id, client's id, side, price, amount, fill and time, or none is told.

        Look at: which fields of the row become which of the ``Order``; numbers are read as by ``fetch_order``.
        """
        placed = {order.id: order for order in self._several()}
        self._listed_as_they_are(placed, self.bench.venue.fetch_open_orders(self.script.symbol))

    @needs("fetch_orders")
    def test_an_ended_order_is_listed_as_it_ended(self) -> None:
        """Those that were filled, in part or not at all, are listed, each with its own ids, terms, fill and time.

        Look at: which fields of the row become which of the ``Order``: an order without fills has ended, too.
        """
        placed = {order.id: order for order in self._several()}
        for number, order in enumerate(placed.values()):
            self.bench.exchange.end(order, OrderStatus.CANCELED if number < 2 else OrderStatus.CLOSED)
        since = self.bench.exchange.now() - _HOURS_AGO
        self._listed_as_they_are(placed, self.bench.venue.fetch_orders(self.script.symbol, since))

    def _several(self) -> list[ScriptedOrder]:
        """Place orders that have nothing in common."""
        now, own = self.bench.exchange.now(), "client_order_id" not in self.absent
        terms: tuple[tuple[OrderSide, Decimal, Decimal, str], ...] = (
            (OrderSide.BUY, Decimal("1900.5"), Decimal(2), "0"),
            (OrderSide.SELL, LONG, LONG, f"{FINE:f}"),
            (OrderSide.BUY, FINE, Decimal("3.00000001"), "1.25"),
            (OrderSide.SELL, Decimal("1234567890.12345678"), Decimal("0.5"), "0.25"),
        )
        return [
            self.bench.exchange.place(
                side=side,
                price=price,
                amount=amount,
                filled=filled,
                created=now - (1 + number) * _MINUTES,
                client_order_id=self.bench.own_id(20 + number) if own else None,
            )
            for number, (side, price, amount, filled) in enumerate(terms)
        ]

    def _listed_as_they_are(self, placed: Mapping[str, ScriptedOrder], listed: Sequence[Order]) -> None:
        found = {str(order.id): order for order in listed}
        require(found.keys() == placed.keys(), f"there are {len(placed)}, and {len(found)} were listed")
        for order_id, order in found.items():
            require_as_it_is(order, placed[order_id])

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
