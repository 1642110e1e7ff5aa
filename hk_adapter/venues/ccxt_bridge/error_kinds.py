"""Which of our errors a failed call of ccxt's is: refused, not sent, or unknown. Never more than is proven."""

from __future__ import annotations

import json
import re

from hk_adapter.errors import (
    AdapterError,
    ClockSkew,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.venues.ccxt_bridge.call_record import CallRecord
from hk_adapter.venues.ccxt_bridge.error_table import MEANINGS, ORDER_CALLS, Meaning, Purpose, meaning_of
from hk_adapter.venues.ccxt_bridge.order_in_answer import refuses_beside_an_order

_IN_VAIN = re.compile(
    r"time[sd]?[ _-]?out(?![ _-]*(of|side))|status unknown|unknown status|internal[ _-]*(server[ _-]*)?error",
    re.IGNORECASE,
)
"""Words of an exchange that does not know what became of a request. ccxt calls bybit's "Order creation timeout" an
InvalidOrder, KuCoin's "Network timeout" a BadRequest and bitget's "Request timed out" an AuthenticationError."""
_NO_SUCH_ORDER = re.compile(
    r"unknown[ _]order(?![ _]*type)|\border (is |was |does |do )?not (be )?(found|exist)", re.IGNORECASE
)
"""How Kraken, Alpaca, Bullish, Bybit and WEEX say so, where ccxt calls it an InvalidOrder; Kraken of queries alone."""
_NO_SUCH_SIGNER = re.compile(r"\buser or api wallet \S+ does not exist", re.IGNORECASE)
"""How Hyperliquid refuses whatever was signed by a key of no account; to ccxt that is an InvalidOrder."""

_READ_REFUSALS = frozenset(
    {"throw_exactly_matched_exception", "throw_broadly_matched_exception", "verify_order_action_success"}
)
"""Where ccxt (4.5.90) raises what an exchange's own word for a refusal means. The creates of Polymarket and Kraken's
futures, and the cancels of the latter, look for it themselves, in answers that pass for good ones."""


def meaning_in_words(raised: Exception) -> Meaning | None:
    """Return what ccxt's error means; by its words where it is no such order, or signer, and its class says less."""
    if type(raised).__name__ == "InvalidOrder":
        if _NO_SUCH_ORDER.search(words_of(raised)):
            return MEANINGS["OrderNotFound"]
        if _NO_SUCH_SIGNER.search(words_of(raised)):
            return MEANINGS["AuthenticationError"]
    return meaning_of(type(raised))


def kind_of(meaning: Meaning, raised: Exception, record: CallRecord, purpose: Purpose) -> type[AdapterError]:
    """Return the class of our error for what ccxt raised, and what that means by itself."""
    if record.answers == 0:
        return _unsent_kind(meaning, raised, record)
    kind = _answered_kind(meaning, raised, record, purpose)
    return OutcomeUnknown if _is_beside_an_order(kind, record, purpose) or _gave_up(kind, record, purpose) else kind


def _unsent_kind(meaning: Meaning, raised: Exception, record: CallRecord) -> type[AdapterError]:
    """Return what an error is that came before anything could have changed; a refused question may say why."""
    if record.refusal is None or not _comes_of(raised, record.refusal):
        return meaning.unsent
    return meaning.create if issubclass(meaning.create, VenueError) else NotSent


def unasked(broken: AdapterError, record: CallRecord) -> AdapterError:
    """Return the error of a request that was not answered, or not readably; no order was sent after a question."""
    only_asked = record.sent and record.asked == len(record.sent)
    if only_asked and isinstance(broken, OutcomeUnknown | UnexpectedPayload):
        return NotSent(f"what ccxt asks for before it sends an order was not answered: {broken}")
    return broken


def _is_beside_an_order(kind: type[AdapterError], record: CallRecord, purpose: Purpose) -> bool:
    """Whether a definite refusal came with an order: then it may have run, and a look decides."""
    decides = purpose in ORDER_CALLS or kind is OrderNotFound
    if record.text is None or not decides or not issubclass(kind, VenueError):
        return False
    try:
        shown = json.loads(record.text)
    except ValueError:
        return False
    return refuses_beside_an_order(shown, new=purpose is Purpose.CREATE)


def _gave_up(kind: type[AdapterError], record: CallRecord, purpose: Purpose) -> bool:
    """Whether a definite refusal says in its words that the exchange waited in vain for itself: it may have run."""
    is_refusal = (
        purpose in ORDER_CALLS and issubclass(kind, VenueError) and not issubclass(kind, RateLimited | ClockSkew)
    )
    return is_refusal and record.text is not None and _IN_VAIN.search(record.text) is not None


def _answered_kind(meaning: Meaning, raised: Exception, record: CallRecord, purpose: Purpose) -> type[AdapterError]:
    if purpose is Purpose.READ:
        return _read_kind(meaning, raised, record)
    if not _is_a_refusal(raised, record):
        # The answer passed for a good one, and then ccxt could not read it.
        return UnexpectedPayload
    if record.response is not None and record.response.status >= 500:
        return OutcomeUnknown  # a gateway's, or a venue's that failed: whatever the body says, it may have run
    # Of several requests, an earlier one was answered well, and may have been the one that counts.
    return meaning.answered(purpose) if record.answers == 1 else OutcomeUnknown


def _is_a_refusal(raised: Exception, record: CallRecord) -> bool:
    """Whether the answer was one, by ccxt's check of all answers or by that of the method that was called."""
    if record.refusal is not None and _comes_of(raised, record.refusal):
        return True
    frame, within = raised.__traceback__, ""
    while frame is not None:
        within, frame = frame.tb_frame.f_code.co_name, frame.tb_next
    return within in _READ_REFUSALS


def _read_kind(meaning: Meaning, raised: Exception, record: CallRecord) -> type[AdapterError]:
    if meaning.read is OrderNotFound and (record.refusal is None or not _comes_of(raised, record.refusal)):
        return OutcomeUnknown  # ccxt's own word over a good answer: some of its look-ups search one page of a list
    if meaning.read is OrderNotFound and record.response is not None and record.response.status >= 500:
        return OutcomeUnknown  # a gateway's, or a venue's that failed: whatever the body says, it may be there
    return meaning.read


def _comes_of(error: BaseException, source: BaseException) -> bool:
    """Whether an exception is another one, or was raised while that one was handled."""
    link: BaseException | None = error
    for _ in range(10):
        if link is None or link is source:
            break
        link = link.__cause__ or link.__context__
    return link is source


def words_of(raised: Exception) -> str:
    """Return what an exception says; nothing where it cannot."""
    try:
        return str(raised)
    except Exception:  # noqa: BLE001 - an exception that has no words is an exception all the same
        return ""
