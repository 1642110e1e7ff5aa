"""Own words: what is told as the venue's own word is one that it said, and no number is made up."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.model import Order, OrderStatus, Trade
from hk_adapter.model.decimals import exact_product
from hk_adapter.testing.conformance.as_it_is import FINE
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.further_script import WritesStates
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script, StateWord

_HOURS_AGO = 7_200_000
_NOBODYS_WORD = "zz_nobody_knows"
_AGREES = Decimal("1e-15")
"""Of a product: venues, and scripts, may write it with fewer digits."""


class OwnWords:
    """Cases of ``venue_status``, ``venue_symbol``, ``account_id``, and of sums that nobody told."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_order", "state_words")
    def test_the_venues_word_for_a_state_is_kept_as_it_is(self) -> None:
        """Where ``venue_status`` is read, it is the word that the venue has for that order, in looks and lists.

        Look at: from which field ``venue_status`` is read: it is what was said, and never what it was read as.
        """
        writer: WritesStates = self.script  # type: ignore[assignment]
        words = [*writer.state_words(), StateWord(word=_NOBODYS_WORD, status=OrderStatus.OPEN)]
        placed = {self._standing_so(state): state.word for state in words}
        shown: list[Order] = []
        for order_id in placed:
            with suppress(AdapterError):  # a state that nobody knows may be an error
                shown.append(self.bench.venue.fetch_order(order_id))
        for order in shown:
            word = placed[str(order.id)]
            told = f"the venue says {word!r}, and it was told to say {order.venue_status!r}"
            require(order.venue_status in (None, word), told)

    @needs("fetch_order")
    def test_what_is_told_as_said_was_said(self) -> None:
        """The venue's own words for state, market and account stand in an answer, in looks, lists and fills.

        Look at: ``venue_status``, ``venue_symbol`` and ``account_id``: they are read from the row, or left out.
        """
        for order in self._orders():
            self._was_said("venue_status", order.venue_status)
            self._was_said("venue_symbol", order.venue_symbol)
            self._was_said("account_id", order.account_id)

    @needs("fetch_order")
    def test_no_fee_of_an_order_is_made_up(self) -> None:
        """An order of which no answer tells what it cost has no fee above 0, and no fills that nobody made.

        Look at: ``fees`` and ``trades`` of an ``Order``: what they say is read, and never worked out.
        """
        for order in self._orders():
            costs = [fee.cost for fee in order.fees if fee.cost]
            require(not costs, f"nobody said what {order.id} cost, and it was read to cost {costs}")
            require(not order.trades, f"nobody told of fills of {order.id}, and {len(order.trades or ())} were read")

    @needs("fetch_my_trades")
    def test_what_a_fill_came_to_is_its_price_times_its_amount(self) -> None:
        """Where a ``cost`` is read of a fill, it is in quote currency, and the fee is none of it.

        Look at: which field becomes the ``cost`` of a ``Trade``; without one it may be left out.
        """
        amount, price, fee = Decimal("1.25"), Decimal("1900.5"), Decimal("0.7")
        placed = self.bench.exchange.place(amount=Decimal(4), filled="2.5")
        self.bench.exchange.note_fill(placed, f"{amount:f}", price=price, fee=fee)
        self.bench.exchange.note_fill(placed, f"{amount:f}", price=FINE, fee=fee)
        for fill in self._fills():
            self._came_to(fill)

    def _came_to(self, fill: Trade) -> None:
        price, amount, cost = fill.price, fill.amount, fill.cost
        if price is None or amount is None or cost is None:
            return
        true = exact_product(price, amount)
        told = f"{amount} at {price} came to {true}, and was read to come to {cost}"
        require(abs(cost - true) <= true * _AGREES, told)

    def _standing_so(self, state: StateWord) -> str:
        whole = state.status is OrderStatus.CLOSED
        filled = Decimal(whole) if state.filled is None else state.filled
        return self.bench.exchange.place(filled=f"{filled:f}", status=state.status, word=state.word).id

    def _orders(self) -> Iterable[Order]:
        """Read orders of every kind by every hook that shows some."""
        placed = [self.bench.exchange.place(filled=filled) for filled in ("0", "0.25", "0.5")]
        self.bench.exchange.end(placed[-1])
        venue, symbol, since = self.bench.venue, self.script.symbol, self.bench.exchange.now() - _HOURS_AGO
        yield from (venue.fetch_order(one.id) for one in placed)
        if "fetch_open_orders" not in self.absent:
            yield from venue.fetch_open_orders(symbol)
        if "fetch_orders" not in self.absent:
            yield from venue.fetch_orders(symbol, since)

    def _fills(self) -> list[Trade]:
        since = self.bench.exchange.now() - _HOURS_AGO
        return self.bench.venue.fetch_my_trades(self.script.symbol, since)

    def _was_said(self, name: str, word: object) -> None:
        said = word is None or any(str(word).encode() in body for body in self.bench.exchange.said)
        require(said, f"{name} was read as {word!r}, which stands in no answer")
