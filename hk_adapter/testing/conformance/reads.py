"""Reads: every digit and every row comes through, or is told to be missing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.model import OrderSide, OrderStatus
from hk_adapter.testing.conformance.as_it_is import FINE, LONG, require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script

_FUZZED = 200
_SPACED = 7_200_000
"""Milliseconds between two orders of a long list: the oldest is weeks old."""
_NOISE = (b"", b"null", b"[]", b"{}", b"0", b'"x"', b"-", b"NaN", b"1e999", b"\xff\xfe", b"[[[[", b"true")


class Reads:
    """Cases of ``fetch_order`` and ``fetch_open_orders``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_order")
    def test_numbers_are_read_exactly(self) -> None:
        """Price, amount and what is filled come through with every digit.

        Look at: that numbers are read as text into ``Decimal``, and never by way of a float.
        """
        long, fine = Decimal("1234567890.12345678"), Decimal("1.00000001")
        for price, amount, filled in ((long, fine, "0.00000001"), (LONG, LONG, f"{FINE:f}"), (FINE, LONG, "1")):
            placed = self.bench.exchange.place(price=price, amount=amount, filled=filled)
            order = self.bench.venue.fetch_order(placed.id)
            read = (order.price, order.amount, order.filled)
            require(read == (placed.price, placed.amount, placed.filled), f"it was read as {read}")

    @needs("fetch_order")
    def test_an_order_is_read_whole(self) -> None:
        """Its id, symbol, side, status and what is left come through, and nothing that is not so, such as a time.

        Look at: which fields of the row become which of the ``Order``, and in what units times are told.
        """
        placed = self.bench.exchange.place(side=OrderSide.SELL, filled="0.25")
        placed.updated += _SPACED // 4
        order = self.bench.venue.fetch_order(placed.id)
        require_as_it_is(order, placed)
        read = (order.id, order.symbol, order.side, order.status, order.remaining)
        true = (placed.id, self.script.symbol, OrderSide.SELL, OrderStatus.OPEN, Decimal("0.75"))
        require(read == true, f"it was read as {read}")

    @needs("fetch_order")
    def test_ends_are_told_apart(self) -> None:
        """A filled order is closed, a canceled one canceled.

        Look at: the table of status words.
        """
        for status in (OrderStatus.CLOSED, OrderStatus.CANCELED):
            placed = self.bench.exchange.place()
            self.bench.exchange.end(placed, status)
            read = self.bench.venue.fetch_order(placed.id).status
            require(read is status, f"it was {status}, and read as {read}")

    @needs("fetch_order")
    def test_garbage_ends_in_our_errors(self) -> None:
        """Whatever bytes come back, a call gives an order or raises an error of this package.

        Look at: what ``fetch_order`` does between the bytes and the ``Order``: all of it within what turns
        a ``KeyError`` into an ``UnexpectedPayload``.
        """
        placed = self.bench.exchange.place()
        for body in fuzzed(self.script.order(placed).body):
            answer = Response(200, {"content-type": "application/json"}, body)
            self.bench.exchange.meet(Request.QUERY, Fate(instead=answer))
            try:
                self.bench.venue.fetch_order(placed.id)
            except AdapterError as error:
                cause = error.__cause__
                require("broke" not in str(error), f"{body[:60]!r} broke the plugin: {error} from {cause!r}")

    @needs("fetch_open_orders")
    def test_pages_are_read_to_the_end(self) -> None:
        """Every open order is listed, over all pages, once, however old it is.

        Look at: the cursor of the next page, and when a page is the last one.
        """
        ages = (number * _SPACED for number in range(2 * self.two_pages))
        placed = {self.bench.exchange.place(created=self.bench.exchange.now() - age).id for age in reversed([*ages])}
        listed = [order.id for order in self.bench.venue.fetch_open_orders(self.script.symbol)]
        require(len(listed) == len(set(listed)), "an order was listed twice")
        require(set(listed) == placed, f"{len(placed)} are open, and {len(set(listed))} were listed")

    @needs("fetch_open_orders")
    def test_open_orders_of_one_moment_are_listed_over_all_pages(self) -> None:
        """Every open order is listed once, also where a page ends between two of the same millisecond.

        Look at: what the cursor of the next page is made of: ids, for times have ties.
        """
        placed = {self.bench.exchange.place().id for _ in range(self.two_pages)}
        listed = [order.id for order in self.bench.venue.fetch_open_orders(self.script.symbol)]
        require(len(listed) == len(set(listed)), "an order was listed twice")
        require(set(listed) == placed, f"{len(placed)} are open, and {len(set(listed))} were listed")

    @needs("fetch_open_orders")
    def test_no_open_orders(self) -> None:
        """An empty list is one, and no error.

        Look at: what an empty page is read as.
        """
        ended = self.bench.exchange.place()
        self.bench.exchange.end(ended)
        listed = self.bench.venue.fetch_open_orders(self.script.symbol)
        require(not listed, f"none is open, and {len(listed)} were listed")

    two_pages: int
    """How many orders do not fit into one page."""


def fuzzed(body: bytes, ways: int = _FUZZED) -> Iterator[bytes]:
    """Damage a body in many ways, the same ones each time."""
    luck = Random(1)  # noqa: S311 - the same damage each time
    yield from _NOISE
    for _ in range(ways):
        begin = luck.randrange(len(body))
        end = min(len(body), begin + luck.choice((0, 1, 2, 5, 20)))
        yield body[:begin] + luck.choice(_NOISE) + body[end:]
