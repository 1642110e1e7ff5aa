"""What ccxt's answer about a cancel amounts to, held against the truth: a small vocabulary, with each word's rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from hk_adapter.testing.campaign.truth import End, Truth


class Claim(StrEnum):
    """What a caller of ccxt was told. Judged as of the moment at which the call came back."""

    TRUE_END = "true end"
    """A final word and the filled amount, both right."""
    TRUE_OPEN = "open, and it was"
    """Not final, and the order was on the book; a cancel that was accepted may still take effect."""
    TRUE_REFUSAL = "refused, and it was"
    """An error that says that it failed, and no cancel of this call ran; or not found, and there never was one.

    So are a rate limit and a wrong timestamp, where they were so, though ccxt files them under OperationFailed.
    """
    FALSE_OPEN = "said open, had ended"
    FALSE_END = "said ended, was open"
    WRONG_END = "ended otherwise"
    """A final word, of an order that ended in another way."""
    WRONG_FILLED = "ended, wrong filled"
    """The right final word, with another filled amount than the true one, or none."""
    FALSE_REFUSAL = "said failed, but ran"
    """An error that says that it failed, but a cancel of this call ran, then or later."""
    FALSE_NOT_FOUND = "said not found, was there"
    """OrderNotFound, though the order was on the book; after ``fetch_order``: though the venue knew it."""
    NO_ANSWER = "no answer"
    """An error that claims nothing: ``ccxt.OperationFailed`` and what is below it, such as NetworkError."""
    NOTHING_READABLE = "nothing readable"
    """No order, another order's, or one without a status in ccxt's words."""
    FOREIGN_ERROR = "not an error of ccxt"
    """Something that is no ``ccxt.BaseError``, such as AttributeError."""


TRUE = (Claim.TRUE_END, Claim.TRUE_OPEN, Claim.TRUE_REFUSAL)
FALSE = (
    Claim.FALSE_OPEN,
    Claim.FALSE_END,
    Claim.WRONG_END,
    Claim.WRONG_FILLED,
    Claim.FALSE_REFUSAL,
    Claim.FALSE_NOT_FOUND,
)
NOTHING = (Claim.NO_ANSWER, Claim.NOTHING_READABLE, Claim.FOREIGN_ERROR)

_ENDS: Mapping[str, End] = {
    "closed": End.FILLED,
    "canceled": End.CANCELED,
    "rejected": End.REJECTED,
    "expired": End.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call of ccxt gave: what it returned, or what it raised."""

    returned: Any = None
    raised: Exception | None = None


class Listener:
    """Judges what ccxt's answers told. ``ccxt`` is the imported package."""

    def __init__(self, ccxt: Any) -> None:
        self._ccxt = ccxt
        self._named = (ccxt.RateLimitExceeded, ccxt.DDoSProtection, ccxt.InvalidNonce)

    def judge_cancel(self, answer: Answer, truth: Truth, order_id: str) -> Claim:
        """Judge what ``cancel_order`` alone told."""
        error = answer.raised
        if error is None:
            return _judge_returned(answer.returned, truth, order_id, truth.ended)
        if not isinstance(error, self._ccxt.BaseError):
            return Claim.FOREIGN_ERROR
        ran = any(send.ran for send in truth.sends)
        if isinstance(error, self._ccxt.OperationFailed):
            return Claim.TRUE_REFUSAL if isinstance(error, self._named) and not ran else Claim.NO_ANSWER
        if ran:
            return Claim.FALSE_REFUSAL
        state = truth.state(truth.ended)
        on_book = state is not None and state.ended is None
        missing = isinstance(error, self._ccxt.OrderNotFound)
        return Claim.FALSE_NOT_FOUND if missing and on_book else Claim.TRUE_REFUSAL

    def judge_both(self, cancel: Answer, fetch: Answer, truth: Truth, order_id: str) -> Claim:
        """Judge what a ``fetch_order`` after the cancel told.

        What it shows is the last word, and so is its OrderNotFound. Where it fails otherwise, what the cancel said
        stands, but for "open": whoever looks because that proves nothing will not believe it when the look fails.
        "Open" is judged as of when the look-up was served.
        """
        error = fetch.raised
        if error is None:
            served = truth.queries[-1].served if truth.queries else None
            return _judge_returned(fetch.returned, truth, order_id, truth.ended if served is None else served)
        if isinstance(error, self._ccxt.OrderNotFound):
            return Claim.FALSE_NOT_FOUND if truth.states else Claim.TRUE_REFUSAL
        told = self.judge_cancel(cancel, truth, order_id)
        if told not in {Claim.TRUE_OPEN, Claim.FALSE_OPEN}:
            return told
        return Claim.NO_ANSWER if isinstance(error, self._ccxt.BaseError) else Claim.FOREIGN_ERROR


def _judge_returned(order: Any, truth: Truth, order_id: str, open_at: float) -> Claim:
    status = order.get("status") if isinstance(order, dict) else None
    if status not in {"open", *_ENDS} or order.get("id") not in {None, order_id}:
        return Claim.NOTHING_READABLE
    if status == "open":
        state = truth.state(open_at)
        return Claim.TRUE_OPEN if state is not None and state.ended is None else Claim.FALSE_OPEN
    state = truth.state(truth.ended)
    if state is None or state.ended is None:
        return Claim.FALSE_END
    if state.ended is not _ENDS[status]:
        return Claim.WRONG_END
    return Claim.TRUE_END if _decimal(order.get("filled")) == state.filled else Claim.WRONG_FILLED


def _decimal(number: Any) -> Decimal | None:
    """Read ccxt's float by its shortest text, which is what the venue wrote for amounts of this size."""
    try:
        return Decimal(str(number))
    except InvalidOperation:
        return None
