"""Batches: of several orders in one request, each has its own answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hk_adapter.model import CancelOutcome, CancelReport, OrderStatus
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesBatches
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import BatchRow, Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder

_SEVERAL = 4
_TWO = 2
_MOST = 150
"""Orders that a case places to have more of them than a batch takes."""


class Batches:
    """Cases of ``cancel_orders``."""

    bench: Bench
    script: Script

    def _placed(self, amount: int | None = None) -> list[ScriptedOrder]:
        """Place as many as one request takes, no more than a few unless told."""
        batch: int = getattr(self.bench.opened_venue, "cancel_batch", 0)
        require(batch >= _TWO, "the opened venue has no cancel_batch above 1, so its cancel_orders is never asked")
        return [self.bench.exchange.place() for _ in range(amount or max(2, min(_SEVERAL, batch)))]

    def _canceled(self, orders: Sequence[ScriptedOrder], **given: Any) -> list[CancelReport]:
        reports = self.bench.venue.cancel_orders([order.id for order in orders], **given)
        for report, order in zip(reports, orders, strict=True):
            self.bench.check_report(report, order)
        return reports

    @needs("cancel_orders", "cancel_order", "fetch_order")
    def test_each_order_of_a_batch_has_its_own_answer(self) -> None:
        """Of several orders that are canceled by one request, the one that had been filled is told as refused.

        Look at: how ``cancel_orders`` pairs refusals with ids: by place or by id, as the venue does.
        """
        orders = self._placed()
        self.bench.exchange.end(orders[1], OrderStatus.CLOSED)
        reports = self._canceled(orders, wait="ack")
        require(self.bench.exchange.count(Request.CANCEL_MANY), "they did not go out in one request")
        told = reports[1].outcome
        require(told is CancelOutcome.TOO_LATE_FILLED, f"the second was filled before, and reported {told}")
        for report in (reports[0], *reports[2:]):
            taken = report.outcome in {CancelOutcome.PENDING, CancelOutcome.CANCELED}
            require(taken, f"it was accepted, and reported {report.outcome}")

    @needs("cancel_orders", "cancel_order", "fetch_order")
    def test_answers_that_name_their_orders_come_in_any_order(self) -> None:
        """Where the answer to a batch names the orders, each refusal is that of the order which it names.

        Look at: how ``cancel_orders`` pairs refusals with ids: by id where there is one, and never by place then.
        """
        orders = self._placed()
        self.bench.exchange.end(orders[0], OrderStatus.CLOSED)
        writer: WritesBatches = self.script  # type: ignore[assignment]
        rows = [BatchRow(order=order, refusal=Refusal.ENDED if order is orders[0] else None) for order in orders]
        answer = writer.batch(rows[::-1])
        if orders[0].id.encode() not in answer.body:
            return
        self.bench.exchange.meet(Request.CANCEL_MANY, Fate(acts=False, instead=answer))
        for report in self._canceled(orders, wait="ack")[1:]:
            told = f"the first order was named as refused, and another was reported {report.outcome}"
            require(report.outcome in {CancelOutcome.PENDING, CancelOutcome.UNKNOWN}, told)

    @needs("cancel_orders", "cancel_order", "fetch_order", Refusal.UNKNOWN_WORD)
    def test_a_word_that_nobody_knows_refuses_no_order_of_a_batch(self) -> None:
        """An order of a batch that is told in an undocumented word is in doubt, and canceled where its cancel ran.

        Look at: what ``cancel_orders`` makes of a word that the table of errors lacks: a doubt of that order.
        """
        orders = self._placed()
        writer: WritesBatches = self.script  # type: ignore[assignment]
        rows = [BatchRow(order=order, refusal=Refusal.UNKNOWN_WORD if order is orders[1] else None) for order in orders]
        self.bench.exchange.meet(Request.CANCEL_MANY, Fate(after=1.2, instead=writer.batch(rows)), Fate())
        reports = self._canceled(orders, timeout=60.0)
        for report in reports:
            require(report.outcome is CancelOutcome.CANCELED, f"it was canceled, and reported {report.outcome}")
        require(reports[1].ambiguous_attempts, "nobody knows the word for the second, and it is told as no doubt")

    @needs("cancel_orders", "cancel_order", "fetch_order")
    def test_an_answer_that_tells_of_fewer_orders_than_were_named(self) -> None:
        """An order that a batch's answer says nothing of is in doubt, unless the venue names only those refused.

        Look at: that ``cancel_orders`` counts the rows of an answer that has one for each id.
        """
        orders = self._placed()
        writer: WritesBatches = self.script  # type: ignore[assignment]
        rows = [BatchRow(order=order) for order in orders]
        whole, short = writer.batch(rows), writer.batch(rows[:1])
        if whole.body == short.body:
            return
        nothing = Fate(acts=False, lost=True)
        self.bench.exchange.meet(Request.CANCEL_MANY, Fate(acts=False, instead=short), nothing)
        self.bench.exchange.meet(Request.CANCEL, nothing)
        for report in self._canceled(orders, wait="ack")[1:]:
            doubted = report.outcome is CancelOutcome.UNKNOWN
            require(doubted, f"nobody told of it, and it was reported {report.outcome}")

    @needs("cancel_orders", "cancel_order", "fetch_order")
    def test_more_orders_than_a_batch_takes(self) -> None:
        """They go out in several requests, none of which names more orders than the venue takes at once.

        Look at: ``cancel_batch`` of the opened venue.
        """
        orders = self._placed(min(getattr(self.bench.opened_venue, "cancel_batch", 0), _MOST) + 1)
        for report in self._canceled(orders, timeout=300.0):
            require(report.outcome is CancelOutcome.CANCELED, f"it was canceled, and reported {report.outcome}")
        asked = [one.asked for one in self.bench.exchange.seen if one.asked.kind is Request.CANCEL_MANY]
        most = max((len(one.order_ids) for one in asked if len(one.order_ids) > one.limit), default=0)
        require(not most, f"a request named {most} orders, more than the venue takes")

    @needs("cancel_orders", "cancel_order", "fetch_order")
    def test_a_batch_whose_answer_was_lost(self) -> None:
        """Its orders are reported canceled where it ran, and in doubt where nobody can know.

        Look at: that ``cancel_orders`` catches nothing of what its effects raise.
        """
        for acts in (True, False):
            orders = self._placed()
            lost = Fate(acts=acts, lost=True)
            self.bench.exchange.meet(Request.CANCEL_MANY, lost)
            self.bench.exchange.meet(Request.CANCEL, lost)
            true = CancelOutcome.CANCELED if acts else CancelOutcome.UNKNOWN
            for report in self._canceled(orders):
                require(report.outcome is true, f"the answer was lost (ran: {acts}), and it was {report.outcome}")
                doubts = report.ambiguous_attempts
                told = f"no answer came to {report.attempts} cancels of it, and {doubts} are told as in doubt"
                require(acts or doubts == report.attempts, told)
