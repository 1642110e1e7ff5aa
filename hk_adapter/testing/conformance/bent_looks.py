"""Bent looks, and lists: what an answer does not say, says twice or contradicts is not made whole."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, OrderNotFound
from hk_adapter.flow.http import Response
from hk_adapter.model import Order, OrderSide, OrderStatus
from hk_adapter.testing.conformance.as_it_is import require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.bent_answers import (
    REFUSING,
    in_nobodys_words,
    said_twice,
    says_the_same,
    with_gaps,
)
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesOtherMarkets, WritesStates
from hk_adapter.testing.conformance.gateways import PAGES
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.conformance.written import refusal_of

LACKING = "a_row_that_lacks_something"
"""What is declared absent where a venue leaves out what is nothing, or a library fills in what it was not told."""
_AMOUNT = Decimal(1)
_PART = Decimal("0.25")
_CONTRADICTIONS = (
    (OrderStatus.CLOSED, _PART, OrderStatus.CANCELED),
    (OrderStatus.CANCELED, _AMOUNT, OrderStatus.CLOSED),
    (OrderStatus.OPEN, _AMOUNT, OrderStatus.CLOSED),
)
"""A status, what is filled of 1 beside it, and the status that it would agree with."""


class BentLooks:
    """Cases of answers to ``fetch_order`` and ``fetch_open_orders`` that are not as they should be."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    def _look_at(self, order: ScriptedOrder, answer: Response) -> Order | AdapterError:
        self.bench.exchange.meet(Request.QUERY, Fate(instead=answer))
        try:
            return self.bench.venue.fetch_order(order.id)
        except AdapterError as error:
            return error
        finally:
            self.bench.exchange.meet(Request.QUERY)

    @needs("fetch_order", LACKING)
    def test_what_an_order_does_not_say_is_not_made_up(self) -> None:
        """Where an answer lacks a value, or says null, that value is not told, or nothing is.

        Look at: what stands where a field is missing: no ``get(..., "0")``, no status and no side by default.
        """
        for status in (OrderStatus.OPEN, OrderStatus.CANCELED):
            placed = self.bench.exchange.place(side=OrderSide.SELL, filled=f"{_PART:f}", status=status)
            for bent, answer in with_gaps(self.script.order(placed)):
                read = self._look_at(placed, answer)
                if isinstance(read, Order):
                    self._nothing_but_the_truth(read, placed, bent)

    @needs("fetch_open_orders", LACKING)
    def test_what_a_listed_order_does_not_say_is_not_made_up(self) -> None:
        """As of a look: where a row lacks a value, that value is not told, or the list is an error; no row is hidden.

        Look at: whether lists read rows with what looks read them with, and leave out none that says less.
        """
        placed = self.bench.exchange.place(side=OrderSide.SELL, filled=f"{_PART:f}")
        empty = self.script.page([], is_last=True)
        for bent, answer in with_gaps(self.script.page([placed], is_last=True)):
            if says_the_same(answer, empty):  # rows by their ids: it was the row that was left out
                continue
            self.bench.exchange.meet(Request.OPEN_ORDERS, Fate(instead=answer))
            try:
                listed = self.bench.venue.fetch_open_orders(self.script.symbol)
            except AdapterError:
                continue
            require(len(listed) == 1, f"a list {bent} came, and {len(listed)} orders were read")
            self._nothing_but_the_truth(listed[0], placed, bent)

    def _nothing_but_the_truth(self, order: Order, placed: ScriptedOrder, bent: str) -> None:
        told = f"an answer {bent} came, and "
        require(order.id in (None, placed.id), f"{told}the id was read as {order.id}")
        require(order.status in (None, placed.status), f"{told}the status was read as {order.status}")
        require(order.filled in (None, placed.filled), f"{told}{order.filled} was read as filled")
        if order.id is not None:
            require_as_it_is(order, placed)

    @needs("fetch_order")
    def test_what_an_order_says_twice_is_not_believed(self) -> None:
        """Where an answer says a value twice, and not the same, it is not read as the one that comes first, or last.

        Look at: what reads JSON: ``read_json`` of ``hk_adapter.parsing`` refuses it, and ``json.loads`` does not.
        """
        placed = self.bench.exchange.place(filled=f"{_PART:f}")
        ended = replace(placed, filled=Decimal("0.75"), status=OrderStatus.CANCELED)
        for name, before, after in said_twice(self.script.order(placed), self.script.order(ended)):
            read = [self._look_at(placed, answer) for answer in (before, after)]
            told = [(one.status, one.filled) for one in read if isinstance(one, Order)]
            require(len(set(told)) < 2, f"{name} was said twice, and the order was read as {told}")

    @needs("fetch_order", "state_words")
    def test_a_word_near_a_known_one_ends_no_order(self) -> None:
        """A status word that only begins, or ends, as a documented one is an unknown word.

        Look at: how status words are looked up: as a whole, and not by a part of them.
        """
        writer: WritesStates = self.script  # type: ignore[assignment]
        for state in writer.state_words():
            for word in (f"{state.word}_zz", f"zz_{state.word}"):
                order = self.bench.exchange.place(word=word)
                read = self._look_at(order, self.script.order(order))
                ended = isinstance(read, Order) and read.status is not None and read.status.final
                require(not ended, f"nobody knows {word}, and the order was read as ended: {read!r}")

    @needs("fetch_order")
    def test_a_side_that_nobody_knows_is_not_guessed(self) -> None:
        """An order whose side is an unknown word is told without a side, or not at all.

        Look at: the table of sides: an unknown one is ``UnexpectedPayload``, and neither buys nor sells by default.
        """
        bought = self.bench.exchange.place(side=OrderSide.BUY)
        sold = replace(bought, side=OrderSide.SELL)
        for first, second in ((bought, sold), (sold, bought)):
            answer = in_nobodys_words(self.script.order(first), self.script.order(second))
            read = None if answer is None else self._look_at(first, answer)
            side = read.side if isinstance(read, Order) else None
            require(side is None, f"its side was a word that nobody knows, and the order was read as a {side}")

    @needs("fetch_order")
    def test_a_contradiction_is_told_or_refused(self) -> None:
        """Where status and amounts contradict each other, both are told as they are said, or neither is.

        Look at: that ``status`` is read from the word, ``filled`` from its number, and neither from the other.
        """
        for status, filled, agrees in _CONTRADICTIONS:
            placed = self.bench.exchange.place(filled=f"{filled:f}", status=status)
            answer = self.script.order(placed)
            if answer.body == self.script.order(replace(placed, status=agrees)).body:
                continue
            read = self._look_at(placed, answer)
            if isinstance(read, Order):
                told = f"{status} with {filled} of 1 filled was read as {read.status} with {read.filled}"
                require(read.status in (None, status) and read.filled in (None, filled), told)
        placed = self.bench.exchange.place(filled="1.5")
        read = self._look_at(placed, self.script.order(placed))
        if isinstance(read, Order):
            require(read.filled is None, f"1.5 of 1 was filled, and it was read as {read.filled}")

    @needs("cancel_order", "fetch_order", "other_symbol")
    def test_an_order_of_another_market_is_none_of_the_one_asked_for(self) -> None:
        """Where an answer shows another market than was asked for, that market is told, or none.

        Look at: from what ``symbol`` is read: the answer, where it says one, and not the request.
        """
        writer: WritesOtherMarkets = self.script  # type: ignore[assignment]
        asked = self.script.symbol
        placed = self.bench.exchange.place(symbol=writer.other_symbol)
        if self.script.order(placed).body == self.script.order(replace(placed, symbol=asked)).body:
            return
        for answer, kind in (
            (self.script.order(placed), Request.QUERY),
            (self.script.accepted(placed), Request.CANCEL),
        ):
            self.bench.exchange.meet(kind, Fate(acts=False, instead=answer))
        try:
            read: Order | None = self.bench.venue.fetch_order(placed.id, asked)
        except AdapterError:
            read = None
        for order in (read, self.bench.venue.try_cancel(placed.id, asked, wait="ack").order):
            told = f"an order of {placed.symbol} was shown, and told as one of {asked}"
            require(order is None or order.symbol != asked, told)

    @needs("fetch_order", Refusal.UNKNOWN_WORD)
    def test_a_status_alone_finds_nothing_missing(self) -> None:
        """A look answered with an undocumented word, or by a gateway, is not ``OrderNotFound``, whatever its status.

        Look at: what says that there is no such order: the venue's word for it, and not HTTP 404.
        """
        word = refusal_of(self.script, Asked(kind=Request.QUERY), Refusal.UNKNOWN_WORD)
        placed = self.bench.exchange.place()
        told = "came with a word that nobody knows"
        for answer in (*(Response(status, word.headers, word.body) for status in REFUSING), *PAGES):
            read = self._look_at(placed, answer)
            require(not isinstance(read, OrderNotFound), f"HTTP {answer.status} {answer.body!r} {told}: {read!r}")

    @needs("fetch_order", Refusal.NO_SUCH_ORDER)
    def test_a_server_error_finds_nothing_missing(self) -> None:
        """A look that is answered by HTTP 500 or 502 is not ``OrderNotFound``, whatever words come with it.

        Look at: what a status from 500 up means: no word beside it says anything of the order.
        """
        word = refusal_of(self.script, Asked(kind=Request.QUERY), Refusal.NO_SUCH_ORDER)
        placed = self.bench.exchange.place()
        for status in (500, 502):
            read = self._look_at(placed, Response(status, word.headers, word.body))
            require(
                not isinstance(read, OrderNotFound), f"HTTP {status} came with the word for no such order: {read!r}"
            )
