import dataclasses

import pytest

from hk_adapter.testing.campaign import Kind, replay, run
from hk_adapter.testing.campaign.fault_list import ALL_FAULTS
from hk_adapter.testing.campaign.player import Stage
from hk_adapter.testing.campaign.verdicts import Verdict


def test_no_report_of_thousands_of_faulted_cancels_is_wrong_and_few_are_repeated() -> None:
    """Whatever befalls a cancel, its report says nothing that is not so.

    At one fault in a hundred a cancel hardly ever needs a repeat or stays open; at one in four, seldom.
    """
    result = run(3000, seed=2)
    assert result.cancels >= 3000
    assert {verdict: count for verdict, count in result.verdicts.items() if count} == {}
    assert set(result.verdicts) == set(Verdict)
    few, many = result.by_rate[0.01], result.by_rate[0.25]
    assert few["sends"] / few["cancels"] < 1.06
    assert many["sends"] / many["cancels"] < 1.25
    assert few["unresolved"] / few["cancels"] < 0.005
    assert many["unresolved"] / many["cancels"] < 0.04


def test_equal_seeds_give_equal_results() -> None:
    """A campaign depends on its seed and on nothing else."""
    once = run(100, seed=3)
    assert once == run(100, seed=3)
    assert once.outcomes != run(100, seed=4).outcomes


def test_the_number_of_processes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that share three blocks count what one counts."""
    alone = run(120, seed=5)
    monkeypatch.setattr("hk_adapter.testing.campaign.parallel._LARGEST", 50)
    assert run(120, seed=5, jobs=2) == alone


@pytest.mark.parametrize("seed", [7, 1_000_000_011, 12_000_000_345])
def test_a_replay_plays_the_same_scenario_and_tells_it(seed: int) -> None:
    """One scenario can be played again, alone, to the same reports, with a timeline."""
    stage = Stage()
    for other in range(seed - 3, seed):
        stage.play(other)
    played, again = stage.play(seed), replay(seed)
    assert repr(again.truths) == repr(played.truths)
    assert "cancel goes out" in again.timeline


def test_every_named_fault_strikes() -> None:
    """The named faults are at least forty, no two share a name, and each occurs."""
    names = [fault.name for fault in ALL_FAULTS]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
    struck: set[str] = set()
    for seed in range(16):
        struck |= set(run(250, seed, fault_rate=0.8, only=Kind.USUAL).faults)
        if struck == set(names):
            break
    assert struck == set(names)


def test_results_of_parts_add_up() -> None:
    """Adding parts is counting them together."""
    whole, parts = run(100, seed=8), run(50, seed=8)
    once = parts.cancels
    assert dataclasses.asdict(whole)["cancels"] > once
    parts.add(parts)
    assert parts.cancels == 2 * once
