"""Scenarios in which the venue keeps its limits."""

from __future__ import annotations

import pytest

from hk_adapter.testing.campaign import generator, run
from hk_adapter.testing.campaign.player import Stage
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.transport.rate_budget import RateBudget


@pytest.fixture(autouse=True)
def _limited_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the venue keep its limits in every scenario that has no trouble with clocks."""
    monkeypatch.setattr(generator, "_LIMITED_SHARE", 1.0)
    monkeypatch.setattr(generator, "_MASS_SHARE", 0.3)


def test_nothing_is_wrong_though_the_venue_limits() -> None:
    """Neither the venue's own refusals nor its blocks make a report say what is not so."""
    result = run(600, seed=2, fault_rate=0.3)
    assert {verdict for verdict, count in result.verdicts.items() if count} == set()


def test_the_venue_refuses_those_who_share_a_key() -> None:
    """Another program with the same key uses the limits up, so that the venue's own 429 and 418 are met."""
    stage = Stage()
    played = (stage.play(seed, 0.5, told=True) for seed in range(200))
    assert any(one.scenario.neighbours and "is answered: 429" in one.timeline for one in played)


def test_breaking_the_limit_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter without a budget of its own is refused by the venue, which counts as over the limit."""
    monkeypatch.setattr(RateBudget, "ask", lambda self, ticket, now: 0.0)
    assert run(300, seed=1, fault_rate=0.0).verdicts[Verdict.OVER_LIMIT]
