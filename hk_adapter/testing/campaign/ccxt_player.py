"""Plays the campaign's scenarios through ccxt's HashKey class: the same plans, venue, faults and truth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.ccxt_client import CcxtClient, open_ccxt
from hk_adapter.testing.campaign.ccxt_judge import FALSE, Answer, Claim, Listener
from hk_adapter.testing.campaign.generator import draw
from hk_adapter.testing.campaign.hashkey_language import HashKeyLanguage
from hk_adapter.testing.campaign.network import Wire
from hk_adapter.testing.campaign.parallel import Block, in_blocks
from hk_adapter.testing.campaign.scenario import Scenario
from hk_adapter.testing.campaign.scenario_venue import ScenarioVenue
from hk_adapter.testing.campaign.timeline import Timeline
from hk_adapter.testing.virtual_time import VirtualTime

_AFTERWARDS = 1000.0
"""Seconds after the last call by which everything that was still travelling has arrived."""


@dataclass(frozen=True, slots=True)
class CcxtPlayed:
    """One scenario: what each cancel's caller was told, and the class names of what was raised."""

    scenario: Scenario
    told: list[Claim]
    raised: list[str]
    struck: Counter[str]
    timeline: str


@dataclass(slots=True)
class Comparison:
    """What a campaign through ccxt came to.

    Attributes:
        told: how often each word was the one; every word is listed.
        by_rate: the same, per fault rate.
        raised: how often ``cancel_order`` raised what.
        replays: the seeds to replay, per word that told what is not so.
    """

    cancels: int = 0
    told: Counter[Claim] = field(default_factory=lambda: Counter(dict.fromkeys(Claim, 0)))
    by_rate: dict[float, Counter[Claim]] = field(default_factory=dict)
    raised: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    replays: dict[Claim, list[int]] = field(default_factory=dict)

    def take(self, played: CcxtPlayed) -> None:
        """Count one scenario."""
        self.cancels += len(played.told)
        self.told.update(played.told)
        self.by_rate.setdefault(played.scenario.rate, Counter()).update(played.told)
        self.raised.update(played.raised)
        self.faults.update(played.struck)
        for told in played.told:
            if told in FALSE:
                self.replays.setdefault(told, []).append(played.scenario.seed)

    def add(self, other: Comparison) -> None:
        """Add what another part of the same campaign came to."""
        self.cancels += other.cancels
        self.told.update(other.told)
        for rate, column in other.by_rate.items():
            self.by_rate.setdefault(rate, Counter()).update(column)
        self.raised.update(other.raised)
        self.faults.update(other.faults)
        for told, seeds in other.replays.items():
            self.replays.setdefault(told, []).extend(seeds)


class CcxtStage:
    """One client of ccxt's for all scenarios; ``fetches`` lets each cancel be followed by one ``fetch_order``."""

    def __init__(self, *, fetches: bool = False) -> None:
        self._fetches = fetches
        self._client = CcxtClient()
        self._listener = Listener(open_ccxt())

    def play(self, seed: int, rate: float | None = None, *, told: bool = False) -> CcxtPlayed:
        """Play the scenario of a seed; ``told`` keeps a timeline.

        The blocking class does one thing at a time, so a scenario's orders are canceled one after another, each by
        a ``cancel_order`` of its own; those in scope, where the scenario has a ``cancel_all_orders``, of whose orders
        ccxt's own tells nothing.
        """
        rng = Random(seed)  # noqa: S311 - the whole point is that it repeats
        scenario = draw(seed, rng, rate)
        time, timeline = VirtualTime(), Timeline(kept=told)
        place = ScenarioVenue(scenario, timeline)
        wire = Wire(scenario, place, HashKeyLanguage(place), time, rng, timeline)
        cases = [case for case in place.cases if scenario.mass is None or scenario.mass.covers(case.plan)]
        answers = []
        for case in cases:
            self._client.enter(wire, time, skew=scenario.skew, timeout=case.plan.timeout)
            answers.append(self._answers(case, time, timeline))
        place.settle(time.now + _AFTERWARDS)
        words = [self._judge(case, *pair) for case, pair in zip(cases, answers, strict=True)]
        raised = [type(cancel.raised).__name__ for cancel, _ in answers if cancel.raised is not None]
        return CcxtPlayed(scenario, words, raised, wire.struck, timeline.text())

    def _answers(self, case: Case, time: VirtualTime, timeline: Timeline) -> tuple[Answer, Answer | None]:
        exchange = self._client.exchange
        case.truth.started = time.now
        cancel = _asked(exchange.cancel_order, case)
        timeline.add(time.now, f"order {case.order_id}: cancel_order {_in_words(cancel)}")
        fetch = None
        if self._fetches:
            fetch = _asked(exchange.fetch_order, case)
            timeline.add(time.now, f"order {case.order_id}: fetch_order {_in_words(fetch)}")
        case.truth.ended = time.now
        return cancel, fetch

    def _judge(self, case: Case, cancel: Answer, fetch: Answer | None) -> Claim:
        if fetch is None:
            return self._listener.judge_cancel(cancel, case.truth, case.order_id)
        return self._listener.judge_both(cancel, fetch, case.truth, case.order_id)


def compare(
    cancels: int, seed: int = 0, *, fault_rate: float | None = None, jobs: int = 1, fetches: bool = False
) -> Comparison:
    """Play a campaign's scenarios through ccxt; arguments as for ``run``, and ``fetches`` as for ``CcxtStage``.

    Raises ConfigurationError where ccxt is not installed.
    """
    open_ccxt()  # what is missing is said here, rather than by another process
    result = Comparison()
    for part in in_blocks(partial(_play_block, rate=fault_rate, fetches=fetches), seed, cancels, jobs):
        result.add(part)
    return result


def replay_through_ccxt(seed: int, *, fault_rate: float | None = None, fetches: bool = False) -> CcxtPlayed:
    """Play one scenario again, with its timeline."""
    return CcxtStage(fetches=fetches).play(seed, fault_rate, told=True)


def _play_block(block: Block, rate: float | None, fetches: bool) -> Comparison:
    first, amount = block
    stage, result = CcxtStage(fetches=fetches), Comparison()
    for seed in range(first, first + amount):
        result.take(stage.play(seed, rate))
    return result


def _asked(call: Any, case: Case) -> Answer:
    named, market = case.plan.named, case.plan.terms.market
    order_id = None if named == "client_order_id" else case.order_id
    params = {} if named == "order_id" else {"clientOrderId": case.client_order_id}
    try:
        return Answer(call(order_id, f"{market.base}/{market.quote}", params))
    except Exception as error:  # noqa: BLE001 - whatever comes out is what the caller was told
        return Answer(raised=error)


def _in_words(answer: Answer) -> str:
    if answer.raised is not None:
        return f"raised {type(answer.raised).__name__}"
    order = answer.returned
    if not isinstance(order, dict):
        return f"returned a {type(order).__name__}"
    return f"returned status {order.get('status')!r}, filled {order.get('filled')!r}"
