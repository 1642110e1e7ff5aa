"""Plays one scenario: the real adapter, on its own budget, clock and line, against the scenario's venue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from hk_adapter.campaign.place import EPOCH, Case, Place
from hk_adapter.campaign.records import Truth
from hk_adapter.campaign.scenario import Scenario, draw
from hk_adapter.campaign.timeline import Timeline
from hk_adapter.campaign.wire import Wire
from hk_adapter.execution.looks import Looks
from hk_adapter.execution.operate import Core
from hk_adapter.execution.whole_call import report_cancel, report_cancels
from hk_adapter.flow.runners import Station
from hk_adapter.flow.virtual import VirtualRunner, VirtualTime
from hk_adapter.hooks import OpenedVenue, VenueSettings
from hk_adapter.model import CancelManyRequest, CancelReport, CancelRequest, Operation
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.transport.budget import RateBudget
from hk_adapter.transport.clock import VenueClock
from hk_adapter.transport.line import Line
from hk_adapter.transport.outgoing import Outgoing
from hk_adapter.venues.hashkey.sites import ORDERS

_VENUE_ID = "hashkey"
_AFTERWARDS = 1000.0
"""Seconds after the last call by which everything that was still travelling has arrived."""


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario with what came of it; ``struck`` counts the faults."""

    scenario: Scenario
    truths: list[Truth]
    struck: Counter[str]
    timeline: str


class Stage:
    """Opens the venue's plugin once; every scenario gets all else anew."""

    def __init__(self) -> None:
        self._venue: OpenedVenue = open_venue(VenueSettings(venue_id=_VENUE_ID, environment="simulator"))
        self._credentials = HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET)
        core = Core(
            Looks(), getattr(self._venue, "cancel_batch", 0)
        )  # nothing stays in look-ups once their calls have ended
        self._hooks = venue_hooks(venue_manager(self._venue, core))
        core.attach(self._hooks)

    def play(self, seed: int, rate: float | None = None, *, told: bool = False) -> Played:
        """Play the scenario of a seed; ``told`` keeps a timeline."""
        rng = Random(seed)  # noqa: S311 - the whole point is that it repeats
        scenario = draw(seed, rng, rate)
        time, timeline = VirtualTime(), Timeline(kept=told)
        place = Place(scenario, timeline)
        wire = Wire(scenario, place, time, rng, timeline)
        clock = VenueClock(time.monotonic, lambda: EPOCH + time.now + scenario.skew)
        station = Station(
            prepare=Outgoing(self._venue, self._credentials, clock),
            clock=clock,
            admission=RateBudget(self._venue.limits),
            hearing=Line(),
            rng=rng,
        )
        station.admission.pause(ORDERS, scenario.paused)
        batches = [place.cases] if scenario.one_call else [[case] for case in place.cases]
        VirtualRunner(station, wire, time).run_all([self._call(batch, time, timeline) for batch in batches])
        place.settle(time.now + _AFTERWARDS)
        place.cases[0].truth.misconduct = wire.misconduct
        return Played(scenario, [case.truth for case in place.cases], wire.struck, timeline.text())

    async def _call(self, cases: Sequence[Case], time: VirtualTime, timeline: Timeline) -> None:
        began = time.now
        reports: Sequence[CancelReport | None] = [None] * len(cases)
        raised: Exception | None = None
        try:
            reports = await self._reports(cases)
        except Exception as error:  # noqa: BLE001 - whatever comes out of a cancel is for the oracle
            raised = error
        for case, report in zip(cases, reports, strict=True):
            truth = case.truth
            truth.started, truth.ended, truth.report, truth.raised = began, time.now, report, raised
            timeline.add(time.now, f"order {case.order_id}: {report or repr(raised)}")

    async def _reports(self, cases: Sequence[Case]) -> Sequence[CancelReport | None]:
        plan = cases[0].plan
        requests = [_request(case) for case in cases]
        if len(requests) == 1:
            operation = Operation(name="cancel_order", request=requests[0], timeout=plan.timeout, wait=plan.wait)
            return [await report_cancel(self._hooks, operation, _VENUE_ID)]
        many = CancelManyRequest(orders=tuple(requests))
        operation = Operation(name="cancel_orders", request=many, timeout=plan.timeout, wait=plan.wait)
        return await report_cancels(self._hooks, operation, _VENUE_ID)


def _request(case: Case) -> CancelRequest:
    named = case.plan.named
    return CancelRequest(
        order_id=None if named == "client_order_id" else case.order_id,
        client_order_id=None if named == "order_id" else case.client_order_id,
    )
