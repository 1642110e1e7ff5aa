"""From the code in a HashKey answer to the error it means for the call that was made.

A code is a refusal only where its reading fits the operation; everything else is a doubt, never a guess.
"""

from __future__ import annotations

import re
from typing import Any

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    DuplicateClientOrderId,
    InsufficientFunds,
    OrderNotFound,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    UnexpectedPayload,
    VenueUnavailable,
)
from hk_adapter.venues.hashkey.error_table import CODES, ROWS, Reading, Row

__all__ = ["CODES", "ROWS", "Reading", "Row", "error_for", "normalise"]

VENUE = "hashkey"

ORDER_LIMIT_PENALTY = 60.0
"""Seconds to be silent after a breach of the order limit (HashKey documentation, Nov 2025)."""

_SUCCESS = frozenset({"0", "0000", "200"})
_LONGEST_CODE = 32
_LONGEST_MESSAGE = 200
_RATE_STATUSES = frozenset({418, 429})

# As long as a key or a signature; no sentence has such a word.
_SECRET_LIKE = re.compile(r"[0-9A-Za-z+/=_-]{40,}")

_ANY_OPERATION: dict[Reading, type[AdapterError]] = {
    Reading.BAD_REQUEST: BadRequest,
    Reading.AUTHENTICATION: AuthenticationError,
    Reading.PERMISSION: PermissionDenied,
    Reading.RATE_LIMITED: RateLimited,
    Reading.CLOCK_SKEW: ClockSkew,
    Reading.UNAVAILABLE: VenueUnavailable,
}
_CREATE: dict[Reading, type[AdapterError]] = _ANY_OPERATION | {
    Reading.ORDER_REJECTED: OrderRejected,
    Reading.INSUFFICIENT_FUNDS: InsufficientFunds,
    Reading.DUPLICATE_CLIENT_ORDER_ID: DuplicateClientOrderId,
}
_CANCEL: dict[Reading, type[AdapterError]] = _ANY_OPERATION | {
    Reading.NOT_FOUND: OrderNotFound,
    Reading.FINISHED: CancelRejected,
    Reading.FINISHED_OR_NOT_FOUND: CancelRejected,
    Reading.CANCEL_REFUSED: CancelRejected,
    Reading.LOCKED: CancelRejected,
}
_QUERY: dict[Reading, type[AdapterError]] = _ANY_OPERATION | {Reading.QUERY_REFUSED: BadRequest}
_FETCH_ORDER: dict[Reading, type[AdapterError]] = _QUERY | {Reading.NOT_FOUND: OrderNotFound}

_CANCEL_REASONS = {
    Reading.FINISHED: CancelRejectReason.TOO_LATE,
    Reading.FINISHED_OR_NOT_FOUND: CancelRejectReason.TOO_LATE_OR_UNKNOWN,
    Reading.LOCKED: CancelRejectReason.BUSY,
}


def normalise(code: object) -> str | None:
    """Return the code as the venue wrote it, or None for success.

    None (absent), 0, "0", "0000", 200 and "200" are success. Leading zeros and the sign stay.

    Raises:
        UnexpectedPayload: the code is no text and no whole number, or is empty, very long or not printable.
    """
    if code is None:
        return None
    if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 10**_LONGEST_CODE:
        code = str(int(code))
    if not isinstance(code, str) or not 0 < len(code) <= _LONGEST_CODE or not code.isprintable():
        raise UnexpectedPayload(f"{VENUE} sent an error code of a kind that we do not know", venue=VENUE)
    return None if code in _SUCCESS else code


def error_for(code: str, message: str, http_status: int, operation: str) -> AdapterError:
    """Build the error that a code in an answer's body means for ``operation``.

    Args:
        code: the code as text, from `normalise`.
        message: the venue's own words; shown printable, shortened, without anything as long as a secret.
        http_status: the status of the answer. 5xx is a doubt whatever the code (HashKey documentation,
            Nov 2025), unless the code says that the venue is closed.
        operation: the hook or method, such as ``cancel_order``, ``create_order`` or ``fetch_order``.

    A code nobody knows, or one that makes no sense for the operation, is `OutcomeUnknown`; with HTTP 429
    or 418 the status itself is the venue's word, so an unknown code is then `RateLimited`.
    """
    reading = _reading(code, message, http_status)
    kind = _errors_of(operation).get(reading, OutcomeUnknown)
    details: dict[str, Any] = {}
    if kind is CancelRejected:
        details["reason"] = _cancel_reason(code, reading)
    rate_limited = kind is RateLimited or http_status in _RATE_STATUSES
    if rate_limited and operation.startswith(("cancel_", "create_")):
        details["retry_after"] = ORDER_LIMIT_PENALTY
    verdict = "may or may not have run" if kind is OutcomeUnknown else "was refused"
    text = f"{VENUE}: {operation} {verdict}: {_words(code, message)} (code {code}, HTTP {http_status})"
    words = _safe(message)
    return kind(
        f"{text}: {words}" if words else text,
        venue=VENUE,
        operation=operation,
        code=code,
        http_status=http_status,
        **details,
    )


def _reading(code: str, message: str, http_status: int) -> Reading:
    """Return what the code means here, given the message and the HTTP status beside it."""
    row = CODES.get(code)
    if http_status >= 500 and (row is None or row.reading is not Reading.UNAVAILABLE):
        return Reading.UNKNOWN
    if row is None:
        return Reading.RATE_LIMITED if http_status in _RATE_STATUSES else Reading.UNKNOWN
    if _is_signature(code, message):
        return Reading.AUTHENTICATION
    return row.reading


def _words(code: str, message: str) -> str:
    """Describe in our own words what the code means."""
    if _is_signature(code, message):
        return CODES["0002"].words
    row = CODES.get(code)
    return row.words if row else "a code nobody knows"


def _is_signature(code: str, message: str) -> bool:
    """Distinguish the two documented meanings of 0001: a field, or the signature."""
    return code == "0001" and "signature" in message.lower()


def _errors_of(operation: str) -> dict[Reading, type[AdapterError]]:
    """Return the readings that make sense for an operation, and their errors."""
    if operation.startswith("cancel_"):
        return _CANCEL
    if operation.startswith("create_"):
        return _CREATE
    if operation == "fetch_order":
        return _FETCH_ORDER
    if operation.startswith(("fetch_", "load_", "watch_")):
        return _QUERY
    return _ANY_OPERATION


def _cancel_reason(code: str, reading: Reading) -> CancelRejectReason:
    """Return why the cancel was refused."""
    if code == "-1145":
        return CancelRejectReason.VENUE_OPTION
    return _CANCEL_REASONS.get(reading, CancelRejectReason.OTHER)


def _safe(message: str) -> str:
    """Return the venue's words, printable, shortened, and without anything as long as a secret."""
    printable = "".join(letter for letter in message if letter.isprintable())
    return _SECRET_LIKE.sub("[cut]", printable)[:_LONGEST_MESSAGE]
