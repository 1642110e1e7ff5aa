"""Numbers and ids: as the venue wrote them, or refused."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt

_IDS = 6


class Numbers:
    """Cases of how answers are read."""

    bench: Bench
    script: Script

    @needs("fetch_order")
    def test_ids_are_read_as_they_are_written(self) -> None:
        """Ids that differ in their last digit, beyond what a float holds, are told apart.

        Look at: that ids are texts from the answer to the ``Order``, and no JSON number becomes a float on the way.
        """
        for placed in [self.bench.exchange.place() for _ in range(_IDS)]:
            read = self.bench.venue.fetch_order(placed.id).id
            require(read == placed.id, f"{placed.id} was read as {read}")

    @needs("fetch_order")
    def test_numbers_are_decimals(self) -> None:
        """Price, amount and what is filled are ``Decimal``, also where they are whole.

        Look at: what JSON's numbers are read into.
        """
        order = self.bench.venue.fetch_order(self.bench.exchange.place().id)
        kinds = [type(one).__name__ for one in (order.price, order.amount, order.filled)]
        require(set(kinds) == {"Decimal"}, f"they were read as {', '.join(kinds)}")

    @needs("fetch_order", UNREADABLE)
    def test_what_is_no_number_is_refused(self) -> None:
        """An order with ``NaN`` where an amount belongs is no order, or one whose amount nobody knows: never 0.

        Look at: whether a number that was read is finite.
        """
        placed = self.bench.exchange.place(amount=Decimal(ROW))
        self.bench.exchange.meet(Request.QUERY, Fate(instead=spoilt(self.script.order(placed))))
        try:
            read = self.bench.venue.fetch_order(placed.id).amount
        except AdapterError:
            return
        require(read is None, f"NaN was read as {read}")
