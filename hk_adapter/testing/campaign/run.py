"""Runs a campaign: scenario after scenario, each from a seed of its own, and counts what the oracle says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from hk_adapter.model import CancelOutcome
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.parallel import Block, in_blocks
from hk_adapter.testing.campaign.player import Played, Stage
from hk_adapter.testing.campaign.truth import Truth, Word
from hk_adapter.testing.campaign.unresolved import Cause, cause_of, is_unresolved
from hk_adapter.testing.campaign.verdicts import Verdict


@dataclass(slots=True)
class Result:
    """What a campaign came to.

    Attributes:
        cancels: calls of ``try_cancel``; a scenario may have several at once.
        sends: requests of which a byte left.
        verdicts: how often each thing was wrong; every verdict is listed.
        faults: how often each named fault struck.
        by_rate: of the usual scenarios, per fault rate: cancels, sends, and cancels that stayed unresolved.
        causes: per fault rate, what kept those unresolved.
        by_kind: per kind of scenario: cancels, those that stayed unresolved, and how often each thing was wrong.
        replays: the seeds to replay, per verdict and per cause.
        stream: what the streams beside the calls came to; empty without any.
    """

    cancels: int = 0
    sends: int = 0
    verdicts: Counter[Verdict] = field(default_factory=lambda: Counter(dict.fromkeys(Verdict, 0)))
    outcomes: Counter[CancelOutcome] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    by_rate: dict[float, Counter[str]] = field(default_factory=dict)
    causes: dict[float, Counter[Cause]] = field(default_factory=dict)
    by_kind: dict[Kind, Counter[str]] = field(default_factory=dict)
    replays: dict[Verdict | Cause, list[int]] = field(default_factory=dict)
    stream: Counter[str] = field(default_factory=Counter)

    @property
    def bad(self) -> int:
        """How much was wrong altogether."""
        return self.verdicts.total()

    def take(self, played: Played) -> None:
        """Count one scenario."""
        self.faults.update(played.struck)
        self.stream.update(played.stream)
        seed, rate = played.scenario.seed, played.scenario.rate
        kind = self.by_kind.setdefault(played.scenario.kind, Counter())
        usual = played.scenario.kind is Kind.USUAL
        for truth in played.truths:
            if truth.asked:
                self._count(truth, rate if usual else None, seed)
            kind["cancels"] += truth.asked
            kind["unresolved"] += truth.asked and is_unresolved(truth)
            for verdict in judge(truth):
                self.verdicts[verdict] += 1
                kind[verdict] += 1
                self.replays.setdefault(verdict, []).append(seed)

    def _count(self, truth: Truth, rate: float | None, seed: int) -> None:
        """Count one cancel; ``rate`` is the fault rate of a usual scenario, None in a kind beyond those."""
        sends = sum(send.word is not Word.UNSENT for send in truth.sends)
        self.cancels += 1
        self.sends += sends
        if truth.report is not None:
            self.outcomes[truth.report.outcome] += 1
        if rate is None:
            return
        column = self.by_rate.setdefault(rate, Counter())
        column["cancels"] += 1
        column["sends"] += sends
        if is_unresolved(truth):
            cause = cause_of(truth)
            column["unresolved"] += 1
            self.causes.setdefault(rate, Counter())[cause] += 1
            self.replays.setdefault(cause, []).append(seed)

    def add(self, other: Result) -> None:
        """Add what another part of the same campaign came to."""
        self.cancels += other.cancels
        self.sends += other.sends
        self.verdicts.update(other.verdicts)
        self.outcomes.update(other.outcomes)
        self.faults.update(other.faults)
        self.stream.update(other.stream)
        for rate, column in other.by_rate.items():
            self.by_rate.setdefault(rate, Counter()).update(column)
        for kind, counted in other.by_kind.items():
            self.by_kind.setdefault(kind, Counter()).update(counted)
        for rate, causes in other.causes.items():
            self.causes.setdefault(rate, Counter()).update(causes)
        for found, seeds in other.replays.items():
            self.replays.setdefault(found, []).extend(seeds)


@dataclass(frozen=True, slots=True)
class Replay:
    """One scenario played again: its timeline, and what is wrong with each of its reports."""

    timeline: str
    truths: list[Truth]
    verdicts: list[list[Verdict]]


def run(
    cancels: int,
    seed: int = 0,
    *,
    fault_rate: float | None = None,
    jobs: int = 1,
    only: Kind | None = None,
    streamed: bool = False,
) -> Result:
    """Play at least ``cancels`` cancels and judge each. The totals depend on neither ``jobs`` nor the machine.

    ``fault_rate`` None draws one per scenario (``scenario.RATES``). Scenario ``i`` has the seed
    ``seed * 10**9 + i``. ``only`` names the kind of every scenario; None draws it, the usual most often.
    ``streamed`` keeps a stream open beside the calls, in trouble of its own, and holds what it tells against the truth.
    """
    result = Result()
    for part in in_blocks(
        partial(play_block, fault_rate=fault_rate, only=only, streamed=streamed), seed, cancels, jobs
    ):
        result.add(part)
    return result


def replay(seed: int, *, fault_rate: float | None = None, only: Kind | None = None, streamed: bool = False) -> Replay:
    """Play one scenario again, by the seed that a result names and what else the campaign was given."""
    played = Stage().play(seed, fault_rate, told=True, only=only, streamed=streamed)
    return Replay(played.timeline, played.truths, [judge(truth) for truth in played.truths])


def play_block(block: Block, fault_rate: float | None, only: Kind | None = None, *, streamed: bool = False) -> Result:
    """Play the scenarios of a first seed and as many as follow it."""
    first, amount = block
    stage, result = Stage(), Result()
    for seed in range(first, first + amount):
        result.take(stage.play(seed, fault_rate, only=only, streamed=streamed))
    return result
