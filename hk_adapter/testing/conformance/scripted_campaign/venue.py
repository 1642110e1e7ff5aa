"""The venue of one scenario, as a script writes it: what is going to happen there, and what truly did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from msgspec.structs import replace

from hk_adapter.model import OrderSide, OrderStatus
from hk_adapter.testing.campaign.agenda import Agenda
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.faults import Purpose
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.scenario import BEFORE, OrderPlan, Scenario
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import End, Truth
from hk_adapter.testing.conformance.exchange import EPOCH
from hk_adapter.testing.conformance.script import Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_campaign.reading import ScriptedExchangeRecord
from hk_adapter.testing.conformance.scripted_campaign.scenario import REFUSED_BY
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.conformance.scripted_orders import Reply, ScriptedOrders

_UNGIVEN = 900
"""From this number on ids are of orders that the venue never had."""
_ENDS = {OrderStatus.CLOSED: End.FILLED, OrderStatus.CANCELED: End.CANCELED}


@dataclass(slots=True, eq=False, kw_only=True)
class ScriptedCase(Case):
    """One order of a scenario: how it is, and how it was before a cancel arrived; None for one that never existed."""

    is_now: ScriptedOrder | None = None
    was: ScriptedOrder | None = None


class ScriptedVenue(Agenda):
    """Answers requests as the venue would at a moment, and keeps the truth."""

    limits: Mapping[Purpose, int] = {}
    strangers: Mapping[str, object] = {}
    was_breached = False
    lagged = 0.0

    def __init__(
        self,
        scenario: Scenario,
        script: Script,
        timeline: Timeline,
        own_id: Callable[[int], str],
        *,
        names_symbols: bool = False,
    ) -> None:
        super().__init__()
        self._named = script.symbol if names_symbols else None
        self._scenario = scenario
        self._script = script
        self._timeline = timeline
        self._own_id = own_id
        alone = len(scenario.orders) == 1
        self.quiet_kinds = frozenset({Kind.USUAL}) if alone else frozenset()
        self._now = BEFORE
        self.orders = ScriptedOrders(script, lambda: round((EPOCH + self._now) * 1000))
        self.cases = [self._case(number, plan) for number, plan in enumerate(scenario.orders)]

    def arrive(self, listed: float) -> None:
        """Add nothing: all orders are there from the beginning."""

    def case_of(self, order_id: str | None, client_order_id: str | None = None) -> ScriptedCase | None:
        """Find whose order an id names; the venue's before the client's."""
        if order_id is not None:
            return next((case for case in self.cases if case.order_id == order_id), None)
        return next((case for case in self.cases if case.client_order_id == client_order_id), None)

    def handle(self, record: ScriptedExchangeRecord, now: float) -> Reply:
        """Answer a request that arrives now."""
        self.settle(now)
        self._now = now
        refusal = self._gate(record, now)
        if refusal is not None:
            return self.orders.refuse(record.asked, refusal)
        case = record.case
        if isinstance(case, ScriptedCase) and record.asked.kind is Request.CANCEL:
            case.was = None if case.is_now is None or case.is_now.is_ended else replace(case.is_now)
        return self.orders.answer(record.asked, record.carried, self._cancel)

    def _gate(self, record: ScriptedExchangeRecord, now: float) -> Refusal | None:
        outage, asked, case = self._scenario.outage, record.asked, record.case
        if outage is not None and outage.begins <= now < outage.ends and asked.kind is not Request.OTHER:
            refusal = REFUSED_BY.get(outage.kind)
            if refusal is not None:
                return refusal
        hidden = case is not None and now < case.plan.shown_from
        return Refusal.NO_SUCH_ORDER if hidden else None

    def _case(self, number: int, plan: OrderPlan) -> ScriptedCase:
        truth = Truth(wait=plan.wait, timeout=plan.timeout)
        outage = self._scenario.outage
        if outage is not None:
            truth.outages.append((outage.begins, outage.ends))
        client_order_id = self._own_id(number)
        if not plan.exists:
            unknown = self._script.order_id(_UNGIVEN + number)
            return ScriptedCase(plan, truth, unknown, client_order_id, None, symbol=self._named)
        order = self.orders.place(
            created=self.orders.now(),
            client_order_id=client_order_id if plan.named != "order_id" else None,
            side=OrderSide(plan.terms.side.lower()),
            price=plan.terms.price or Decimal(1),
            amount=plan.terms.amount,
        )
        truth.order_id = order.id
        case = ScriptedCase(plan, truth, order.id, client_order_id, None, symbol=self._named, is_now=order)
        self._note(case, order)
        for when, amount in plan.fills:
            self.at(when, partial(self._fill, case, order, amount))
        if plan.foreign_cancel is not None:
            self.at(plan.foreign_cancel, partial(self._end, case, order, ours=False))
        return case

    def _fill(self, case: ScriptedCase, order: ScriptedOrder, amount: Decimal, now: float) -> None:
        if not order.is_ended:
            self.orders.fill(order, amount)
            self._note(case, order)

    def _cancel(self, order: ScriptedOrder) -> None:
        case = self.case_of(order.id)
        if case is None:
            self.orders.end(order)
        elif case.plan.lag:
            self.at(self._now + case.plan.lag, partial(self._end, case, order, ours=True))
        else:
            self._end(case, order, self._now, ours=True)

    def _end(self, case: ScriptedCase, order: ScriptedOrder, now: float, *, ours: bool) -> None:
        if not order.is_ended:
            self.orders.end(order)
            case.truth.canceled_by_us = ours
            self._note(case, order)

    def _note(self, case: ScriptedCase, order: ScriptedOrder) -> None:
        end = _ENDS.get(order.status)
        case.truth.note(self._now, order.filled, end)
        self._timeline.add(self._now, f"order {order.id}: {end or order.status}, filled {order.filled}")
