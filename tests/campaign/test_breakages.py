"""The campaign's own proof: a resolver broken on purpose is found out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hk_adapter.errors import AdapterError, CancelRejected, NotSent, OutcomeUnknown
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import Order, OrderStatus
from hk_adapter.testing.campaign import run
from hk_adapter.testing.campaign.verdicts import Verdict

AT_A_TIME, TIMES = 100, 15
"""Scenarios that are played before one looks what was found, and how often at most."""


def _caught(is_enough: Callable[[set[Verdict]], object]) -> bool:
    """Play until enough is found, or until it should have been."""
    found: set[Verdict] = set()
    for seed in range(TIMES):
        found |= {verdict for verdict, count in run(AT_A_TIME, seed, fault_rate=0.25).verdicts.items() if count}
        if is_enough(found):
            return True
    return False


def test_believing_the_ack_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that takes an accepted cancel for a canceled order invents ends and amounts."""
    learn = CancelCase.learn_answer

    def believe(self: CancelCase, sent: int, order: Order) -> None:
        learn(self, sent, order)
        self.learn_look(replace(order, status=OrderStatus.CANCELED))

    monkeypatch.setattr(CancelCase, "learn_answer", believe)
    assert _caught({Verdict.INVENTED_END, Verdict.WRONG_AMOUNT}.intersection)


def test_taking_our_own_cancel_for_somebody_elses_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that forgets its doubtful send, and when the order ended, calls it canceled by others."""
    monkeypatch.setattr(CancelCase, "in_question", property(lambda self: self.accepted))
    monkeypatch.setattr(CancelCase, "is_older", lambda self, end: True)
    assert _caught({Verdict.FALSE_ALREADY}.issubset)


def test_taking_a_timeout_for_a_refusal_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that counts what was not answered as failed denies cancels that ran."""
    learn = CancelCase.learn_failure

    def give_up(self: CancelCase, sent: int, error: AdapterError) -> None:
        learn(self, sent, CancelRejected("it failed") if isinstance(error, OutcomeUnknown) else error)

    monkeypatch.setattr(CancelCase, "learn_failure", give_up)
    assert _caught({Verdict.FALSE_REFUSAL, Verdict.FALSE_ALREADY}.intersection)


def test_taking_a_timeout_for_not_sent_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that says "not sent" of what may have left loses cancels."""
    learn = CancelCase.learn_failure

    def forget(self: CancelCase, sent: int, error: AdapterError) -> None:
        lost = isinstance(error, OutcomeUnknown)
        learn(self, 0 if lost else sent, NotSent("it timed out") if lost else error)

    monkeypatch.setattr(CancelCase, "learn_failure", forget)
    assert _caught({Verdict.LOST, Verdict.FALSE_NOT_SENT, Verdict.WRONG_ATTEMPTS}.issubset)
