"""Creates: an order is sent once, under the client's id, and what is not known of it is not made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError, DuplicateClientOrderId, RequestState
from hk_adapter.flow.http import Response
from hk_adapter.model import Order, OrderSide, OrderStatus
from hk_adapter.testing.conformance.as_it_is import FINE, LONG, require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.bent_answers import REFUSING
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.gateways import PAGES
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.written import refusal_of

_PLACES = 18


class Creates:
    """Cases of ``create_order``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    def _create(self, **given: Any) -> Order | AdapterError:
        terms: dict[str, Any] = {"side": "buy", "amount": "0.5", "price": "1900", "client_order_id": self._own_id()}
        try:
            return self.bench.venue.create_order(self.script.symbol, "limit", **(terms | given))
        except AdapterError as error:
            return error

    def _is_there(self, order: Order | AdapterError) -> bool:
        return isinstance(order, Order) and order.id in self.bench.exchange.orders

    def _own_id(self) -> str | None:
        return None if "client_order_id" in self.absent else self.bench.own_id(1)

    @needs("create_order")
    def test_an_order_is_sent_once_as_it_was_asked_for(self) -> None:
        """The venue gets one create with the side, the amount, the price and the client's id of the request.

        Look at: how ``create_order`` writes its parameters.
        """
        for number, side in enumerate((OrderSide.BUY, OrderSide.SELL), start=1):
            self._sent_as_asked_for(side, None if "client_order_id" in self.absent else self.bench.own_id(number))

    def _sent_as_asked_for(self, side: OrderSide, own: str | None) -> None:
        before = self.bench.exchange.count(Request.CREATE)
        order = self._create(side=side, client_order_id=own)
        require(isinstance(order, Order), f"it was created, and ended in {order!r}")
        asked = [one.asked for one in self.bench.exchange.seen if one.asked.kind is Request.CREATE][before:]
        require(len(asked) == 1, f"{len(asked)} creates were sent")
        sent = asked[0]
        require(sent.side is side, f"a {side} was asked for, and the script read a {sent.side}")
        require((sent.amount, sent.price) == (Decimal("0.5"), Decimal(1900)), f"{sent.amount} at {sent.price} was sent")
        require(sent.client_order_id == own, f"the client's id went out as {sent.client_order_id}")
        require(self._is_there(order), "the id is not the venue's")
        if isinstance(order, Order):
            require_as_it_is(order, self.bench.exchange.orders[str(order.id)])

    @needs("create_order")
    def test_an_order_that_was_filled_at_once_is_told_so(self) -> None:
        """Where the answer to a create shows what was filled, and that the order has ended, so does the order.

        Look at: from what ``create_order`` reads status and ``filled``: the answer, where it has them.
        """
        own = self._own_id()
        terms: dict[str, Any] = {"amount": Decimal("0.5"), "price": Decimal(1900), "client_order_id": own}
        placed = self.bench.exchange.place(created=self.bench.exchange.now(), **terms)
        unfilled = self.script.created(placed).body
        placed.filled, placed.status = placed.amount, OrderStatus.CLOSED
        answer = self.script.created(placed)
        self.bench.exchange.meet(Request.CREATE, Fate(acts=False, instead=answer))
        order = self._create(client_order_id=own)
        require(isinstance(order, Order), f"it was created, and ended in {order!r}")
        if isinstance(order, Order) and answer.body != unfilled:
            require_as_it_is(order, placed)

    @needs("create_order")
    def test_small_and_long_numbers_go_out_exactly(self) -> None:
        """Amount and price leave with every digit, and in plain ones.

        Look at: that numbers are written from ``Decimal``, and never by way of a float.
        """
        terms = [(Decimal("0.00000001"), Decimal("1234567890.12345678"))]
        if getattr(self.script, "places", _PLACES) >= _PLACES:
            terms += [(LONG, FINE), (FINE, LONG)]
        for number, (amount, price) in enumerate(terms, start=1):
            own = None if "client_order_id" in self.absent else self.bench.own_id(number)
            ended = self._create(amount=amount, price=price, client_order_id=own)
            sent = [one.asked for one in self.bench.exchange.seen if one.asked.kind is Request.CREATE]
            if number > 1 and isinstance(ended, AdapterError) and ended.request_state is RequestState.NOT_SENT:
                continue
            require(sent, f"no create was sent of {amount} at {price}: {ended!r}")
            told = f"{amount} at {price} went out as {sent[-1].amount} at {sent[-1].price}"
            require((sent[-1].amount, sent[-1].price) == (amount, price), told)

    @needs("create_order")
    def test_what_the_answer_says_of_an_order_is_told(self) -> None:
        """Where the answer to a create shows other terms or another client's id than were sent, they are not mended.

        Look at: what ``create_order`` takes from the request: nothing that the answer says. The host compares the two.
        """
        for number, (name, wrong) in enumerate({"amount": Decimal("0.7"), "price": Decimal(1901)}.items(), start=1):
            own = None if "client_order_id" in self.absent else self.bench.own_id(number)
            self._told_as_answered(name, wrong, own)
        if "client_order_id" not in self.absent:
            self._told_as_answered("client_order_id", self.bench.own_id(9), self.bench.own_id(8))

    def _told_as_answered(self, name: str, wrong: Any, own: str | None) -> None:
        asked: dict[str, Any] = {"amount": Decimal("0.5"), "price": Decimal(1900), "client_order_id": own}
        placed = self.bench.exchange.place(created=self.bench.exchange.now(), **asked)
        setattr(placed, name, wrong)
        answer = self.script.created(placed)
        if not any(_is_same(one, wrong) for one in _values(answer.body)):
            return  # it says nothing of that, or in a sentence
        self.bench.exchange.meet(Request.CREATE, Fate(acts=False, instead=answer))
        order = self._create(client_order_id=own)
        if isinstance(order, Order):
            shown = getattr(order, name)
            require(shown != asked[name], f"the answer shows {wrong} as its {name}, and {shown} was told")

    @needs("create_order", "fetch_order", "client_order_id")
    def test_an_order_whose_answer_was_lost_is_found(self) -> None:
        """It is found under the client's id, and not sent again.

        Look at: that ``fetch_order`` can ask by ``client_order_id``.
        """
        self.bench.exchange.meet(Request.CREATE, Fate(lost=True))
        order = self._create(timeout=30.0)
        require(
            isinstance(order, Order) and order.id in self.bench.exchange.orders, f"it exists, and ended in {order!r}"
        )
        require(self.bench.exchange.count(Request.CREATE) == 1, "it was sent more than once")

    @needs("create_order")
    def test_an_order_that_never_arrived_is_in_doubt(self) -> None:
        """A create without an answer that no look-up finds is neither created nor failed, and not sent again.

        Look at: that ``create_order`` catches nothing of what its effects raise.
        """
        self.bench.exchange.meet(Request.CREATE, Fate(arrives=False))
        error = self._create(timeout=10.0)
        require(isinstance(error, AdapterError), f"nothing is known of it, and it ended in {error!r}")
        require(
            isinstance(error, AdapterError) and error.request_state is RequestState.UNKNOWN, f"{error!r} is no doubt"
        )
        require(self.bench.exchange.count(Request.CREATE) == 1, "it was sent more than once")

    @needs("create_order", "fetch_order", "client_order_id")
    def test_a_gateways_page_is_no_refusal(self) -> None:
        """An order that was created behind a gateway's page, in JSON too, is found.

        Look at: what ``create_order`` makes of a body that is not the venue's: ``UnexpectedPayload``.
        """
        for number, page in enumerate(PAGES, start=90):
            self.bench.exchange.meet(Request.CREATE, Fate(instead=page))
            order = self._create(client_order_id=self.bench.own_id(number), timeout=30.0)
            told = f"it exists behind HTTP {page.status} {page.body!r}, and ended in {order!r}"
            require(isinstance(order, Order) and order.id in self.bench.exchange.orders, told)

    @needs("create_order", "fetch_order", "client_order_id", Refusal.UNKNOWN_WORD)
    def test_a_server_error_refuses_no_create(self) -> None:
        """An order that was created though HTTP 500 or 503 came, in the venue's form, is found.

        Look at: what a status from 500 up means: a doubt, unless the venue's own word says that it is closed.
        """
        word = refusal_of(self.script, Asked(kind=Request.CREATE), Refusal.UNKNOWN_WORD)
        for number, status in enumerate((500, 503), start=1):
            self.bench.exchange.meet(Request.CREATE, Fate(instead=Response(status, word.headers, word.body)))
            order = self._create(timeout=30.0, client_order_id=self.bench.own_id(number))
            require(self._is_there(order), f"HTTP {status} came, it exists, and ended in {order!r}")

    @needs("create_order", Refusal.NO_FUNDS)
    def test_a_refusal_is_no_doubt(self) -> None:
        """A create that is refused for want of funds says that it was refused.

        Look at: the table of errors: the refusal is ``InsufficientFunds``.
        """
        self.bench.exchange.meet(Request.CREATE, Fate(acts=False, refused=Refusal.NO_FUNDS))
        error = self._create()
        told = isinstance(error, AdapterError) and error.request_state is RequestState.REFUSED
        require(told, f"it was refused, and ended in {error!r}")

    @needs("create_order", "fetch_order", "client_order_id", Refusal.DUPLICATE)
    def test_a_duplicate_may_be_the_very_order(self) -> None:
        """A create is told as refused for a used id only where an older order has it; its own is found, or in doubt.

        Look at: the table of errors: the word for a client order id that is used is ``DuplicateClientOrderId``.
        """
        older = self.bench.exchange.place(client_order_id=self.bench.own_id(95))
        self.bench.advance(600.0)
        self.bench.exchange.meet(Request.CREATE, Fate(acts=False, refused=Refusal.DUPLICATE))
        error = self._create(client_order_id=older.client_order_id, timeout=30.0)
        told = f"an order of ten minutes ago has its id, and it ended in {error!r}"
        require(isinstance(error, DuplicateClientOrderId), told)
        self.bench.exchange.meet(Request.CREATE, Fate(refused=Refusal.DUPLICATE))
        order = self._create(client_order_id=self.bench.own_id(96), timeout=30.0)
        doubted = isinstance(order, AdapterError) and order.request_state is RequestState.UNKNOWN
        require(self._is_there(order) or doubted, f"it was delivered twice, exists, and ended in {order!r}")

    @needs("create_order", "fetch_order", "client_order_id", Refusal.UNKNOWN_WORD)
    def test_a_word_that_nobody_knows_refuses_no_create(self) -> None:
        """An order that exists though its create was answered with an undocumented word is found.

        Look at: the last line of the table of errors: whatever is not in it leaves the outcome open.
        """
        self.bench.exchange.meet(Request.CREATE, Fate(refused=Refusal.UNKNOWN_WORD))
        order = self._create(timeout=30.0)
        require(
            isinstance(order, Order) and order.id in self.bench.exchange.orders, f"it exists, and ended in {order!r}"
        )

    @needs("create_order", "fetch_order", "client_order_id", Refusal.UNKNOWN_WORD)
    def test_a_status_alone_refuses_no_create(self) -> None:
        """A create that is answered with an undocumented word is in doubt, whatever its HTTP status.

        Look at: what says that an order was refused: the venue's word for it, and not HTTP 400.
        """
        word = refusal_of(self.script, Asked(kind=Request.CREATE), Refusal.UNKNOWN_WORD)
        for number, status in enumerate(REFUSING, start=70):
            instead = Response(status, word.headers, word.body)
            self.bench.exchange.meet(Request.CREATE, Fate(acts=False, instead=instead))
            own = self.bench.own_id(number)
            try:
                self.bench.venue.create_order(
                    self.script.symbol, "limit", "buy", "1", "1900", client_order_id=own, timeout=5
                )
            except AdapterError as error:
                told = f"HTTP {status} came with a word that nobody knows, and it ended in {error!r}"
                require(error.request_state is RequestState.UNKNOWN, told)


def _values(body: bytes) -> Iterator[object]:
    """Return what stands in an answer of JSON, without the names."""
    try:
        left: list[object] = [json.loads(body)]
    except ValueError:
        return
    while left:
        value = left.pop()
        if isinstance(value, dict | list):
            left += value.values() if isinstance(value, dict) else value
        else:
            yield value


def _is_same(value: object, other: object) -> bool:
    if isinstance(other, str):
        return value == other
    try:
        return not isinstance(value, bool) and Decimal(str(value)) == other
    except ArithmeticError:
        return False
