"""``cancel_all_orders`` in the campaign: what it was to cancel, and whether it is found out when it does otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hk_adapter.execution import operate
from hk_adapter.execution.operations import OPERATIONS
from hk_adapter.model import CancelAllRequest, CancelOutcome, CancelReport, Operation, Wait
from hk_adapter.testing.campaign import generator, run
from hk_adapter.testing.campaign.player import Played, Stage
from hk_adapter.testing.campaign.truth import Send, Truth, Word
from hk_adapter.testing.campaign.verdicts import Verdict

SCENARIOS = 120


@pytest.fixture(autouse=True)
def _mass_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every scenario be a ``cancel_all_orders``."""
    monkeypatch.setattr(generator, "_MASS_SHARE", 1.0)


def _played(rate: float = 0.1) -> list[Played]:
    stage = Stage()
    return [stage.play(seed, rate) for seed in range(SCENARIOS)]


def _caught(rate: float = 0.1) -> set[Verdict]:
    return {verdict for verdict, count in run(SCENARIOS, seed=0, fault_rate=rate).verdicts.items() if count}


def test_nothing_is_wrong_with_them() -> None:
    """One report per order that was open when it was listed, none lost, none invented, the others spared."""
    assert _caught() == set()


def test_they_ask_in_every_way_and_spare_some() -> None:
    """By ids, by symbol, by all symbols, one by one; with orders of other sides, symbols and prefixes about."""
    played = _played()
    truths = [truth for one in played for truth in one.truths]
    assert {truth.asked for truth in truths} == {True, False}
    masses = [one.scenario.mass for one in played if one.scenario.mass is not None]
    assert {mass.batch for mass in masses} == {0, 2, 100}
    assert {(mass.symbol is None, mass.side is None, mass.prefix is None) for mass in masses} >= {
        (True, True, True),
        (False, False, False),
    }
    assert any(one.raised is not None for one in truths)
    assert all(not one.sends for one in truths if one.raised is not None)


def _break(monkeypatch: pytest.MonkeyPatch, *, widen: bool = False, lose: int = 0, double: int = 0) -> None:
    """Let a cancel of all orders forget its scope, lose its first reports, or give them twice."""
    row = OPERATIONS["cancel_all_orders"]
    honest: Any = row.flow

    async def broken(hooks: Any, operation: Operation, context: Any) -> list[CancelReport]:
        asked = replace(operation, request=CancelAllRequest()) if widen else operation
        reports = await honest(hooks, asked, context)
        return reports[lose:] + reports[:double]

    monkeypatch.setattr(operate, "OPERATIONS", {**OPERATIONS, "cancel_all_orders": row.replace(flow=broken)})


def test_canceling_beyond_the_scope_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that takes every open order for its own does not spare the others."""
    _break(monkeypatch, widen=True)
    assert {Verdict.NOT_SPARED, Verdict.INVENTED_REPORT} <= _caught()


def test_a_lost_report_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each listed order has a report."""
    _break(monkeypatch, lose=1)
    assert Verdict.MISSING_REPORT in _caught()


def test_a_doubled_report_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """No order has two."""
    _break(monkeypatch, double=1)
    assert Verdict.INVENTED_REPORT in _caught()


def test_a_cancel_of_a_scope_is_one_doubt_for_each_order() -> None:
    """However often it goes out; a refusal counts only where it is the limit's."""
    ran = Send(begun=1.0, ended=1.2, word=Word.ACCEPTED, ran=True, ran_at=1.1)
    lost = Send(begun=2.0, ended=2.2)
    refused = Send(begun=0.5, ended=0.6, word=Word.REFUSED, refusal=CancelOutcome.AUTH)
    limited = Send(begun=3.0, ended=3.1, word=Word.REFUSED, refusal=CancelOutcome.RATE_LIMITED)
    truth = Truth(wait=Wait.FINAL, timeout=10.0, scope_sends=[refused, ran, lost, limited])
    truth.settle_scope()
    assert [(send.word, send.ran, send.ran_at) for send in truth.sends] == [
        (Word.REFUSED, False, None),
        (Word.DOUBT, True, 1.1),
    ]
