"""Plays one scenario: the real adapter, on its own budget, clock and line, against the scenario's venue."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlsplit

from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.effects import Flow, HttpCall
from hk_adapter.flow.http import Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import OpenedVenue, VenueHooks, VenueSettings, hookimpl
from hk_adapter.model import CancelRequest, CreateOrderRequest, Evidence, Operation, OrderSide, OrderType
from hk_adapter.registry import open_venue, venue_hooks, venue_manager
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, VENUE_ID, SimRequest, Simulator
from hk_adapter.testing.campaign.beside import TimeBeside, WakefulRunner
from hk_adapter.testing.campaign.broken_wrappers import Unheard, wrapper_of
from hk_adapter.testing.campaign.caller import Call
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.conduct import is_plain, is_quiet
from hk_adapter.testing.campaign.generator import draw
from hk_adapter.testing.campaign.hashkey_language import HashKeyLanguage
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.language import Ground
from hk_adapter.testing.campaign.leaving import LeavingRunner
from hk_adapter.testing.campaign.listening import Listening, keeper_of
from hk_adapter.testing.campaign.network import Wire
from hk_adapter.testing.campaign.scenario import EPOCH, Scenario
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.stream_plan import StreamTrouble, draw_stream
from hk_adapter.testing.campaign.stream_wire import StreamWire
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.truth import Truth
from hk_adapter.testing.campaign.venue_by_symbol import open_by_symbol
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.request_builder import RequestBuilder
from hk_adapter.transport.venue_clock import VenueClock

logging.getLogger("hk_adapter").addHandler(logging.NullHandler())  # a million cancels have much to warn of
_AFTERWARDS = 1000.0
"""Seconds after the last call by which everything that was still travelling has arrived."""

PROMPT = 100
"""Milliseconds after which a frame is no longer prompt."""


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario with what came of it; ``struck`` counts the faults."""

    scenario: Scenario
    truths: list[Truth]
    struck: Counter[str]
    timeline: str
    stream: Counter[str] = field(default_factory=Counter)
    """What the stream beside the calls came to; empty without one."""


class Stage:
    """Opens the venue's plugin once for each site and wrapper; every scenario gets all else anew."""

    def __init__(self) -> None:
        self._credentials = HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET)
        self._looks = SharedLookups()
        self._opened_sites: dict[tuple[str, tuple[str, str, str] | None, bool | None], _OpenedSite] = {}

    def play(
        self,
        seed: int,
        rate: float | None = None,
        *,
        told: bool = False,
        only: Kind | None = None,
        streamed: bool = False,
    ) -> Played:
        """Play the scenario of a seed.

        ``told`` keeps a timeline, ``only`` names its kind, and ``streamed`` opens a stream beside the calls.
        """
        rng = Random(seed)  # noqa: S311 - the whole point is that it repeats
        scenario = draw(seed, rng, rate, only)
        trouble = draw_stream(scenario) if streamed else None
        time = VirtualTime() if trouble is None else TimeBeside(trouble.begins)
        timeline = Timeline(kept=told)
        place = ScenarioVenue(scenario, timeline)
        wire = Wire(scenario, place, HashKeyLanguage(place), time, rng, timeline)
        venue, hooks = self.opened(scenario)
        clock = VenueClock(time.monotonic, lambda: EPOCH + time.now + scenario.skew)
        runtime = Runtime(
            prepare=RequestBuilder(venue, self._credentials, clock),
            clock=clock,
            admission=RateBudget(venue.limits),
            liveness=Liveness(),
            rng=Random(~seed),  # noqa: S311 - as above; its own, so that what a flow draws changes no fault
        )
        if scenario.paused:
            runtime.admission.pause(self.group_of_cancels(venue), scenario.paused)
        if trouble is None or not isinstance(time, TimeBeside):
            return play_out(scenario, place, wire, runtime, hooks, VENUE_ID, time, timeline)
        stream_wire = StreamWire(scenario, trouble, place, wire, time)
        keeper = keeper_of(hooks, self._looks)
        listening = Listening(scenario, keeper, place, WakefulRunner(runtime, stream_wire, time), time, timeline)
        listening.begin(trouble, seed)
        played = play_out(scenario, place, wire, runtime, hooks, VENUE_ID, time, timeline)
        listening.close()
        return replace(played, stream=counted(played, trouble, stream_wire.asked))

    def group_of_cancels(self, venue: Any) -> str:
        """Return the group that the venue charges cancels to, as the first request of one says."""
        asked = venue.cancel_order(CancelRequest(order_id="1"))
        call: HttpCall = asked.send(None)
        asked.close()
        return call.group

    def opened(self, scenario: Scenario) -> tuple[OpenedVenue, VenueHooks]:
        """Return the opened venue, with a core that remembers nothing of other scenarios."""
        mass = scenario.mass
        site, batch = ("hk", None) if mass is None else (mass.site, mass.batch)
        told = None if scenario.by_symbol is None else scenario.by_symbol.told
        opened_site = self._opened_sites.get((site, scenario.wrapper, told))
        if opened_site is None:
            opened = _open(site, scenario.wrapper, self._credentials, told)
            opened_site = self._opened_sites[site, scenario.wrapper, told] = opened
        self._looks = SharedLookups()
        opened_site.scenario_core.core = Core(
            self._looks,
            getattr(opened_site.venue, "cancel_batch", 0) if batch is None else batch,
            _check_of(opened_site.venue),
        )
        opened_site.scenario_core.core.attach(opened_site.hooks)
        return opened_site.venue, opened_site.hooks


def play_out(
    scenario: Scenario,
    place: Ground,
    wire: Wire,
    runtime: Runtime,
    hooks: VenueHooks,
    venue_id: str,
    time: VirtualTime,
    timeline: Timeline,
) -> Played:
    """Make the calls of a scenario, side by side, and let everything come to its end."""
    calls = [Call(hooks, cases, scenario.mass, time, timeline, venue_id) for cases in _calls(scenario, place)]
    runner = LeavingRunner(runtime, wire, time) if scenario.leaves else VirtualRunner(runtime, wire, time)
    flows: list[Flow[None]] = [call.run() for call in calls]
    if isinstance(runner, LeavingRunner):
        for number, leave in scenario.leaves.items():
            flows[number] = runner.let_go(flows[number], leave, calls[number].again)
    try:
        runner.run_all(flows)
    except (SystemExit, asyncio.CancelledError, Unheard) as error:
        for case in place.cases:
            case.truth.report, case.truth.raised = None, error
    place.settle(time.now + _AFTERWARDS)
    wire.close()
    if isinstance(runner, LeavingRunner):
        runner.close()
    return Played(scenario, [case.truth for case in place.cases], wire.struck, timeline.text())


def is_good(scenario: Scenario) -> bool:
    """Whether nothing in a scenario keeps a stream from telling of an end at once."""
    prompt = scenario.dialect.stream_delay_ms[1] < PROMPT
    return scenario.kind is Kind.USUAL and scenario.mass is None and prompt and is_quiet(scenario)


def counted(played: Played, trouble: StreamTrouble, asked: int) -> Counter[str]:
    """Count what a stream saved: cancels, which of them it has proven, and questions, also on a good day."""
    good = trouble.is_calm and not played.struck and is_good(played.scenario)
    count = Counter({"asked beside": asked})
    own = {id(query) for truth in played.truths for query in truth.queries}
    count["queries"] = len(own)
    for plan, truth in zip(played.scenario.orders, played.truths, strict=True):
        if not truth.asked or truth.report is None:
            continue
        count["cancels"] += 1
        count["heard"] += truth.report.evidence is Evidence.STREAM
        state = truth.state(truth.started)
        by_id = plan.named != "client_order_id"  # whose refusal would tell no id to listen for
        if good and by_id and is_plain(plan) and state is not None and state.ended is None:
            count["good cancels"] += 1
            count["good queries"] += len(truth.queries)
    return count


class ScenarioCore:
    """Stands where a connection's core does, and passes each call on to the core of the scenario."""

    def __init__(self) -> None:
        self.core = Core(SharedLookups())

    @hookimpl
    async def operate(self, operation: Operation) -> Any:
        """Carry out a whole call."""
        return await self.core.operate(operation=operation)

    @hookimpl
    def attempt(self, operation: Operation, request: object, hook: str) -> Flow[Any] | None:
        """Begin one call of a hook."""
        return self.core.attempt(operation=operation, request=request, hook=hook)


@dataclass(frozen=True, slots=True)
class _OpenedSite:
    """One site, opened once for every scenario that it may have."""

    venue: OpenedVenue
    hooks: VenueHooks
    scenario_core: ScenarioCore


def _open(
    site: str, wrapper: tuple[str, str, str] | None, credentials: HmacCredentials, by_symbol: bool | None
) -> _OpenedSite:
    settings, scenario_core = VenueSettings(venue_id=VENUE_ID, environment="simulator", site=site), ScenarioCore()
    venue = open_venue(settings) if by_symbol is None else open_by_symbol(settings, told=by_symbol)
    _place_one(venue, venue_hooks(venue_manager(venue, scenario_core)), credentials)
    wrappers = () if wrapper is None else (wrapper_of(*wrapper),)
    hooks = venue_hooks(venue_manager(venue, scenario_core, wrappers))
    return _OpenedSite(venue, hooks, scenario_core)


def _check_of(venue: OpenedVenue) -> Callable[[CancelRequest], None]:
    check: Callable[[CancelRequest], None] = getattr(venue, "check_cancel", lambda request: None)
    return check


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
    request = RequestBuilder(venue, credentials, clock)(flow.send(None))
    parts = urlsplit(request.url)
    seen = SimRequest(request.method, parts.path, parts.query, request.headers, request.body or b"")
    answer = Simulator().handle(seen, int(EPOCH * 1000))
    with suppress(StopIteration):
        flow.send(Response(answer.status, {}, answer.body))


def _calls(scenario: Scenario, place: Ground) -> list[Sequence[Case]]:
    called = [case for case in place.cases if not case.plan.spared]
    return [called] if scenario.one_call else [[case] for case in called]
