"""One call of the adapter in a scenario, that cancels one order, several, or all: and what it reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hk_adapter.campaign.place import Case
from hk_adapter.campaign.records import Query
from hk_adapter.campaign.scenario import Mass
from hk_adapter.campaign.timeline import Timeline
from hk_adapter.campaign.verdicts import Verdict
from hk_adapter.execution.whole_call import report_cancel, report_cancels
from hk_adapter.flow.virtual import VirtualTime
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    Operation,
    OrderSide,
)

VENUE_ID = "hashkey"


@dataclass(frozen=True, slots=True)
class Call:
    """One call that cancels the orders of some cases; with ``mass``, all that are open in its scope."""

    hooks: VenueHooks
    cases: Sequence[Case]
    mass: Mass | None
    time: VirtualTime
    timeline: Timeline

    async def run(self) -> None:
        """Make the call, and write down what it said of each order."""
        began = self.time.now
        reports: Sequence[CancelReport] = ()
        raised: Exception | None = None
        try:
            reports = await self._reports()
        except Exception as error:  # noqa: BLE001 - whatever comes out of a cancel is for the oracle
            raised = error
            self.timeline.add(self.time.now, f"raised {raised!r}")
        for case in self.cases:
            truth = case.truth
            truth.started, truth.ended, truth.raised = began, self.time.now, raised
        self._hand_out(reports)

    def _hand_out(self, reports: Sequence[CancelReport]) -> None:
        if self.mass is None:
            pairs = list(zip(self.cases, reports, strict=bool(reports)))
        else:
            by_id = {case.order_id: case for case in self.cases}
            pairs = [(by_id[found], one) for one in reports if (found := _id_of(one)) in by_id]
        for case, report in pairs:
            if case.truth.report is not None:
                case.truth.misconduct = {*case.truth.misconduct, Verdict.INVENTED_REPORT}
            case.truth.report = report
            if self.timeline.kept:
                self.timeline.add(self.time.now, f"order {case.order_id}: {report}")
        if len(pairs) < len(reports):
            self.cases[0].truth.misconduct = {*self.cases[0].truth.misconduct, Verdict.INVENTED_REPORT}

    async def _reports(self) -> Sequence[CancelReport]:
        plan, mass = self.cases[0].plan, self.mass
        if mass is not None:
            side = None if mass.side is None else OrderSide(mass.side)
            every = CancelAllRequest(symbol=mass.symbol, side=side, client_id_prefix=mass.prefix)
            operation = Operation(name="cancel_all_orders", request=every, timeout=plan.timeout, wait=plan.wait)
            return await report_cancels(self.hooks, operation, VENUE_ID)
        requests = [_request(case) for case in self.cases]
        if len(requests) == 1:
            operation = Operation(name="cancel_order", request=requests[0], timeout=plan.timeout, wait=plan.wait)
            return [await report_cancel(self.hooks, operation, VENUE_ID)]
        many = CancelManyRequest(orders=tuple(requests))
        operation = Operation(name="cancel_orders", request=many, timeout=plan.timeout, wait=plan.wait)
        return await report_cancels(self.hooks, operation, VENUE_ID)


def settle_scope(mass: Mass, cases: Sequence[Case], listings: Sequence[Query]) -> None:
    """Write down which orders a ``cancel_all_orders`` was to cancel: those in its scope, open when it listed them.

    The first list that came whole is the one that it goes by; without one it was to cancel nothing.
    """
    listed = listings[0].served if listings else None
    for case in cases:
        state = None if listed is None else case.truth.state(listed)
        covered = mass.covers(case.plan)
        case.truth.asked = covered and state is not None and state.ended is None
        if covered and not case.truth.asked:
            case.truth.scope_sends = []  # it had ended before: it was within the scope, but out of reach
        case.truth.settle_scope()


def _id_of(report: CancelReport) -> str | None:
    return None if report.order is None else report.order.id


def _request(case: Case) -> CancelRequest:
    named = case.plan.named
    return CancelRequest(
        order_id=None if named == "client_order_id" else case.order_id,
        client_order_id=None if named == "order_id" else case.client_order_id,
    )
