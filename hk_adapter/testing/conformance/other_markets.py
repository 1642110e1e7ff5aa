"""Other markets: an order is of its own, and a call that names one touches no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hk_adapter.errors import AdapterError
from hk_adapter.testing.conformance.as_it_is import require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.further_script import WritesOtherMarkets
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder

_HOURS_AGO = 7_200_000


class OtherMarkets:
    """Cases of a second market."""

    bench: Bench
    script: Script
    two_pages: int
    absent: frozenset[str]

    @property
    def _other(self) -> str:
        writer: WritesOtherMarkets = self.script  # type: ignore[assignment]
        return writer.other_symbol

    def _one_of_each(self) -> tuple[ScriptedOrder, ScriptedOrder]:
        return self.bench.exchange.place(), self.bench.exchange.place(symbol=self._other)

    @needs("fetch_order", "other_symbol")
    def test_an_order_is_of_its_own_market(self) -> None:
        """Each of two orders, of two markets, is read as one of its own, by a look.

        Look at: from what ``symbol`` is read: the row, and never the request.
        """
        for order in self._one_of_each():
            require_as_it_is(self.bench.venue.fetch_order(order.id), order)

    @needs("create_order", "other_symbol")
    def test_an_order_goes_to_the_market_that_was_asked_for(self) -> None:
        """The venue gets a create of the very market.

        Look at: how ``create_order`` writes ``symbol`` in the venue's words; the script reads it into ``Asked``.
        """
        for number, symbol in enumerate((self.script.symbol, self._other), start=1):
            own = None if "client_order_id" in self.absent else self.bench.own_id(number)
            with suppress(AdapterError):  # what comes of it is another case's
                self.bench.venue.create_order(symbol, "limit", "buy", "0.5", "1900", client_order_id=own)
            sent = [one.asked.symbol for one in self.bench.exchange.seen if one.asked.kind is Request.CREATE]
            require(len(sent) == number, f"no create of {symbol} was sent")
            require(sent[-1] == symbol, f"a create of {symbol} was asked for, and the script read one of {sent[-1]}")

    @needs("fetch_open_orders", "other_symbol")
    def test_a_list_of_one_market_has_no_order_of_another(self) -> None:
        """Where a market is named, its orders are listed and no others; where none is, each is of its own.

        Look at: what ``fetch_open_orders`` does with ``request.symbol``: venues that list all markets are no excuse.
        """
        both = {order.id: order for order in self._one_of_each()}
        for true in both.values():
            listed = [order.id for order in self.bench.venue.fetch_open_orders(true.symbol)]
            require(listed == [true.id], f"of {true.symbol} there is {true.id}, and {listed} was listed")
        with suppress(AdapterError):  # some venues list one market at a time
            for order in self.bench.venue.fetch_open_orders():
                require(str(order.id) in both, f"there is no order {order.id}, and it was listed")
                require_as_it_is(order, both[str(order.id)])

    @needs("fetch_open_orders", "other_symbol")
    def test_pages_without_an_open_order_of_the_market_are_no_end(self) -> None:
        """An order beyond whole pages of another market's is listed, or the list is an error: never no order.

        Look at: what ends a list: the venue's word, or a page that is not full, whatever is left of it for the market.
        """
        self._lies_beyond_others(lambda: [one.id for one in self.bench.venue.fetch_open_orders(self.script.symbol)])

    @needs("fetch_orders", "other_symbol")
    def test_pages_without_an_ended_order_of_the_market_are_no_end(self) -> None:
        """As of the open orders: one that has ended is listed beyond whole pages of another market's.

        Look at: what ends the list of ended orders.
        """
        since = self.bench.exchange.now() - _HOURS_AGO
        ask = self.bench.venue.fetch_canceled_orders
        self._lies_beyond_others(lambda: [one.id for one in ask(self.script.symbol, since)], ended=True)

    def _lies_beyond_others(self, ask: Callable[[], list[str | None]], *, ended: bool = False) -> None:
        """Place one order before many of another market, and then one after them: lists begin at either end."""
        first = self.bench.exchange.place()
        others = [self.bench.exchange.place(symbol=self._other) for _ in range(self.two_pages)]
        self._listed_beyond_others(ask, [first], others if ended else [], ended=ended)
        if not ended:
            self.bench.exchange.end(first)
        last = self.bench.exchange.place()
        self._listed_beyond_others(ask, [first, last] if ended else [last], [], ended=ended)

    def _listed_beyond_others(
        self,
        ask: Callable[[], list[str | None]],
        true: list[ScriptedOrder],
        others: list[ScriptedOrder],
        *,
        ended: bool,
    ) -> None:
        for order in (*true, *others) if ended else ():
            self.bench.exchange.end(order)
        try:
            listed = ask()
        except AdapterError:
            return
        told = f"{len(true)} of {self.script.symbol} lie among pages of {self._other}, and {len(listed)} were listed"
        require(set(listed) == {order.id for order in true}, told)

    @needs("fetch_my_trades", "other_symbol")
    def test_fills_of_one_market_are_none_of_another(self) -> None:
        """Where a market is named, its fills are listed and no others.

        Look at: what ``fetch_my_trades`` does with ``request.symbol``, and from what a fill's ``symbol`` is read.
        """
        since = self.bench.exchange.now() - _HOURS_AGO
        made = {order.symbol: self.bench.exchange.note_fill(order, "0.5").id for order in self._one_of_each()}
        for symbol, fill_id in made.items():
            listed = [(one.id, one.symbol) for one in self.bench.venue.fetch_my_trades(symbol, since)]
            require(listed == [(fill_id, symbol)], f"of {symbol} there is {fill_id}, and {listed} was listed")

    @needs("cancel_order", "fetch_order", "fetch_open_orders", "other_symbol")
    def test_all_orders_of_one_market_are_canceled_and_no_other(self) -> None:
        """To cancel all of a market's orders leaves those of another where they are.

        Look at: ``cancel_all_orders``, where the plugin has it, and the list of open orders.
        """
        ours, others = self._one_of_each()
        self.bench.venue.cancel_all_orders(ours.symbol, timeout=60.0)
        self.bench.exchange.settle()
        require(ours.is_ended, f"all of {ours.symbol} was to be canceled, and an order of it was not")
        require(not others.is_ended, f"all of {ours.symbol} was to be canceled, and an order of {others.symbol} was")
