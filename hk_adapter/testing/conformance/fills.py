"""Fills: every one is listed once, as it was, or told to be missing."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from hk_adapter.errors import AdapterError
from hk_adapter.model import OrderSide, Trade
from hk_adapter.testing.conformance.as_it_is import FINE, LONG
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesFills
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE, spoilt

_HOURS_AGO = 7_200_000
_SECOND = 1000
_MINUTE = 60_000


class Fills:
    """Cases of ``fetch_my_trades``."""

    bench: Bench
    script: Script
    two_pages: int
    absent: frozenset[str]

    def _listed(self) -> list[Trade]:
        since = self.bench.exchange.now() - _HOURS_AGO
        return self.bench.venue.fetch_my_trades(self.script.symbol, since)

    @needs("fetch_my_trades")
    def test_a_fill_is_read_whole(self) -> None:
        """Its ids, side, price, amount, fee and time come through, with every digit, and nothing that is not so.

        Look at: which fields of the row become which of the ``Trade``; whether the order rested is read or left out.
        """
        fine, long = (Decimal("1.00000001"), Decimal("1234567890.12345678"))
        self._read_whole(OrderSide.SELL, fine, long, Decimal("0.00000003"), maker=True)
        self._read_whole(OrderSide.BUY, LONG, FINE, LONG, maker=False)

    def _read_whole(self, side: OrderSide, amount: Decimal, price: Decimal, fee: Decimal, *, maker: bool) -> None:
        placed = self.bench.exchange.place(side=side, price=price, amount=amount, filled=f"{amount:f}")
        fill = self.bench.exchange.note_fill(placed, f"{amount:f}", price=price, fee=fee, maker=maker)
        listed = {str(one.id): one for one in self._listed()}
        require(fill.id in listed, f"the fill {fill.id} is not among the {len(listed)} that were listed")
        one = listed[fill.id]
        read = (one.id, one.order_id, one.symbol, one.side, one.price, one.amount)
        true = (fill.id, placed.id, self.script.symbol, side, price, amount)
        require(read == true, f"it is {true}, and was read as {read}")
        told = f"it was made at {fill.time}, and was read as made at {one.timestamp}"
        require(one.timestamp is not None and abs(one.timestamp - fill.time) <= _SECOND, told)
        fees, quote = [(fee.cost, fee.currency) for fee in one.fees], self.script.symbol.partition("/")[2]
        require([cost for cost, _ in fees] == [fee], f"it cost {fee}, and was read to cost {fees}")
        require(fees[0][1] in (None, quote), f"it cost {quote}, and was read to cost {fees}")
        rested = "maker" if maker else "taker"
        require(
            one.taker_or_maker in (None, rested), f"it is the {rested}'s, and was read as the {one.taker_or_maker}'s"
        )

    @needs("fetch_my_trades")
    def test_fills_from_a_moment_on(self) -> None:
        """What was filled at that moment and after it is listed, and nothing from before it.

        Look at: what ``fetch_my_trades`` makes of ``request.since``, ms UTC, and in what units the venue takes it.
        """
        placed = self.bench.exchange.place(filled="1")
        since = (self.bench.exchange.now() - _HOURS_AGO) // _SECOND * _SECOND
        times = (since - _HOURS_AGO, since - _MINUTE, since, since + _MINUTE)
        made = {self.bench.exchange.note_fill(placed, "0.25", time=when).id: when for when in times}
        listed = {str(one.id) for one in self.bench.venue.fetch_my_trades(self.script.symbol, since)}
        true = {fill_id for fill_id, when in made.items() if when >= since}
        told = sorted(made[fill_id] - since for fill_id in listed ^ true if fill_id in made)
        require(listed == true, f"from {since} on, those were wrong that were filled so many ms after it: {told}")

    @needs("fetch_my_trades")
    def test_two_fills_of_one_order_are_two(self) -> None:
        """Two that are alike but for their ids, of one order in one millisecond, are both listed.

        Look at: by what fills are told apart: by their own ids alone.
        """
        placed = self.bench.exchange.place(filled="0.5")
        made = [self.bench.exchange.note_fill(placed, "0.25").id for _ in range(2)]
        listed = sorted(str(one.id) for one in self._listed())
        require(listed == sorted(made), f"{made} were made, and {listed} listed")

    @needs("fetch_my_trades")
    def test_fills_of_one_moment_are_listed_over_all_pages(self) -> None:
        """Every fill is listed once, also where a page ends between two of the same millisecond.

        Look at: what the cursor of the next page is made of: ids, for times have ties.
        """
        placed = self.bench.exchange.place(amount=Decimal(self.two_pages), filled=str(self.two_pages))
        made = {self.bench.exchange.note_fill(placed, "1").id for _ in range(self.two_pages)}
        listed = [one.id for one in self._listed()]
        require(len(listed) == len(set(listed)), "a fill was listed twice")
        require(set(listed) == made, f"{len(made)} were made, and {len(set(listed))} listed")

    @needs("fetch_my_trades")
    def test_what_is_no_list_of_fills_is_no_empty_one(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without rows, it is an error.

        Look at: what is read where the field with the rows is missing.
        """
        self.bench.exchange.note_fill(self.bench.exchange.place(filled="0.5"), "0.5")
        for answer in no_lists(self.script, Request.FILLS, self.absent):
            self.bench.exchange.meet(Request.FILLS, Fate(instead=answer))
            with suppress(AdapterError):
                listed = self._listed()
                told = f"HTTP {answer.status} with {answer.body[:60]!r} came, and {len(listed)} were listed as all"
                require(len(listed) == 1, told)

    @needs("fetch_my_trades", UNREADABLE)
    def test_a_fill_that_cannot_be_read_is_told(self) -> None:
        """A list of which one row is no fill is an error, and never that list without the row.

        Look at: ``left_out`` of the page, or that the whole page is ``UnexpectedPayload``.
        """
        placed = self.bench.exchange.place(amount=Decimal(10), filled="8.31940052")
        good, bad = (self.bench.exchange.note_fill(placed, amount) for amount in ("1", ROW))
        writer: WritesFills = self.script  # type: ignore[assignment]
        page = spoilt(writer.fills([bad, good], is_last=True))
        self.bench.exchange.meet(Request.FILLS, Fate(instead=page))
        try:
            listed = self._listed()
        except AdapterError:
            return
        require(len(listed) == 2, f"one of two fills cannot be read, and {len(listed)} were listed as all")
