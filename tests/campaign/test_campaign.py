import dataclasses

import pytest

from hk_adapter.campaign import Kind, replay, run
from hk_adapter.campaign.menu import ALL_FAULTS
from hk_adapter.campaign.stage import Stage
from hk_adapter.campaign.verdicts import Verdict


def test_no_report_of_two_thousand_faulted_cancels_is_wrong() -> None:
    """Whatever befalls a cancel, its report says nothing that is not so."""
    result = run(2000, seed=1)
    assert result.cancels >= 2000
    assert {verdict: count for verdict, count in result.verdicts.items() if count} == {}
    assert set(result.verdicts) == set(Verdict)


def test_most_cancels_are_settled_and_few_are_repeated() -> None:
    """At one fault in a hundred a cancel hardly ever needs a repeat or stays open; at one in four, seldom."""
    by_rate = run(4000, seed=2).by_rate
    few, many = by_rate[0.01], by_rate[0.25]
    assert few["sends"] / few["cancels"] < 1.06
    assert many["sends"] / many["cancels"] < 1.25
    assert few["unresolved"] / few["cancels"] < 0.005
    assert many["unresolved"] / many["cancels"] < 0.04


def test_equal_seeds_give_equal_results() -> None:
    """A campaign depends on its seed and on nothing else."""
    assert run(300, seed=3) == run(300, seed=3)
    assert run(300, seed=3).outcomes != run(300, seed=4).outcomes


def test_the_number_of_processes_changes_nothing() -> None:
    """Two processes count what one counts."""
    assert run(2500, seed=5, jobs=2) == run(2500, seed=5)


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
    assert set(run(4000, seed=6, fault_rate=0.6, only=Kind.USUAL).faults) == set(names)


def test_results_of_parts_add_up() -> None:
    """Adding parts is counting them together."""
    whole, parts = run(200, seed=8), run(100, seed=8)
    assert dataclasses.asdict(whole)["cancels"] > parts.cancels
    parts.add(parts)
    assert parts.cancels == 2 * run(100, seed=8).cancels
