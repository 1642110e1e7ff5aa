"""Looks: each shows the order that was asked for as it is now, or shows none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from hk_adapter.errors import AdapterError, InvalidArgument, OrderNotFound
from hk_adapter.model import Order
from hk_adapter.testing.conformance.as_it_is import require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.conformance.written import has_words_for

_HOURS_AGO = 7_200_000


class Looks:
    """Cases of ``fetch_order`` and of lists that are asked more than once."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_order")
    def test_each_look_is_a_new_one(self) -> None:
        """What changed between two looks at an order is in the second.

        Look at: what the plugin remembers between two calls of ``fetch_order``: nothing of an order.
        """
        placed = self.bench.exchange.place()
        self.bench.venue.fetch_order(placed.id)
        self.bench.exchange.fill(placed, Decimal("0.5"))
        require_as_it_is(self.bench.venue.fetch_order(placed.id), placed)
        self.bench.exchange.end(placed)
        require_as_it_is(self.bench.venue.fetch_order(placed.id), placed)

    @needs("fetch_order")
    def test_a_look_that_is_refused_shows_no_order(self) -> None:
        """A look that is refused, for its key, for asking too often or in an undocumented word, or lost, is an error.

        Look at: what ``fetch_order`` catches: nothing. What is no answer is neither an order nor ``OrderNotFound``.
        """
        placed = self.bench.exchange.place()
        self.bench.venue.fetch_order(placed.id)
        fates = {"lost on its way": Fate(arrives=False, lost=True), "lost on its way back": Fate(lost=True)}
        for refusal in (Refusal.BAD_KEY, Refusal.RATE_LIMITED, Refusal.UNKNOWN_WORD, Refusal.CLOSED):
            if refusal not in self.absent and has_words_for(self.script, refusal):
                fates[f"refused ({refusal})"] = Fate(refused=refusal)
        for what, fate in fates.items():
            self.bench.exchange.meet(Request.QUERY, fate)
            try:
                shown: object = self.bench.venue.fetch_order(placed.id).status
            except OrderNotFound as error:
                shown = error
            except AdapterError:
                continue
            require(False, f"a look was {what}, and it gave {shown!r}")

    @needs("fetch_order", "client_order_id")
    def test_a_look_by_the_clients_id_shows_that_order(self) -> None:
        """Of several orders the one with the client's id is shown, capitals and all, and of a strange id none.

        Look at: how ``fetch_order`` names an order that has no ``order_id``, and what it finds in a list of several.
        """
        placed = [self.bench.exchange.place(client_order_id=self.bench.own_id(30 + number)) for number in range(3)]
        for order in placed:
            shown = self.bench.venue.fetch_order(client_order_id=order.client_order_id)
            require_as_it_is(shown, order)
        capitals = self.bench.own_id_in_capitals(33)
        if capitals is not None:
            self._is_shown_or_refused(self.bench.exchange.place(client_order_id=capitals))
        try:
            found = self.bench.venue.fetch_order(client_order_id=self.bench.own_id(40))
        except AdapterError:
            return
        require(False, f"no order has the client's id that was asked for, and {found.id} was shown")

    def _is_shown_or_refused(self, order: ScriptedOrder) -> None:
        own = order.client_order_id
        try:
            shown = self.bench.venue.fetch_order(client_order_id=own)
        except InvalidArgument:
            return  # the venue takes no such id
        except OrderNotFound:
            require(False, f"the order with the client's id {own} was not found by it")
        else:
            require_as_it_is(shown, order)

    @needs("fetch_open_orders")
    def test_each_list_is_a_new_one(self) -> None:
        """What was placed, filled or canceled between two lists is so in the second.

        Look at: what the plugin remembers between two calls of ``fetch_open_orders``: nothing of an order.
        """
        first = self.bench.exchange.place()
        self._now_open([first.id])
        second = self.bench.exchange.place()
        self.bench.exchange.fill(first, Decimal("0.5"))
        listed = {one.id: one for one in self._now_open([first.id, second.id])}
        require_as_it_is(listed[first.id], first)
        self.bench.exchange.end(first)
        self._now_open([second.id])

    def _now_open(self, true: Sequence[str]) -> list[Order]:
        listed = self.bench.venue.fetch_open_orders(self.script.symbol)
        ids = sorted(str(order.id) for order in listed)
        require(ids == sorted(true), f"{sorted(true)} are open, and {ids} were listed")
        return listed

    @needs("fetch_orders")
    def test_each_history_is_a_new_one(self) -> None:
        """What has ended between two lists is in the second.

        Look at: what the plugin remembers between two calls of ``fetch_orders``.
        """
        since = self.bench.exchange.now() - _HOURS_AGO
        self._all_there(self._end_one, lambda: self.bench.venue.fetch_canceled_orders(self.script.symbol, since))

    @needs("fetch_my_trades")
    def test_each_list_of_fills_is_a_new_one(self) -> None:
        """What was filled between two lists is in the second.

        Look at: what the plugin remembers between two calls of ``fetch_my_trades``.
        """
        since = self.bench.exchange.now() - _HOURS_AGO
        placed = self.bench.exchange.place(filled="1")
        self._all_there(
            lambda: self.bench.exchange.note_fill(placed, "0.5"),
            lambda: self.bench.venue.fetch_my_trades(self.script.symbol, since),
        )

    def _end_one(self) -> None:
        self.bench.exchange.end(self.bench.exchange.place())

    def _all_there(self, happen: Callable[[], object], ask: Callable[[], Sequence[object]]) -> None:
        for true in (1, 2):
            happen()
            listed = len(ask())
            require(listed == true, f"there are {true}, and {listed} were listed")
