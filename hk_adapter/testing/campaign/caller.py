"""One call of the adapter in a scenario, that cancels one order, several, or all: and what it reports."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hk_adapter.execution.operate import report_cancel, report_cancels, run_operation
from hk_adapter.flow.effects import Flow
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    CreateOrderRequest,
    Operation,
    Order,
    OrderSide,
    OrderType,
)
from hk_adapter.simulator import VENUE_ID
from hk_adapter.testing.campaign.broken_wrappers import Unheard
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.scenario import Mass
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import Placed, Query, Truth, may_be_of
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.testing.virtual_time import VirtualTime


@dataclass(frozen=True, slots=True)
class Call:
    """One call that cancels the orders of some cases; with ``mass``, all that are open in its scope."""

    hooks: VenueHooks
    cases: Sequence[Case]
    mass: Mass | None
    time: VirtualTime
    timeline: Timeline
    venue_id: str = VENUE_ID

    async def run(self) -> None:
        """Make the call, and write down what it said of each order."""
        await self._place_orders()
        began = self.time.now
        reports: Sequence[CancelReport] = ()
        raised: BaseException | None = None
        try:
            reports = await self._reports()
        except (Exception, SystemExit, asyncio.CancelledError, Unheard) as error:  # noqa: BLE001 - for the oracle
            raised = error
            self.timeline.add(self.time.now, f"raised {raised!r}")
        for case in self.cases:
            truth = case.truth
            truth.started, truth.ended, truth.raised = began, self.time.now, raised
        self._hand_out(reports)

    def again(self) -> Flow[None]:
        """Make the call anew, after its caller went away: what it sent before is another call's."""
        for case in self.cases:
            truth = case.truth
            truth.sends, truth.queries, truth.scope_sends, truth.unreachable = [], [], [], 0
        self.timeline.add(self.time.now, "the caller went away, and cancels again")
        return self.run()

    async def _place_orders(self) -> None:
        """Place those orders that this connection is to have placed, one after the other."""
        for case in self.cases:
            if case.plan.placed and case.truth.placed is None:
                try:
                    operation = Operation(name="create_order", request=_create_request(case), timeout=case.plan.timeout)
                    order = await run_operation(self.hooks, operation, Order, self.venue_id)
                except Exception as error:  # noqa: BLE001 - as above
                    case.truth.placed = Placed(raised=error)
                else:
                    case.truth.placed = Placed(order_id=order.id)
                self.timeline.add(self.time.now, f"order {case.order_id}: {case.truth.placed}")

    def _hand_out(self, reports: Sequence[CancelReport]) -> None:
        if self.mass is None:
            again = [case for case in self.cases if case.plan.twin]
            pairs = list(zip((*self.cases, *again), reports, strict=bool(reports)))
            for case in again:
                case.truth.named_more = True
            for case in self.cases:
                case.truth.beside = [other.truth for other in self.cases if other is not case]
        else:
            pairs = self._told_apart(reports)
        for case, report in pairs:
            if case.truth.report is not None and case.truth.named_more:
                case.truth.twins.append(report)
                self.timeline.add(self.time.now, f"order {case.order_id}, named again: {report}")
                continue
            if case.truth.report is not None:
                case.truth.misconduct = {*case.truth.misconduct, Verdict.INVENTED_REPORT}
            case.truth.report = report
            if self.timeline.kept:
                self.timeline.add(self.time.now, f"order {case.order_id}: {report}")
        if len(pairs) < len(reports):
            self.cases[0].truth.misconduct = {*self.cases[0].truth.misconduct, Verdict.INVENTED_REPORT}

    def _told_apart(self, reports: Sequence[CancelReport]) -> list[tuple[Case, CancelReport]]:
        """Return which orders the reports of a ``cancel_all_orders`` are of.

        Where ids are counted by symbol, a list of all shows one id twice: one report is of either order, and another
        one, which names none, says that there are more.
        """
        pairs: list[tuple[Case, CancelReport]] = []
        more = {case: one for one in reports if one.order is None for case in self.cases if _is_named_by(one, case)}
        for report in (one for one in reports if one.order is not None):
            named = [case for case in self.cases if case.order_id == _id_of(report)]
            own = [one for one in named if may_be_of(report.order, one.truth) and not {one, one.namesake} & {*more}]
            pairs += [(case, report) for case in (own or named)[:1]]
        return [*pairs, *more.items()]

    async def _reports(self) -> Sequence[CancelReport]:
        plan, mass = self.cases[0].plan, self.mass
        if mass is not None:
            side = None if mass.side is None else OrderSide(mass.side)
            every = CancelAllRequest(symbol=mass.symbol, side=side, client_id_prefix=mass.prefix)
            operation = Operation(name="cancel_all_orders", request=every, timeout=plan.timeout, wait=plan.wait)
            return await report_cancels(self.hooks, operation, self.venue_id)
        twins = [case for case in self.cases if case.plan.twin]
        requests = [_request(case) for case in self.cases]
        requests += [CancelRequest(client_order_id=one.client_order_id, symbol=one.symbol) for one in twins]
        if len(requests) == 1:
            operation = Operation(name="cancel_order", request=requests[0], timeout=plan.timeout, wait=plan.wait)
            return [await report_cancel(self.hooks, operation, self.venue_id)]
        many = CancelManyRequest(orders=tuple(requests))
        operation = Operation(name="cancel_orders", request=many, timeout=plan.timeout, wait=plan.wait)
        return await report_cancels(self.hooks, operation, self.venue_id)


def settle_scope(mass: Mass, cases: Sequence[Case], listings: Sequence[Query]) -> None:
    """Write down which orders a ``cancel_all_orders`` was to cancel: those in its scope, open when it listed them.

    The first list that came whole is the one that it goes by; without one it was to cancel nothing.
    """
    listed = listings[0].served if listings else None
    for case in cases:
        state = None if listed is None else case.truth.state(listed)
        covered = mass.covers(case.plan)
        case.truth.asked = covered and state is not None and state.ended is None
        if case.plan.arrives is not None and not case.truth.asked and case.order is not None:
            # It was not listed: whoever takes it off the book reports it, and whoever spares it need not.
            case.truth.asked = case.truth.named_more = case.truth.canceled_by_us or case.truth.report is not None
        if covered and not case.truth.asked:
            case.truth.scope_sends = []  # it had ended before: it was within the scope, but out of reach
        case.truth.settle_scope()
    for case in cases:
        if case.truth.either is not None:
            _settle_either(case.truth, case.truth.either, listed)


def _settle_either(truth: Truth, other: Truth, listed: float | None) -> None:
    """Write down whether the list showed both orders of one id, so that a cancel by it may have meant either."""
    states = [None if listed is None else one.state(listed) for one in (truth, other)]
    if all(state is not None and state.ended is None for state in states):
        truth.asked = other.asked = truth.asked or other.asked
    else:
        truth.either = other.either = None


def _is_named_by(report: CancelReport, case: Case) -> bool:
    """Whether a report, which names no order, says that there is one more with the id of an order."""
    return case.plan.namesake and f"has the id {case.order_id}, too" in str(report.error)


def _id_of(report: CancelReport) -> str | None:
    return None if report.order is None else report.order.id


def _request(case: Case) -> CancelRequest:
    named, placed = case.plan.named, case.truth.placed
    order_id: str | None = case.plan.written.format(case.order_id, case.order_id)
    if placed is not None:
        order_id = placed.order_id
    by_client_id = named == "client_order_id" or order_id is None
    case.truth.by_client_id = by_client_id
    return CancelRequest(
        order_id=None if by_client_id else order_id,
        client_order_id=None if named == "order_id" and not by_client_id else case.client_order_id,
        symbol=case.symbol,
    )


def _create_request(case: Case) -> CreateOrderRequest:
    terms = case.plan.terms
    return CreateOrderRequest(
        symbol=f"{terms.market.base}/{terms.market.quote}",
        type=OrderType.LIMIT,
        side=OrderSide.BUY,
        amount=terms.amount,
        price=terms.price,
        client_order_id=case.client_order_id,
    )
