"""Plays scenarios over a script: the plugin opened once, all else anew for each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.hooks import CLOCK_STEP
from hk_adapter.registry import venue_hooks, venue_manager
from hk_adapter.testing.campaign.network import Wire
from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.player import Played, ScenarioCore, play_out
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import EPOCH
from hk_adapter.testing.conformance.further_script import MORE_METHODS
from hk_adapter.testing.conformance.guarded import guarded
from hk_adapter.testing.conformance.script import Script
from hk_adapter.testing.conformance.scripted_campaign.faults import faults_over
from hk_adapter.testing.conformance.scripted_campaign.language import ScriptedLanguage
from hk_adapter.testing.conformance.scripted_campaign.scenario import draw_scripted
from hk_adapter.testing.conformance.scripted_campaign.venue import ScriptedVenue
from hk_adapter.testing.virtual_time import VirtualTime
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue.connection import CORE_NEEDS
from hk_adapter.venue.per_key import state_of_its_own

_SHOWN = 5
_STRANGER = 800
"""The number of a client order id that no order of a scenario has."""


@dataclass(slots=True)
class Findings:
    """What a campaign came to: how many cancels it judged, and by seed what was wrong."""

    cancels: int = 0
    wrong: dict[int, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Name the first seeds to replay."""
        shown = [f"--hk-replay {seed}: {', '.join(words)}" for seed, words in list(self.wrong.items())[:_SHOWN]]
        return f"{len(self.wrong)} scenarios went wrong in {self.cancels} cancels: {'; '.join(shown)}"


class ScriptedPlayer:
    """A plugin that is open, before a venue that the script writes.

    Attributes:
        faults: what may strike a request of each purpose.
    """

    def __init__(self, bench: Bench, script: Script, absent: Mapping[str, str] | frozenset[str]) -> None:
        self._bench = bench
        self._script = script = guarded(script)
        self._absent = absent
        self.faults = faults_over(script, absent, bench.own_id(_STRANGER))
        self._scenario_core = ScenarioCore()
        self._hooks = venue_hooks(venue_manager(bench.venue_under_test, self._scenario_core))
        self._together = not any(
            hasattr(bench.venue_under_test, hook) and not all(hasattr(script, name) for name in methods)
            for hook, methods in MORE_METHODS.items()
        )

        lists = hasattr(bench.venue_under_test, "fetch_open_orders") and "fetch_open_orders" not in absent
        self._listed = script.symbol if lists else None

    def run(self, cancels: int, seed: int = 0, *, first: bool = False) -> Findings:
        """Play at least ``cancels`` cancels, from the scenario of ``seed`` on; ``first`` stops at what goes wrong."""
        found = Findings()
        with _unheard():
            while found.cancels < cancels and not (first and found.wrong):
                played, wrong = self.play(seed)
                found.cancels += len(played.truths)
                if wrong:
                    found.wrong[seed] = wrong
                seed += 1
        return found

    def play(self, seed: int, *, told: bool = False) -> tuple[Played, list[str]]:
        """Play the scenario of a seed, and name what was wrong; ``told`` keeps a timeline."""
        rng = Random(seed)  # noqa: S311 - the whole point is that it repeats
        scenario = draw_scripted(seed, rng, self._absent, together=self._together, listed=self._listed)
        time, timeline = VirtualTime(), Timeline(kept=told)
        names_symbols = self._bench.names_symbols
        place = ScriptedVenue(scenario, self._script, timeline, self._bench.own_id, names_symbols=names_symbols)
        wire = Wire(scenario, place, ScriptedLanguage(place, self._script, self.faults), time, rng, timeline)
        venue = self._bench.venue_under_test
        step = getattr(venue, "clock_step", CLOCK_STEP)
        clock = VenueClock(time.monotonic, lambda: EPOCH + time.now, step=step)
        shared = state_of_its_own(venue)
        runtime = replace(
            self._bench.runtime,
            prepare=self._bench.outgoing.going_by(clock, getattr(shared.budget, "numbered", None)),
            clock=clock,
            admission=shared.budget,
            liveness=shared.liveness,
            rng=Random(~seed),  # noqa: S311 - as above; its own, so that what a flow draws changes no fault
        )
        needs = {name: getattr(venue, name) for name in CORE_NEEDS if hasattr(venue, name)}
        self._scenario_core.core = Core(SharedLookups(KnownOrders()), limits=venue.limits, **needs)
        self._scenario_core.core.attach(self._hooks)
        before = len(self._bench.faults)
        played = play_out(scenario, place, wire, runtime, self._hooks, self._bench.venue_id, time, timeline)
        faults = self._bench.faults[before:]
        del self._bench.faults[before:]
        return played, [*_faults_of(played), *sorted(set(faults))]


def _faults_of(played: Played) -> list[str]:
    found: list[Verdict] = []
    for truth in played.truths:
        found += [verdict for verdict in judge(truth) if verdict not in found]
    raised = sorted({f"{Verdict.RAISED} {truth.raised!r}" for truth in played.truths if truth.raised is not None})
    told = [str(verdict) for verdict in found if verdict is not Verdict.RAISED or not raised]
    return told + (raised if Verdict.RAISED in found else [])


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep what hundreds of virtual calls warn of from the log of the test: a failure would be buried under it."""
    log = logging.getLogger("hk_adapter")
    before, log.propagate = log.propagate, False
    try:
        yield
    finally:
        log.propagate = before
