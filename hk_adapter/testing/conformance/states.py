"""States: every word that a venue has for how an order stands is read, and hides no order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hk_adapter.model import OrderStatus
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.further_script import WritesStates
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script, StateWord
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder

_HOURS_AGO = 7_200_000


class States:
    """Cases of the venue's words for how an order stands."""

    bench: Bench
    script: Script

    @needs("fetch_order", "state_words")
    def test_each_documented_state_is_read(self) -> None:
        """An order is read as standing so as the venue's word says, also where the word is a rare one.

        Look at: the table of status words: it has all that the documentation has.
        """
        for state in self._state_words():
            read = self.bench.venue.fetch_order(self._standing(state).id).status
            require(read is state.status, f"{state.word} says {state.status}, and was read as {read}")

    @needs("fetch_open_orders", "state_words")
    def test_open_orders_are_listed_in_each_state(self) -> None:
        """An order that is on the book, or may get there, is listed whatever the word for it.

        Look at: what ``fetch_open_orders`` leaves out: nothing that it was given.
        """
        placed = {self._standing(state).id: state.word for state in self._state_words() if not state.status.final}
        listed = {order.id for order in self.bench.venue.fetch_open_orders(self.script.symbol)}
        self._all_listed(placed, listed)

    @needs("fetch_orders", "state_words")
    def test_ended_orders_are_listed_in_each_state(self) -> None:
        """An order that has ended is listed whatever the word for its end, fills or not.

        Look at: what ``fetch_orders`` leaves out: nothing that it was given.
        """
        placed = {self._standing(state).id: state.word for state in self._state_words() if state.status.final}
        since = self.bench.exchange.now() - _HOURS_AGO
        listed = {order.id for order in self.bench.venue.fetch_orders(self.script.symbol, since)}
        self._all_listed(placed, listed)

    def _state_words(self) -> Sequence[StateWord]:
        writer: WritesStates = self.script  # type: ignore[assignment]
        words = writer.state_words()
        require(words, "the script tells no word for how an order stands")
        return words

    def _standing(self, state: StateWord) -> ScriptedOrder:
        whole = state.status is OrderStatus.CLOSED
        filled = Decimal(whole) if state.filled is None else state.filled
        return self.bench.exchange.place(filled=f"{filled:f}", status=state.status, word=state.word)

    def _all_listed(self, placed: dict[str, str], listed: set[str | None]) -> None:
        missing = [word for order_id, word in placed.items() if order_id not in listed]
        require(not missing, f"there are orders that are {', '.join(missing)}, and none such is listed")
        require(len(listed) == len(placed), f"there are {len(placed)} orders, and {len(listed)} were listed")
