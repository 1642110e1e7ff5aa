"""The venue's own word for an order's status, beside ccxt's: where they differ about an end, ccxt's is not believed.

ccxt's tables (4.5.28 to 4.5.90) call PENDING_CANCEL and CANCELING canceled at five exchanges, CANCEL_SENT at three, an
order that was canceled with fills closed at two and open at two, and a partial fill closed at one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hk_adapter.model import OrderStatus

STATUS_WORDS: Mapping[str, str] = {
    "open": "open",
    "closed": "closed",
    "canceled": "canceled",
    "cancelled": "canceled",
    "canceling": "canceling",
    "cancelling": "canceling",
    "expired": "expired",
    "rejected": "rejected",
    "filled": "closed",
    "postonly canceled": "canceled",
    "ioc canceled": "canceled",
    "fillorkill canceled": "canceled",
    "scheduledcancel": "canceled",
}
"""What a word in ccxt's unified ``status`` means, where that is certain. ccxt passes on what its tables lack:
``pending`` may be an order or a cancel under way, ``failed`` an order that never was or a cancel that failed.
Bitfinex's of two words are there, of which ccxt looks the first up, and Hyperliquid's for what its countdown canceled.
"""
NUMBERS_UNDER_WAY: Mapping[str, frozenset[str]] = {"lbank": frozenset({"4"})}
"""What an exchange's number for a cancel under way is; ccxt calls such an order closed."""

_LIVES = frozenset({"active", "isactive", "islive", "live", "inorderbook", "isopen"})
"""Flags by which a raw order says that it rests. Binance's ``isWorking`` stays true once an order has ended."""
_CANCELED_AMOUNT = re.compile(r"cancell?(ed)?_?(size|qty|quantity|amount)", re.IGNORECASE)
_KEYS = frozenset({"status", "state", "ordstatus", "orderstatus", "orderstate", "childorderstate"})
_UNDER_WAY = re.compile(r"pend|ing$|ing[_ -]|request|progress|sent|submit|queue|wait")
_REPLACED = "replaced"
"""Of an order in whose place another one rests: ccxt calls Alpaca's canceled and Revolut X's open."""
_RESTS = frozenset({"new", "open", "live"})
_ENDED = re.compile(r"(part(ial(ly)?)?[_ -]?)?cancell?ed|(fully[_ -]?)?filled|expired|rejected")
_CANCELED = re.compile(r"(partial(ly)?[_ -]?)?cancell?ed")
_COMPLETE = frozenset({"complete", "completed"})
_FINISHED = frozenset({"finished"})
"""Words for any end; of Gate's contracts ``finish_as`` says of which kind, and has words that ccxt does not know."""
_ALL_FILLED = re.compile(r"^(?!.*part).*(fill|exec|match|trade|complet)")
_ENDED_OTHERWISE = ("cancel", "expire", "reject", "partial")


def status_word(status: Any) -> str | None:
    """Return what a unified status of ccxt's means; None where that is not certain. It may tell what was before."""
    return STATUS_WORDS.get(str(status).lower().partition(" was: ")[0])


def venue_word(info: Any) -> str | None:
    """Find the status in a raw order; None where it is a number, or under a name that nobody uses.

    At one exchange it stands within the order's ``state``.
    """
    if not isinstance(info, Mapping):
        return None
    found = (word for key, word in info.items() if str(key).replace("_", "").lower() in _KEYS)
    words = (_word_within(word) if isinstance(word, Mapping) else word for word in found)
    return next((word for word in words if isinstance(word, str) and not word.isdigit()), None)


def _word_within(state: Mapping[str, Any]) -> Any:
    return next((word for key, word in state.items() if str(key).replace("_", "").lower() in _KEYS), None)


def says_some_was_canceled(info: Any) -> bool:
    """Whether a raw order tells an amount that was canceled: KuCoin's word is a number, which ccxt calls closed."""
    if not isinstance(info, Mapping):
        return False
    told = (value for key, value in info.items() if _CANCELED_AMOUNT.fullmatch(str(key)))
    return any(re.fullmatch(r"0*[1-9]\d*(\.\d*)?|0*\.\d*[1-9]\d*", str(value), re.ASCII) for value in told)


def finished_otherwise(info: Any) -> bool:
    """Whether a raw order says that it finished, and not by its fills: ccxt calls Gate's liquidated orders closed."""
    how = info.get("finish_as") if isinstance(info, Mapping) else None
    return isinstance(how, str) and str(info.get("status")).lower() in _FINISHED and how not in {"", "filled"}


def says_it_lives(info: Any) -> bool:
    """Whether a raw order has a flag by which it rests: for a canceled part ccxt calls all of it canceled."""
    if not isinstance(info, Mapping):
        return False
    return any(value is True and str(key).replace("_", "").lower() in _LIVES for key, value in info.items())


def tells_all_filled(info: Any) -> bool:
    """Whether a raw order's word for its end says that all was filled; a number is read as ccxt's table does."""
    if not isinstance(info, Mapping):
        return False
    words = [word for key, word in info.items() if str(key).replace("_", "").lower() in _KEYS and word is not None]
    return any(not isinstance(word, str) or word.isdigit() or _ALL_FILLED.search(word.lower()) for word in words)


def told_by_words(passed_on: Any, info: Any, amount: Decimal | None, filled: Decimal | None) -> OrderStatus | None:
    """Return what all status words of a raw row say, where ccxt passes on a word that its table lacks.

    Gate says how an order was canceled beside that it was (``finish_as``: ``stp``, ``poc``), and ccxt reads that first.
    Luno's COMPLETE is any end: what was filled tells which.
    """
    if not isinstance(passed_on, str) or not isinstance(info, Mapping):
        return None
    words = {str(word).lower() for key, word in info.items() if str(key).replace("_", "").lower() in _KEYS}
    if words and all(_CANCELED.fullmatch(word) for word in words):
        return OrderStatus.CANCELED
    if words == {"expired"}:
        return OrderStatus.EXPIRED
    if words == _FINISHED:
        return _told_by_one(words, amount, filled)
    return _told_by_one(words, amount, filled) if words == {passed_on.lower()} else None


def _told_by_one(words: set[str], amount: Decimal | None, filled: Decimal | None) -> OrderStatus | None:
    if words <= _RESTS:
        return OrderStatus.OPEN
    if words <= _COMPLETE | _FINISHED and amount and filled is not None:
        return OrderStatus.CANCELED if filled < amount else OrderStatus.CLOSED
    return None


def believed(status: OrderStatus | None, word: str | None, filled: Decimal | None) -> OrderStatus | None:
    """Return ccxt's status, unless the venue's word for it denies that this is the end, or the book; None is unknown.

    Some of ccxt's lists write ``open`` over every row's own word.
    """
    if status is None or word is None:
        return status
    if word.lower() == _REPLACED:
        return None
    if not status.final:
        return None if _ENDED.fullmatch(word.lower()) else status
    return _believed_end(status, word.lower(), filled)


def _believed_end(status: OrderStatus, lower: str, filled: Decimal | None) -> OrderStatus | None:
    if _UNDER_WAY.search(lower):
        return OrderStatus.PENDING_CANCEL if "cancel" in lower else None
    if status is OrderStatus.CLOSED and any(part in lower for part in _ENDED_OTHERWISE):
        return OrderStatus.CANCELED if "cancel" in lower else None
    if status is not OrderStatus.CLOSED and lower in _RESTS:
        return None  # another field of the row says that it ended, as okx's sCode does
    if filled == 0 and "partial" in lower:
        return None  # half written: what was filled is still to come
    return status
