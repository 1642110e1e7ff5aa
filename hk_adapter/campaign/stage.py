"""Plays one scenario: the real adapter, on its own budget, clock and line, against the scenario's venue."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from urllib.parse import urlsplit

from hk_adapter.campaign.call import VENUE_ID, Call
from hk_adapter.campaign.draw import draw
from hk_adapter.campaign.place import EPOCH, Case, Place
from hk_adapter.campaign.records import Truth
from hk_adapter.campaign.scenario import Scenario
from hk_adapter.campaign.timeline import Timeline
from hk_adapter.campaign.wire import Wire
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.looks import Looks
from hk_adapter.execution.operate import Core
from hk_adapter.flow.station import Station
from hk_adapter.flow.virtual import VirtualRunner, VirtualTime
from hk_adapter.flow.wire import Response
from hk_adapter.hooks import OpenedVenue, VenueHooks, VenueSettings
from hk_adapter.model import CreateOrderRequest, OrderSide, OrderType
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, SimRequest, Simulator
from hk_adapter.transport.budget import RateBudget
from hk_adapter.transport.clock import VenueClock
from hk_adapter.transport.line import Line
from hk_adapter.transport.outgoing import Outgoing
from hk_adapter.venues.hashkey.sites import ORDERS

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
    """Opens the venue's plugin once for each site and batch; every scenario gets all else anew."""

    def __init__(self) -> None:
        self._credentials = HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET)
        self._known = KnownOrders()
        self._halls: dict[tuple[str, int | None], tuple[OpenedVenue, VenueHooks]] = {}

    def play(self, seed: int, rate: float | None = None, *, told: bool = False) -> Played:
        """Play the scenario of a seed; ``told`` keeps a timeline."""
        rng = Random(seed)  # noqa: S311 - the whole point is that it repeats
        scenario = draw(seed, rng, rate)
        self._known.clear()
        time, timeline = VirtualTime(), Timeline(kept=told)
        place = Place(scenario, timeline)
        wire = Wire(scenario, place, time, rng, timeline)
        mass = scenario.mass
        venue, hooks = self._hall("hk", None) if mass is None else self._hall(mass.site, mass.batch)
        clock = VenueClock(time.monotonic, lambda: EPOCH + time.now + scenario.skew)
        station = Station(
            prepare=Outgoing(venue, self._credentials, clock),
            clock=clock,
            admission=RateBudget(venue.limits),
            hearing=Line(),
            rng=Random(~seed),  # noqa: S311 - as above; its own, so that what a flow draws changes no fault
        )
        station.admission.pause(ORDERS, scenario.paused)
        calls = [Call(hooks, cases, mass, time, timeline) for cases in _calls(scenario, place)]
        VirtualRunner(station, wire, time).run_all([call.run() for call in calls])
        place.settle(time.now + _AFTERWARDS)
        wire.close()
        return Played(scenario, [case.truth for case in place.cases], wire.struck, timeline.text())

    def _hall(self, site: str, batch: int | None) -> tuple[OpenedVenue, VenueHooks]:
        """Open the venue's plugin; ``batch`` None is how many ids it takes itself."""
        found = self._halls.get((site, batch))
        if found is None:
            venue = open_venue(VenueSettings(venue_id=VENUE_ID, environment="simulator", site=site))
            # Nothing stays in look-ups once their calls have ended.
            core = Core(Looks(self._known), getattr(venue, "cancel_batch", 0) if batch is None else batch)
            hooks = venue_hooks(venue_manager(venue, core))
            core.attach(hooks)
            _place_one(venue, hooks, self._credentials)
            found = self._halls[site, batch] = venue, hooks
        return found


def _place_one(venue: OpenedVenue, hooks: VenueHooks, credentials: HmacCredentials) -> None:
    """Let the plugin place an order, as a bot has done before it cancels: by it HashKey's knows its own account."""
    clock = VenueClock(lambda: 0.0, lambda: float(EPOCH))
    order = CreateOrderRequest(
        symbol="ETH/USD",
        type=OrderType.LIMIT,
        side=OrderSide.BUY,
        amount=Decimal(1),
        price=Decimal(1000),
        client_order_id="before",
    )
    flow = hooks.create_order(request=order)
    request = Outgoing(venue, credentials, clock)(flow.send(None))
    parts = urlsplit(request.url)
    seen = SimRequest(request.method, parts.path, parts.query, request.headers, request.body or b"")
    answer = Simulator().handle(seen, int(EPOCH * 1000))
    with suppress(StopIteration):
        flow.send(Response(answer.status, {}, answer.body))


def _calls(scenario: Scenario, place: Place) -> list[list[Case]]:
    return [place.cases] if scenario.one_call else [[case] for case in place.cases]
