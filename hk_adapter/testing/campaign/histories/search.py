"""Goes through every history up to a depth, breadth first, so that the first wrong word found is the shortest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from hk_adapter.execution.cancel.policy import Step, Stop
from hk_adapter.model import CancelOutcome, CancelReport
from hk_adapter.testing.campaign.histories.keys import key_of
from hk_adapter.testing.campaign.histories.play import Position, after, decide, report, start
from hk_adapter.testing.campaign.histories.settings import Setting
from hk_adapter.testing.campaign.oracle import judge
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.testing.campaign.workers import in_workers


@dataclass(frozen=True, slots=True)
class _Path:
    """How a position was reached, by the shortest way."""

    text: str
    before: _Path | None

    def texts(self) -> list[str]:
        """Describe it step by step, the first first."""
        path, texts = self, [self.text]
        while path.before is not None:
            path = path.before
            texts.append(path.text)
        return texts[::-1]


@dataclass(frozen=True, slots=True)
class Found:
    """The shortest history that ends in a wrong word.

    Attributes:
        steps: what happened, a move of the resolver each.
        said: what the call reported.
    """

    setting: str
    verdict: Verdict
    steps: tuple[str, ...]
    said: CancelReport


@dataclass(slots=True)
class Histories:
    """What an enumeration came to.

    Attributes:
        depth: how many moves of the resolver a history may have.
        histories: how many there are; each ends in a report, which was judged.
        positions: how many distinct positions they pass through.
        reports: how many distinct reports were judged.
        wrong: in how many positions a report was wrong, for each verdict.
        found: the shortest history for each setting and verdict.
        outcomes: how many reports had each outcome.
    """

    depth: int
    histories: int = 0
    positions: int = 0
    reports: int = 0
    wrong: dict[Verdict, int] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    outcomes: Counter[CancelOutcome] = field(default_factory=Counter)

    def add(self, other: Histories) -> None:
        """Add what another setting came to."""
        self.histories += other.histories
        self.positions += other.positions
        self.reports += other.reports
        self.found += other.found
        self.outcomes.update(other.outcomes)
        for verdict, count in other.wrong.items():
            self.wrong[verdict] = self.wrong.get(verdict, 0) + count


@dataclass(slots=True)
class _Node:
    """One distinct position of a level, and how many histories lead to it."""

    position: Position
    path: _Path | None
    ways: int


def enumerate_histories(settings: Sequence[Setting], depth: int, jobs: int = 1) -> Histories:
    """Play every history of up to ``depth`` moves, in each setting, and judge how each ends.

    A history may also end at any point because its deadline passes there. Positions that differ in nothing that the
    future depends on are played once, and counted as often as there are ways to them. ``jobs`` is how many processes
    to use, each for a setting at a time.
    """
    whole = Histories(depth)
    if jobs == 1:
        parts = [_in_setting(setting, depth) for setting in settings]
    else:
        parts = list(in_workers(partial(_in_setting, depth=depth), settings, jobs))
    for part in parts:
        whole.add(part)
    return whole


def _in_setting(setting: Setting, depth: int) -> Histories:
    result = Histories(depth)
    level: dict[object, _Node] = {key_of(start(setting)): _Node(start(setting), None, 1)}
    for left in range(depth, 0, -1):
        result.positions += len(level)
        # All that is as short is judged before anything longer, so that what is found first is the shortest.
        going_on = [(node, move) for node in level.values() if (move := _ended(setting, node, result)) is not None]
        level = {}
        for node, move in going_on:
            for text, position in after(setting, node.position, move):
                reached = _Node(position, _Path(f"{move}: {text}", node.path), node.ways)
                if left == 1:  # nothing follows, so no two need be made one
                    _judge(setting, reached, result, late=True)
                    continue
                known = level.setdefault(key_of(position), reached)
                if known is not reached:
                    known.ways += reached.ways
    return result


def _ended(setting: Setting, node: _Node, result: Histories) -> Step | None:
    """Judge how a history ends here, and return the move with which it goes on; None where it does not."""
    _judge(setting, node, result, late=True)
    move = decide(node.position)
    if not isinstance(move, Stop):
        return move
    _judge(setting, node, result, late=False)
    return None


def _judge(setting: Setting, node: _Node, result: Histories, *, late: bool) -> None:
    said, world = report(node.position, late=late)
    result.histories += node.ways
    result.reports += 1
    result.outcomes[said.outcome] += 1
    for verdict in judge(world.truth(setting.wait, setting.timeout, said, timed=setting.timed)):
        result.wrong[verdict] = result.wrong.get(verdict, 0) + 1
        if not any(one.setting == setting.name and one.verdict is verdict for one in result.found):
            steps = node.path.texts() if node.path is not None else []
            end = "the deadline passes" if late else "the call stops"
            result.found.append(Found(setting.name, verdict, (*steps, end), said))
