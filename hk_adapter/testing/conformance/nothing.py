"""Nothing: what the venue says to be nothing is told as nothing, and is not left out."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script

_HOURS_AGO = 7_200_000
_NONE = Decimal(0)


class Nothing:
    """Cases of numbers that are 0, and of orders that nothing was filled of."""

    bench: Bench
    script: Script

    @needs("fetch_my_trades")
    def test_a_fee_of_nothing_is_told(self) -> None:
        """A fill that cost nothing has a fee of 0: without one, nobody knows what it cost.

        Look at: how the fee is read: ``is None`` asks whether it is there, and its truth does not.
        """
        placed = self.bench.exchange.place(filled="0.5")
        made = [self.bench.exchange.note_fill(placed, "0.25", fee=fee) for fee in (Decimal(0), Decimal("0.03"))]
        since = self.bench.exchange.now() - _HOURS_AGO
        listed = {str(one.id): one for one in self.bench.venue.fetch_my_trades(self.script.symbol, since)}
        for fill in made:
            require(fill.id in listed, f"the fill {fill.id} is not among the {len(listed)} that were listed")
            costs = [fee.cost for fee in listed[fill.id].fees]
            require(costs == [fill.fee], f"it cost {fill.fee}, and was read to cost {costs or 'nobody knows what'}")

    @needs("fetch_order")
    def test_an_order_without_fills_is_read_so(self) -> None:
        """Of an order that nothing was filled of, 0 is filled and all of it remains: working, and canceled.

        Look at: how what is filled is read: ``is None`` asks whether it is there, and its truth does not.
        """
        placed = self.bench.exchange.place()
        for _ in range(2):
            order = self.bench.venue.fetch_order(placed.id)
            read = (order.filled, order.remaining)
            require(read == (_NONE, placed.amount), f"none of {placed.amount} is filled, and it was read as {read}")
            self.bench.exchange.end(placed)

    @needs("fetch_open_orders")
    def test_a_listed_order_without_fills_is_read_so(self) -> None:
        """As by a look: 0 is filled, and all of it remains.

        Look at: whether lists read rows with what looks read them with.
        """
        placed = self.bench.exchange.place()
        listed = [(one.filled, one.remaining) for one in self.bench.venue.fetch_open_orders(self.script.symbol)]
        require(listed == [(_NONE, placed.amount)], f"none of {placed.amount} is filled, and it was listed as {listed}")
