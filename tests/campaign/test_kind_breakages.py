"""The further kinds' own proof: an adapter that says what each of them tempts it to say is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hk_adapter.errors import DuplicateClientOrderId
from hk_adapter.execution.cancel import policy
from hk_adapter.execution.cancel.proof import Proof
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import Sleep
from hk_adapter.model import CancelOutcome, CancelReport, Order
from hk_adapter.testing.campaign import Kind, caller, run
from hk_adapter.testing.campaign.verdicts import Verdict
from hk_adapter.venues.hashkey.plugin import HashKeyVenue

AT_A_TIME, TIMES = 20, 6
"""Scenarios that are played before one looks what was found, and how often at most."""

Temptation = Callable[[CancelReport], CancelReport]


def _says(wrong: CancelOutcome, *right: CancelOutcome) -> Temptation:
    """Say one outcome in the place of others."""
    return lambda report: replace(report, outcome=wrong) if report.outcome in right else report


def _caught(kind: Kind, verdict: Verdict) -> bool:
    return any(run(AT_A_TIME, seed, only=kind).verdicts[verdict] for seed in range(TIMES))


def _another(report: CancelReport) -> CancelReport:
    if report.order is None or not report.final:
        return report
    return replace(report, order=replace(report.order, id="1900000000000000001"))


_ENDED = (CancelOutcome.CANCELED, CancelOutcome.PARTIALLY_CANCELED)
_OPEN = (CancelOutcome.UNKNOWN, CancelOutcome.OFF_BOOK)

TEMPTATIONS: dict[tuple[Kind, Verdict], Temptation] = {
    (Kind.LAGGING_VIEWS, Verdict.FALSE_REJECTED): _says(CancelOutcome.REJECTED, *_ENDED, *_OPEN),
    (Kind.FLICKER, Verdict.FALSE_REJECTED): _says(CancelOutcome.REJECTED, *_ENDED, *_OPEN),
    (Kind.LATE_FILLS, Verdict.WRONG_END): _says(CancelOutcome.CANCELED, CancelOutcome.PARTIALLY_CANCELED),
    (Kind.MARKET_ORDERS, Verdict.HELD_UP): _says(CancelOutcome.UNKNOWN, CancelOutcome.TOO_LATE_FILLED),
    (Kind.SECOND_ANSWER, Verdict.FALSE_ALREADY): _says(CancelOutcome.ALREADY_CANCELED, *_ENDED),
    (Kind.SHIFTED_ANSWERS, Verdict.FALSE_REFUSAL): _says(CancelOutcome.RATE_LIMITED, *_ENDED),
    (Kind.DOUBLED_KEYS, Verdict.WRONG_END): _says(CancelOutcome.TOO_LATE_FILLED, *_ENDED),
    (Kind.OTHER_TERMS, Verdict.WRONG_END): _says(CancelOutcome.TOO_LATE_FILLED, *_ENDED),
    (Kind.USED_CLIENT_IDS, Verdict.WRONG_ORDER): _another,
    (Kind.JUST_PLACED, Verdict.FALSE_NOT_FOUND): _says(CancelOutcome.NOT_FOUND, *_ENDED, *_OPEN),
    (Kind.INTERRUPTS, Verdict.HELD_UP): _says(CancelOutcome.UNKNOWN, *_ENDED),
    (Kind.DEAD_LEADERS, Verdict.HELD_UP): _says(CancelOutcome.PENDING, *_ENDED),
    (Kind.WRAPPERS, Verdict.HELD_UP): _says(CancelOutcome.NOT_SENT, *_ENDED),
}


@pytest.mark.parametrize(("kind", "verdict"), TEMPTATIONS, ids=str)
def test_what_a_kind_tempts_to_say_is_caught(kind: Kind, verdict: Verdict, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that gives in is wrong, and named."""
    one, several, tempted = caller.report_cancel, caller.report_cancels, TEMPTATIONS[kind, verdict]

    async def report_cancel(*arguments: Any) -> CancelReport:
        return tempted(await one(*arguments))

    async def report_cancels(*arguments: Any) -> list[CancelReport]:
        return [tempted(report) for report in await several(*arguments)]

    monkeypatch.setattr(caller, "report_cancel", report_cancel)
    monkeypatch.setattr(caller, "report_cancels", report_cancels)
    assert _caught(kind, verdict)


def test_reports_of_one_call_that_do_not_know_of_each_other_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second name of an order must not make its end somebody else's."""
    several = caller.report_cancels

    async def report_cancels(*arguments: Any) -> list[CancelReport]:
        reports = await several(*arguments)
        return [*reports[:-1], _says(CancelOutcome.ALREADY_CANCELED, *_ENDED)(reports[-1])]

    monkeypatch.setattr(caller, "report_cancels", report_cancels)
    assert _caught(Kind.NAMED_TWICE, Verdict.FALSE_ALREADY)


def test_rows_of_other_terms_that_are_believed_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The id alone does not make a row the order's: another price, another side, and it tells nothing of its end."""
    monkeypatch.setattr(Proof, "other_term", lambda self, order, at: None)
    assert _caught(Kind.OTHER_TERMS, Verdict.WRONG_END)
    assert _caught(Kind.OTHER_TERMS, Verdict.WRONG_AMOUNT)


def test_a_younger_order_that_is_taken_for_the_one_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The venue has begun its numbers anew: nothing but the time tells whose end it is."""
    by_time = CancelCase._may_be_made_since

    def not_by_id(case: CancelCase, order: Order, at: float | None) -> bool:
        return case._pinned_id is None and case.meant_id is None and by_time(case, order, at)

    monkeypatch.setattr(CancelCase, "_may_be_made_since", not_by_id)
    assert _caught(Kind.USED_ORDER_IDS, Verdict.WRONG_ORDER)


def test_an_older_order_that_is_taken_for_the_one_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended before the one was made, as the answer to its create told."""
    monkeypatch.setattr(CancelCase, "_is_meant", lambda self, order, at: True)
    assert _caught(Kind.USED_ORDER_IDS, Verdict.WRONG_ORDER)


def test_a_repeat_that_reaches_a_younger_order_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the call was shown that its order's id is another's."""
    may_repeat = policy._may_repeat

    def whatever_was_shown(case: CancelCase, now: policy.Situation) -> bool:
        case.is_id_taken = False
        return may_repeat(case, now)

    monkeypatch.setattr(policy, "_may_repeat", whatever_was_shown)
    result = run(300, seed=1, only=Kind.USED_ORDER_IDS, fault_rate=0.5)
    assert result.verdicts[Verdict.NOT_SPARED]


def test_a_create_that_denies_its_order_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, and the order exists: a bot would place it again."""
    once = caller.run_operation

    async def run_operation(*arguments: Any) -> Any:
        await once(*arguments)
        raise DuplicateClientOrderId("-1141")

    monkeypatch.setattr(caller, "run_operation", run_operation)
    assert _caught(Kind.JUST_PLACED, Verdict.FALSE_NO_ORDER)


def test_a_call_that_waits_for_one_that_is_gone_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes over late has held its caller up."""
    one = caller.report_cancel

    async def report_cancel(*arguments: Any) -> CancelReport:
        await Sleep(5.0)
        return await one(*arguments)

    monkeypatch.setattr(caller, "report_cancel", report_cancel)
    assert _caught(Kind.DEAD_LEADERS, Verdict.HELD_UP)


def test_an_id_that_is_sent_as_it_was_written_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the venue could read as another order never goes out."""
    monkeypatch.setattr("hk_adapter.testing.campaign.player._check_of", lambda venue: lambda request: None)
    monkeypatch.setattr(HashKeyVenue, "check_cancel", lambda self, request: None)
    monkeypatch.setattr("hk_adapter.venues.hashkey.cancels.check_order_id", lambda order_id: None)
    assert _caught(Kind.ODD_IDS, Verdict.NOT_SPARED)
