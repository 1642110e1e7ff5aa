"""Runs a campaign: scenario after scenario, each from a seed of its own, and counts what the oracle says."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from hk_adapter.campaign.oracle import judge
from hk_adapter.campaign.records import Truth, Word
from hk_adapter.campaign.stage import Played, Stage
from hk_adapter.campaign.verdicts import Verdict
from hk_adapter.model import CancelOutcome

_BLOCK = 2000
"""Scenarios that a process plays before it reports."""
_SEEDS_PER_CAMPAIGN = 10**9
_UNRESOLVED = frozenset({CancelOutcome.UNKNOWN, CancelOutcome.PENDING, CancelOutcome.OFF_BOOK})


@dataclass(slots=True)
class Result:
    """What a campaign came to.

    Attributes:
        cancels: calls of ``try_cancel``; a scenario may have several at once.
        sends: requests of which a byte left.
        verdicts: how often each thing was wrong; every verdict is listed.
        faults: how often each named fault struck.
        by_rate: per fault rate: cancels, sends, and cancels that stayed unresolved.
        replays: the seeds to replay, per verdict.
    """

    cancels: int = 0
    sends: int = 0
    verdicts: Counter[Verdict] = field(default_factory=lambda: Counter(dict.fromkeys(Verdict, 0)))
    outcomes: Counter[CancelOutcome] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    by_rate: dict[float, Counter[str]] = field(default_factory=dict)
    replays: dict[Verdict, list[int]] = field(default_factory=dict)

    @property
    def bad(self) -> int:
        """How much was wrong altogether."""
        return self.verdicts.total()

    def take(self, played: Played) -> None:
        """Count one scenario."""
        self.faults.update(played.struck)
        column = self.by_rate.setdefault(played.scenario.rate, Counter())
        for truth in played.truths:
            self._count(truth, column)
            for verdict in judge(truth):
                self.verdicts[verdict] += 1
                self.replays.setdefault(verdict, []).append(played.scenario.seed)

    def _count(self, truth: Truth, column: Counter[str]) -> None:
        sends = sum(send.word is not Word.UNSENT for send in truth.sends)
        self.cancels += 1
        self.sends += sends
        column["cancels"] += 1
        column["sends"] += sends
        if truth.report is not None:
            self.outcomes[truth.report.outcome] += 1
            column["unresolved"] += _is_unresolved(truth)

    def add(self, other: Result) -> None:
        """Add what another part of the same campaign came to."""
        self.cancels += other.cancels
        self.sends += other.sends
        self.verdicts.update(other.verdicts)
        self.outcomes.update(other.outcomes)
        self.faults.update(other.faults)
        for rate, column in other.by_rate.items():
            self.by_rate.setdefault(rate, Counter()).update(column)
        for verdict, seeds in other.replays.items():
            self.replays.setdefault(verdict, []).extend(seeds)


@dataclass(frozen=True, slots=True)
class Replay:
    """One scenario played again: its timeline, and what is wrong with each of its reports."""

    timeline: str
    truths: list[Truth]
    verdicts: list[list[Verdict]]


def run(cancels: int, seed: int = 0, *, fault_rate: float | None = None, jobs: int = 1) -> Result:
    """Play at least ``cancels`` cancels and judge each. The totals depend on neither ``jobs`` nor the machine.

    ``fault_rate`` None draws one per scenario (``scenario.RATES``). Scenario ``i`` has the seed
    ``seed * 10**9 + i``.
    """
    result = Result()
    for part in _parts(seed * _SEEDS_PER_CAMPAIGN, cancels, fault_rate, jobs):
        result.add(part)
    return result


def replay(seed: int, *, fault_rate: float | None = None) -> Replay:
    """Play one scenario again, by the seed that a result names and the campaign's ``fault_rate``."""
    played = Stage().play(seed, fault_rate, told=True)
    return Replay(played.timeline, played.truths, [judge(truth) for truth in played.truths])


def play_block(block: tuple[int, int], fault_rate: float | None) -> Result:
    """Play the scenarios of a first seed and as many as follow it."""
    first, amount = block
    stage, result = Stage(), Result()
    for seed in range(first, first + amount):
        result.take(stage.play(seed, fault_rate))
    return result


def _parts(first: int, scenarios: int, fault_rate: float | None, jobs: int) -> Iterator[Result]:
    blocks = [(first + at, min(_BLOCK, scenarios - at)) for at in range(0, scenarios, _BLOCK)]
    play = partial(play_block, fault_rate=fault_rate)
    if jobs == 1:
        yield from map(play, blocks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from pool.map(play, blocks)


def _is_unresolved(truth: Truth) -> bool:
    report = truth.report
    if report is None or report.outcome not in _UNRESOLVED:
        return False
    return not (report.outcome is CancelOutcome.PENDING and truth.wait.value == "ack")
