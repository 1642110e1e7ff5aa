"""From the code in an answer to the error it means for the call that was made.

A code is a refusal only where a table has it, and its meaning fits the operation; everything else is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    DuplicateClientOrderId,
    InsufficientFunds,
    InvalidArgument,
    OrderNotFound,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    VenueUnavailable,
    shown,
)
from hk_adapter.flow.http import Response
from hk_adapter.parsing.retry_after import retry_after
from hk_adapter.record import Record


class Meaning(StrEnum):
    """What a code says about the request that was answered.

    ``QUERY_REFUSED``: a question's time span, page or market. ``FINISHED``: filled or canceled before, by the venue's
    word. ``LOCKED``: refused for now. ``UNAVAILABLE``: closed, by the venue's word. ``UNRELATED``: of another product.
    """

    OK = "ok"
    BAD_REQUEST = "bad_request"
    QUERY_REFUSED = "query_refused"
    """Only a question can be refused for this: its time span, its page, its market-data parameters."""
    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    RATE_LIMITED = "rate_limited"
    CLOCK_SKEW = "clock_skew"
    NOT_FOUND = "not_found"
    FINISHED = "finished"
    """Off the book by the venue's word: filled or canceled before."""
    FINISHED_OR_NOT_FOUND = "finished_or_not_found"
    CANCEL_REFUSED = "cancel_refused"
    LOCKED = "locked"
    """Refused for now; the same cancel may pass later."""
    ORDER_REJECTED = "order_rejected"
    """Only a new order can be refused for this."""
    INSUFFICIENT_FUNDS = "insufficient_funds"
    DUPLICATE_CLIENT_ORDER_ID = "duplicate_client_order_id"
    UNAVAILABLE = "unavailable"
    """The venue, or the feature, is closed by its own word. An allow-list: nothing else may claim it."""
    UNKNOWN = "unknown"
    """The request may or may not have run."""
    UNRELATED = "unrelated"
    """Of another product: no order call should give it, so it is a doubt."""


class ErrorRow(Record, frozen=True):
    """One code of a table.

    Attributes:
        code: the venue's own, to the letter; of one that is a JSON number its digits, as ``Fields.id`` reads it.
        meaning: what it says about the request.
        words: the same in a few plain words of yours.
        reason: why a cancel is refused, where ``meaning`` does not tell already.
    """

    code: str
    meaning: Meaning
    words: str
    reason: CancelRejectReason | None = None

    def __post_init__(self) -> None:
        if not issubclass(type(self.code), str) or not self.code:
            raise InvalidArgument(f"the code of a row must be a non-empty str, not {shown(self.code)}")
        if not issubclass(type(self.meaning), Meaning):
            raise InvalidArgument(f"the meaning of a row must be a Meaning, not {shown(self.meaning)}")


_ANY_OPERATION: dict[Meaning, type[AdapterError]] = {
    Meaning.BAD_REQUEST: BadRequest,
    Meaning.AUTHENTICATION: AuthenticationError,
    Meaning.PERMISSION: PermissionDenied,
    Meaning.RATE_LIMITED: RateLimited,
    Meaning.CLOCK_SKEW: ClockSkew,
    Meaning.UNAVAILABLE: VenueUnavailable,
}
_CREATE: dict[Meaning, type[AdapterError]] = _ANY_OPERATION | {
    Meaning.ORDER_REJECTED: OrderRejected,
    Meaning.INSUFFICIENT_FUNDS: InsufficientFunds,
    Meaning.DUPLICATE_CLIENT_ORDER_ID: DuplicateClientOrderId,
}
_CANCEL: dict[Meaning, type[AdapterError]] = _ANY_OPERATION | {
    Meaning.NOT_FOUND: OrderNotFound,
    Meaning.FINISHED: CancelRejected,
    Meaning.FINISHED_OR_NOT_FOUND: CancelRejected,
    Meaning.CANCEL_REFUSED: CancelRejected,
    Meaning.LOCKED: CancelRejected,
}
_QUERY: dict[Meaning, type[AdapterError]] = _ANY_OPERATION | {Meaning.QUERY_REFUSED: BadRequest}
_FETCH_ORDER: dict[Meaning, type[AdapterError]] = _QUERY | {Meaning.NOT_FOUND: OrderNotFound}

_CANCEL_REASONS = {
    Meaning.FINISHED: CancelRejectReason.TOO_LATE,
    Meaning.FINISHED_OR_NOT_FOUND: CancelRejectReason.TOO_LATE_OR_UNKNOWN,
    Meaning.LOCKED: CancelRejectReason.BUSY,
}

RATE_STATUSES = frozenset({418, 429})
_OPERATION = re.compile(r"[a-z]+_[a-z_]+\Z")
"""What names of hooks and methods look like."""
_OK = frozenset({200})
_LONGEST_MESSAGE = 200
_LONG_WORD = re.compile(r"[0-9A-Za-z+/=_-]{16,}")
"""What is shorter is not looked at: keys and signatures are longer, and so are few words."""
_MIXED, _PART, _WHOLE_MIXED, _WHOLE = 16, 24, 32, 40
"""Letters from which one is left out: a part of letters and digits, any part; a whole of both, any whole."""


class ErrorTable:
    """A venue's codes. One that is not here, or makes no sense for the operation, is ``OutcomeUnknown``.

    Attributes:
        venue: its id, which every error carries.
        rows: by code.
    """

    def __init__(self, venue: str, rows: Iterable[ErrorRow]) -> None:
        found: dict[str, ErrorRow] = {}
        for row in rows:
            if row.code in found:
                raise InvalidArgument(f"the table of {venue} says {row.code!r} twice")
            found[row.code] = row
        self.venue = venue
        self.rows: Mapping[str, ErrorRow] = MappingProxyType(found)

    def error(
        self,
        code: str,
        message: str = "",
        *,
        http_status: int,
        operation: str,
        read_as: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AdapterError:
        """Build the error that a code in an answer's body means for ``operation``.

        Args:
            code: as the venue wrote it; of a number its digits, as ``Fields.id`` reads it.
            message: the venue's own words; shown printable, shortened, without what may be a key that it repeats: a
                long word of both letters and digits, or a very long one. What is no text says nothing.
            http_status: the status of the answer. 5xx is a doubt whatever the code, unless the code says that the
                venue is closed; with 429 or 418 a code nobody knows is ``RateLimited``.
            operation: the hook or method, such as ``cancel_order``, ``create_order`` or ``fetch_order``.
            read_as: the code that the table has for this one, where its own text says more than that.
            headers: those of the answer: the time that ``Retry-After`` names becomes ``retry_after``; None has none.

        Raises TypeError for a code that is no text and for an operation that is none: the plugin's own faults.
        """
        _check_operation(operation)
        if not issubclass(type(code), str):
            raise TypeError(f"the code of an answer is a str, not {shown(code)}: read a number by Fields.id")
        row = self.rows.get(code if read_as is None else read_as)
        meaning = _meaning(row, http_status)
        kind = _errors_of(operation).get(meaning, OutcomeUnknown)
        verdict = "may or may not have run" if kind is OutcomeUnknown else "was refused"
        said, code = _safe(message) if issubclass(type(message), str) else "", code if row else _safe(code)
        words = "a code nobody knows" if row is None else row.words
        text = f"{self.venue}: {operation} {verdict}: {words} (code {code}, HTTP {http_status})"
        text = f"{text}: {said}" if said else text
        error = kind(text, venue=self.venue, operation=operation, code=code, http_status=http_status)
        if isinstance(error, CancelRejected):
            error.reason = _cancel_reason(row, meaning)
        error.retry_after = retry_after(headers or {})
        return error

    def error_of_status(
        self, response: Response, operation: str, *, success: Container[int] = _OK
    ) -> AdapterError | None:
        """Return what the HTTP status says of an answer whose body has no code; None for one of ``success``.

        429 and 418 are ``RateLimited``, with the time that ``Retry-After`` names; every other status is a doubt.
        """
        status = response.status
        if status in RATE_STATUSES:
            words = "the address is blocked for ignoring a rate limit" if status == 418 else "asked too often"
            limited = RateLimited(words, venue=self.venue, operation=operation, http_status=status)
            limited.retry_after = retry_after(response.headers)
            return limited
        if status in success:
            return None
        text = f"{self.venue}: HTTP {status} without a code that settles it"
        return OutcomeUnknown(text, venue=self.venue, operation=operation, http_status=status)


def _meaning(row: ErrorRow | None, http_status: int) -> Meaning:
    """Return what a code means, given the HTTP status beside it."""
    if http_status >= 500 and (row is None or row.meaning is not Meaning.UNAVAILABLE):
        return Meaning.UNKNOWN
    if row is None:
        return Meaning.RATE_LIMITED if http_status in RATE_STATUSES else Meaning.UNKNOWN
    return row.meaning


def _errors_of(operation: str) -> dict[Meaning, type[AdapterError]]:
    """Return the meanings that make sense for an operation, and their errors."""
    if operation.startswith("cancel_"):
        return _CANCEL
    if operation.startswith("create_"):
        return _CREATE
    if operation == "fetch_order":
        return _FETCH_ORDER
    if operation.startswith(("fetch_", "load_", "watch_")):
        return _QUERY
    return _ANY_OPERATION


def _check_operation(operation: object) -> None:
    """Refuse what is no operation: each meaning would be a doubt there."""
    if not issubclass(type(operation), str) or not _OPERATION.match(str(operation)):
        raise TypeError(f"operation is the name of a hook, such as cancel_order, not {shown(operation)}")


def _cancel_reason(row: ErrorRow | None, meaning: Meaning) -> CancelRejectReason:
    """Return why the cancel was refused."""
    told = None if row is None else row.reason
    return told or _CANCEL_REASONS.get(meaning, CancelRejectReason.OTHER)


def _safe(text: str) -> str:
    """Return the venue's words, printable, shortened, and without what may be a secret."""
    printable = "".join(letter for letter in text if letter.isprintable())
    return _LONG_WORD.sub(_cut, printable)[:_LONGEST_MESSAGE]


def _cut(found: re.Match[str]) -> str:
    """Leave a long word out, unless it is a number, as ids are, or made of words of some language, as codes are."""
    word = found[0]
    parts = re.split("[-_/]", word)
    if word.isdigit():
        return word if len(word) < _WHOLE else "[cut]"
    is_none = (
        len(word) < (_WHOLE_MIXED if _is_mixed(word) else _WHOLE)
        and max(map(len, parts)) < _PART
        and not any(len(part) >= _MIXED and _is_mixed(part) for part in parts)
    )
    return word if is_none else "[cut]"


def _is_mixed(word: str) -> bool:
    return any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)
