"""What each word about ccxt's answers means, by answers made by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter.model import Wait
from hk_adapter.testing.campaign.ccxt_judge import FALSE, NOTHING, TRUE, Answer, Claim, Listener
from hk_adapter.testing.campaign.truth import End, Query, Send, State, Truth, Word
from tests.cases import each

ccxt = pytest.importorskip("ccxt")

ON_BOOK = State(-2.0, Decimal(0))
OUR_END = State(0.5, Decimal(0), End.CANCELED)
RAN = Send(begun=0.0, ended=1.0, word=Word.DOUBT, ran=True)
REFUSED = Send(begun=0.0, ended=1.0, word=Word.REFUSED)


def _truth(*sends, states=(ON_BOOK,), queries=()):
    return Truth(
        wait=Wait.FINAL, timeout=10.0, sends=list(sends), states=list(states), queries=list(queries), ended=3.0
    )


def _order(status="open", filled=0.0, order_id="7"):
    return Answer({"id": order_id, "status": status, "filled": filled})


def _raised(name):
    return Answer(raised=getattr(ccxt, name)("said so"))


ENDED = _truth(RAN, states=(ON_BOOK, OUR_END))
OPEN = _truth(REFUSED)

CANCELS = [
    (Claim.TRUE_END, _order("canceled"), ENDED),
    (Claim.TRUE_OPEN, _order(), OPEN),
    (Claim.FALSE_OPEN, _order(), ENDED),
    (Claim.FALSE_END, _order("canceled"), OPEN),
    (Claim.WRONG_END, _order("closed", 1.0), ENDED),
    (Claim.WRONG_FILLED, _order("canceled", 0.4), ENDED),
    (Claim.WRONG_FILLED, _order("canceled", None), ENDED),
    (Claim.NOTHING_READABLE, _order("LIQUIDATING"), OPEN),
    (Claim.NOTHING_READABLE, _order("canceled", order_id="8"), ENDED),
    (Claim.NOTHING_READABLE, Answer("<html>"), ENDED),
    (Claim.TRUE_REFUSAL, _raised("InvalidOrder"), OPEN),
    (Claim.TRUE_REFUSAL, _raised("OrderNotFound"), _truth(REFUSED, states=())),
    (Claim.FALSE_REFUSAL, _raised("ExchangeError"), ENDED),
    (Claim.FALSE_REFUSAL, _raised("OrderNotFound"), ENDED),
    (Claim.FALSE_NOT_FOUND, _raised("OrderNotFound"), OPEN),
    (Claim.NO_ANSWER, _raised("RequestTimeout"), ENDED),
    (Claim.NO_ANSWER, _raised("NetworkError"), OPEN),
    (Claim.NO_ANSWER, _raised("RateLimitExceeded"), ENDED),
    (Claim.TRUE_REFUSAL, _raised("RateLimitExceeded"), OPEN),
    (Claim.TRUE_REFUSAL, _raised("InvalidNonce"), OPEN),
    (Claim.FOREIGN_ERROR, Answer(raised=AttributeError("'str' object has no attribute 'get'")), OPEN),
]


@each(("word", "answer", "truth"), CANCELS)
def test_each_word_has_its_rule(word: Claim, answer: Answer, truth: Truth) -> None:
    """What cancel_order returned or raised is held against where the order stood, and against what ran."""
    assert Listener(ccxt).judge_cancel(answer, truth, "7") is word


BOTH = [
    (Claim.TRUE_END, _raised("RequestTimeout"), _order("canceled"), ENDED),
    (Claim.FALSE_NOT_FOUND, _order(), _raised("OrderNotFound"), ENDED),
    (Claim.TRUE_REFUSAL, _raised("ExchangeError"), _raised("OrderNotFound"), _truth(REFUSED, states=())),
    (Claim.NO_ANSWER, _order(), _raised("NetworkError"), ENDED),
    (Claim.FOREIGN_ERROR, _order(), Answer(raised=ValueError("NaN")), ENDED),
    (Claim.TRUE_END, _order("canceled"), _raised("NetworkError"), ENDED),
    (Claim.FALSE_REFUSAL, _raised("ExchangeError"), _raised("NetworkError"), ENDED),
]


@each(("word", "cancel", "fetch", "truth"), BOTH)
def test_a_fetch_after_the_cancel_has_the_last_word(word: Claim, cancel: Answer, fetch: Answer, truth: Truth) -> None:
    """What the look shows counts; where it fails, what the cancel said, but for its "open"."""
    assert Listener(ccxt).judge_both(cancel, fetch, truth, "7") is word


def test_open_is_judged_as_of_when_the_look_was_served() -> None:
    """An order that ended while the answer travelled was open."""
    late = _truth(REFUSED, states=(ON_BOOK, OUR_END), queries=[Query(begun=0.1, ended=0.9, served=0.4)])
    assert Listener(ccxt).judge_both(_order(), _order(), late, "7") is Claim.TRUE_OPEN


def test_every_word_is_counted_once() -> None:
    """Each word is true, false, or says nothing."""
    assert sorted([*TRUE, *FALSE, *NOTHING]) == sorted(Claim)
