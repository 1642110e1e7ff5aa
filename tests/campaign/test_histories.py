"""Every history of one cancel, up to a depth: the resolver tells nothing wrong, and a broken one is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from hk_adapter.errors import AdapterError, CancelRejected, NotSent, OrderNotFound, OutcomeUnknown
from hk_adapter.execution.cancel import one, outcome, policy, proof, state
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import CancelOutcome, Order, OrderStatus
from hk_adapter.testing.campaign import SETTINGS, Histories, enumerate_histories, lines_of_histories
from hk_adapter.testing.campaign.histories.play import after, decide, start
from hk_adapter.testing.campaign.verdicts import Verdict

DEPTH = 3
SETTING = {setting.name: setting for setting in SETTINGS}


@cache
def _played(name: str) -> Histories:
    """What all histories of one setting come to; nothing is broken here."""
    return enumerate_histories([SETTING[name]], DEPTH)


@pytest.mark.parametrize("name", SETTING)
def test_no_history_ends_in_a_wrong_word(name: str) -> None:
    """Whatever happens in up to three moves, and wherever the deadline passes."""
    result = _played(name)
    assert result.histories > 50
    assert "\n".join(lines_of_histories(result)).endswith("0 of them wrong")


def test_every_outcome_is_reached() -> None:
    """The settings together leave no word of a report unjudged; an end just before the call has no author."""
    unknown = enumerate_histories([SETTING["never existed"]], DEPTH + 1)  # looks that miss, a second apart
    reached = {outcome for name in SETTING for outcome in _played(name).outcomes}
    assert reached | set(unknown.outcomes) == set(CancelOutcome)
    just_gone = ("canceled a moment ago", "canceled a moment ago, by our clock")
    told = [CancelOutcome.ALREADY_CANCELED in _played(name).outcomes for name in just_gone]
    assert told == [False, False]


def test_the_count_is_of_all_ways_and_not_of_positions() -> None:
    """Positions that became equal are played once, and counted as often as there are ways to them."""
    setting = SETTING["resting"]
    folded = enumerate_histories([setting], 2)
    first = start(setting)
    one = [position for _, position in after(setting, first, decide(first))]
    assert folded.histories > len(one) > folded.positions - len(one) > 0


def test_jobs_change_nothing() -> None:
    """Two processes find what one finds."""
    settings = [SETTING["resting"], SETTING["never existed"]]
    one, two = (enumerate_histories(settings, 2, jobs) for jobs in (1, 2))
    assert (one.histories, one.positions, one.reports) == (two.histories, two.positions, two.reports)


def _believes_the_ack(patch: pytest.MonkeyPatch) -> None:
    learn = CancelCase.learn_answer

    def believe(self: CancelCase, sent: int, order: Order) -> None:
        learn(self, sent, order)
        self.proven_end = self.last_seen = replace(order, status=OrderStatus.CANCELED)

    patch.setattr(CancelCase, "learn_answer", believe)


def _takes_a_timeout_for_a_refusal(patch: pytest.MonkeyPatch) -> None:
    _for_a_doubt(patch, lambda sent: (sent, CancelRejected("it failed")))


def _takes_a_timeout_for_not_sent(patch: pytest.MonkeyPatch) -> None:
    _for_a_doubt(patch, lambda sent: (0, NotSent("it timed out")))


def _takes_a_timeout_for_not_found(patch: pytest.MonkeyPatch) -> None:
    _for_a_doubt(patch, lambda sent: (sent, OrderNotFound("it timed out")))


def _for_a_doubt(patch: pytest.MonkeyPatch, take: Callable[[int], tuple[int, AdapterError]]) -> None:
    learn = CancelCase.learn_failure

    def mistake(self: CancelCase, sent: int, error: AdapterError) -> None:
        learn(self, *(take(sent) if sent and isinstance(error, OutcomeUnknown) else (sent, error)))

    patch.setattr(CancelCase, "learn_failure", mistake)


def _forgets_its_doubts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CancelCase, "in_question", property(lambda self: self.accepted))
    patch.setattr(CancelCase, "is_older", lambda self, end: True)


def _believes_any_answer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state, "is_asked_for", lambda order, request: True)
    patch.setattr(CancelCase, "_has_first_shown_id", lambda self, order: True)


def _believes_any_row_under_the_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(proof, "other_term", lambda terms, known: None)


def _gives_up_after_one_miss(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CancelCase, "is_not_found", lambda self: bool(self.sends) and self.last_seen is None)


def _sends_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(policy, "_may_repeat", lambda case, now: True)
    patch.setattr(one, "MOST_SENDS", 99)


def _speaks_while_blocked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state, "is_block", lambda error: False)


def _loses_the_fills(patch: pytest.MonkeyPatch) -> None:
    learn = CancelCase.learn_look

    def forget(self: CancelCase, order: Order, *rest: object) -> None:
        ended = order.status is OrderStatus.CANCELED
        learn(self, replace(order, filled=order.filled and order.filled * 0, remaining=None) if ended else order, *rest)

    patch.setattr(CancelCase, "learn_look", forget)


def _takes_an_ack_for_an_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CancelCase, "end", lambda self, wait: self.proven_end or self.acknowledged_end or self._shown())
    patch.setattr(CancelCase, "_shown", lambda self: self.last_seen if self.accepted else None, raising=False)


def _takes_everything_for_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outcome, "_unfinished_outcome", outcome._refused_outcome)


@pytest.mark.parametrize(
    ("breakage", "verdicts"),
    [
        (_believes_the_ack, {Verdict.INVENTED_END}),
        (_takes_a_timeout_for_a_refusal, {Verdict.FALSE_REFUSAL, Verdict.FALSE_ALREADY, Verdict.WRONG_AMBIGUOUS}),
        (_takes_a_timeout_for_not_sent, {Verdict.LOST, Verdict.FALSE_NOT_SENT}),
        (_takes_a_timeout_for_not_found, {Verdict.WRONG_AMBIGUOUS, Verdict.FALSE_NOT_FOUND}),
        (_forgets_its_doubts, {Verdict.FALSE_ALREADY, Verdict.FALSE_REFUSAL}),
        (_believes_any_answer, {Verdict.WRONG_END, Verdict.INVENTED_END, Verdict.FALSE_REJECTED}),
        (_believes_any_row_under_the_id, {Verdict.WRONG_END, Verdict.WRONG_AMOUNT, Verdict.INVENTED_END}),
        (_gives_up_after_one_miss, {Verdict.FALSE_NOT_FOUND, Verdict.LOST}),
        (_sends_for_ever, {Verdict.TOO_MANY_SENDS}),
        (_speaks_while_blocked, {Verdict.SPOKE_WHILE_BLOCKED}),
        (_loses_the_fills, {Verdict.WRONG_AMOUNT}),
        (_takes_an_ack_for_an_end, {Verdict.INVENTED_END, Verdict.RAISED}),
        (_takes_everything_for_refused, {Verdict.FALSE_REFUSAL}),
    ],
)
def test_a_resolver_broken_on_purpose_is_found_out(
    monkeypatch: pytest.MonkeyPatch, breakage: Callable[[pytest.MonkeyPatch], None], verdicts: set[Verdict]
) -> None:
    """By the shortest history that ends in its wrong word, told step by step."""
    breakage(monkeypatch)
    settings = [SETTING[name] for name in ("never existed", "partly filled", "resting", "rows of other orders")]
    result = next(
        found
        for depth, setting in product((1, 2, 3, 4), settings)
        if verdicts & (found := enumerate_histories([setting], depth)).wrong.keys()
    )
    story = next(found for found in result.found if found.verdict in verdicts)
    assert len(story.steps) == result.depth + 1
    assert any(f"{story.verdict}: {story.setting}" in line for line in lines_of_histories(result))
