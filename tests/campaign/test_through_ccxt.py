"""The campaign's scenarios through ccxt's own HashKey class: the same plans and truth."""

from __future__ import annotations

import sys
import time

import pytest

from hk_adapter.errors import ConfigurationError
from hk_adapter.testing.campaign import Kind, compare, replay_through_ccxt
from hk_adapter.testing.campaign.ccxt_judge import TRUE, Claim
from hk_adapter.testing.campaign.ccxt_player import CcxtStage
from hk_adapter.testing.campaign.player import Stage
from hk_adapter.testing.campaign.scenario import USUAL_DIALECT

pytest.importorskip("ccxt")


def test_without_faults_a_cancel_says_open_of_a_canceled_order() -> None:
    """HashKey's answer shows the order as it was, ccxt passes that on, and a fetch_order then tells the end."""
    alone, then = CcxtStage(), CcxtStage(fetches=True)
    played = [
        (alone.play(seed, 0.0), then.play(seed, 0.0), Stage().play(seed, 0.0, only=Kind.USUAL)) for seed in range(60)
    ]
    usual = [one for one in played if one[0].scenario.dialect is USUAL_DIALECT and len(one[0].scenario.orders) == 1]
    ours = [truths[0] for _, _, told in usual if (truths := told.truths)]
    assert len(usual) > 30
    for (first, second, _), truth in zip(usual, ours, strict=True):
        ran = any(send.ran for send in truth.sends)
        assert first.told == [Claim.FALSE_OPEN if ran else Claim.TRUE_REFUSAL]
        assert second.told == [Claim.TRUE_END if truth.states else Claim.TRUE_REFUSAL]


def test_without_faults_nothing_is_false_but_open() -> None:
    """The scenarios treat ccxt fairly: where nothing goes wrong, all else that it says is so."""
    result = compare(200, seed=3, fault_rate=0.0)
    assert {told for told, count in result.told.items() if count} <= {*TRUE, Claim.FALSE_OPEN}
    careful = compare(200, seed=3, fault_rate=0.0, fetches=True)
    assert {told for told, count in careful.told.items() if count} <= set(TRUE)


def test_equal_seeds_give_equal_results() -> None:
    """A comparison depends on its seed and on nothing else, not on what the client did before."""
    once = compare(100, seed=4)
    assert once == compare(100, seed=4)
    assert once.told != compare(100, seed=5).told
    stage = CcxtStage()
    for other in range(20):
        stage.play(other)
    assert stage.play(21).told == replay_through_ccxt(21).told


def test_the_number_of_processes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that share three blocks count what one counts."""
    alone = compare(50, seed=5)
    monkeypatch.setattr("hk_adapter.testing.campaign.parallel._LARGEST", 20)
    assert compare(50, seed=5, jobs=2) == alone


@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_the_first_cancel_meets_what_ours_meets(rate: float) -> None:
    """The same scenario, and for the first DELETE the same fault."""
    ours, theirs = Stage(), CcxtStage()
    for seed in range(100):
        first, second = ours.play(seed, rate, told=True, only=Kind.USUAL), theirs.play(seed, rate, told=True)
        if len(first.scenario.orders) > 1 or first.scenario.paused:
            continue
        assert first.scenario == second.scenario
        begins = [next(line for line in one.timeline.splitlines() if "goes out" in line) for one in (first, second)]
        assert begins[0] == begins[1]


def test_nothing_really_sleeps() -> None:
    """The class's rate limiter, its timeouts and all latencies pass in virtual time."""
    begun = time.monotonic()
    played = [replay_through_ccxt(seed, fault_rate=0.6, fetches=True) for seed in range(40)]
    virtual = sum(float(one.timeline.splitlines()[-1].split()[0]) for one in played)
    assert virtual > 40
    assert time.monotonic() - begun < virtual / 2


def test_without_ccxt_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra: its absence is a plain error before anything is played."""
    monkeypatch.setitem(sys.modules, "ccxt", None)
    with pytest.raises(ConfigurationError, match=r"hk-adapter\[ccxt\]"):
        compare(1)
