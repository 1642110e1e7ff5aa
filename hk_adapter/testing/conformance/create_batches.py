"""Batches of creates: each order has its own answer, and none is sent twice."""

from __future__ import annotations

from typing import Any

from hk_adapter.model import CreateReport
from hk_adapter.testing.conformance.as_it_is import require_as_it_is
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesCreates
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import BatchRow, Refusal, Request, Script

_SEVERAL = 4
_TWO = 2
_MOST = 30
"""Orders that a case creates to have more of them than a batch takes."""
_LONG = 120.0
"""Seconds."""


class CreateBatches:
    """Cases of ``create_orders``."""

    bench: Bench
    script: Script

    def _batch(self) -> int:
        """Return how many orders one request takes."""
        batch: int = getattr(self.bench.opened_venue, "create_batch", 0)
        require(batch >= _TWO, "the opened venue has no create_batch above 1, so its create_orders is never asked")
        return batch

    def _created(self, amount: int, timeout: float = _LONG) -> list[CreateReport]:
        """Create so many orders, no two alike, and require that what was created is told as it is."""
        terms: list[dict[str, Any]] = [
            {
                "symbol": self.script.symbol,
                "type": "limit",
                "side": "sell" if number % 2 else "buy",
                "amount": f"{1 + number}.5",
                "price": str(1900 + number),
                "client_order_id": self.bench.own_id(60 + number),
            }
            for number in range(amount)
        ]
        reports = self.bench.venue.create_orders(terms, timeout=timeout)
        there = {order.client_order_id: order for order in self.bench.exchange.orders.values()}
        for asked, report in zip(terms, reports, strict=True):
            own = asked["client_order_id"]
            require(report.created is not True or own in there, f"the order {own} is told as created, and is not there")
            require(report.created is not False or own not in there, f"the order {own} is there, and told as refused")
            if report.created and own in there:
                require_as_it_is(report.order, there[own])
        sent = self.bench.exchange.count(Request.CREATE)
        require(not sent, f"{sent} of the orders went out by themselves")
        return reports

    @needs("create_orders", "fetch_order", "client_order_id", Refusal.NO_FUNDS)
    def test_each_new_order_of_a_batch_has_its_own_answer(self) -> None:
        """Of several orders that are created by one request, the one that was refused is told as refused, alone.

        Look at: how ``create_orders`` pairs the rows of an answer with what was asked for.
        """
        self.bench.exchange.refused_places = {1: Refusal.NO_FUNDS}
        reports = self._created(min(_SEVERAL, self._batch()))
        told = [report.created for report in reports]
        require(
            told == [place != 1 for place in range(len(told))], f"the second was refused, and they were told {told}"
        )

    @needs("create_orders", "fetch_order", "client_order_id")
    def test_a_batch_of_creates_whose_answer_was_lost(self) -> None:
        """Its orders are found where it ran, and in doubt where nobody can know; it is sent once either way.

        Look at: that ``create_orders`` catches nothing of what its effects raise.
        """
        for number, arrives in enumerate((True, False), start=1):
            self.bench.exchange.orders.clear()
            self.bench.exchange.meet(Request.CREATE_MANY, Fate(arrives=arrives, lost=True))
            told = [report.created for report in self._created(min(_SEVERAL, self._batch()))]
            true = True if arrives else None
            require(set(told) == {true}, f"the answer was lost (ran: {arrives}), and they were told {told}")
            sent = self.bench.exchange.count(Request.CREATE_MANY)
            require(sent == number, f"{sent - number} more were sent than were asked for")

    @needs("create_orders", "fetch_order", "client_order_id")
    def test_an_answer_that_tells_of_fewer_creates_than_were_asked_for(self) -> None:
        """An order that a batch's answer says nothing of is looked for, and never told as refused.

        Look at: that ``create_orders`` counts the rows of an answer.
        """
        size = min(_SEVERAL, self._batch())
        writer: WritesCreates = self.script  # type: ignore[assignment]
        first = self.bench.exchange.place(client_order_id=self.bench.own_id(60))
        short = writer.created_many([BatchRow(order=first)])
        self.bench.exchange.orders.clear()
        self.bench.exchange.meet(Request.CREATE_MANY, Fate(instead=short))
        told = [report.created for report in self._created(size)]
        require(all(told[1:]), f"they were created, and told {told}")

    @needs("create_orders", "fetch_order", "client_order_id")
    def test_more_creates_than_a_batch_takes(self) -> None:
        """They go out in several requests, none of which has more orders than the venue takes at once, each once.

        Look at: ``create_batch`` of the opened venue.
        """
        several = min(self._batch(), _MOST) + _TWO
        told = [report.created for report in self._created(several, timeout=600.0)]
        require(all(told), f"they were created, and told {told}")
        asked = [one.asked for one in self.bench.exchange.seen if one.asked.kind is Request.CREATE_MANY]
        most = max((len(one.orders) for one in asked if len(one.orders) > one.limit), default=0)
        require(not most, f"a request had {most} orders, more than the venue takes")
        there = len(self.bench.exchange.orders)
        require(there == several, f"{several} were asked for, and there are {there}")
