"""One call of a ccxt method, and what its failure says: refused, not sent, or unknown. Never more than is proven."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    CancelRejectReason,
    OutcomeUnknown,
    PluginError,
    RateLimited,
    RequestState,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.flow.effects import Flow, Now
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.venues.ccxt_bridge.call_record import ORDERS, READS, THROTTLED, CallRecord, RecordedFlow
from hk_adapter.venues.ccxt_bridge.error_kinds import kind_of, meaning_in_words, unasked, words_of
from hk_adapter.venues.ccxt_bridge.error_table import ORDER_CALLS, Purpose
from hk_adapter.venues.ccxt_bridge.key_faults import WHERE_TO_LOOK, was_signing
from hk_adapter.venues.ccxt_bridge.row_limits import OF_A_LIST, OF_AN_ORDER_CALL

LONGEST_WORDS = 300
"""Characters of a venue's words that an error repeats."""

LONGEST_SILENCE = 60.0
"""Seconds to be silent where a venue says HTTP 418, or 429 to an order call, and names no time."""

_PAGE = re.compile(r"<(!doctype|html|head|body)\b.*", re.IGNORECASE)
_QUERY = re.compile(r"\?[^\s\"'<>]*")
_LONG = re.compile(r"[\w+/.~%-]{16,}")
_IN_WORDS = frozenset({Exception, ImportError, ModuleNotFoundError, OSError, RuntimeError})
"""What ccxt raises where a library is missing, and says which; Python's other errors may repeat a part of a key."""
_PLAIN_HEADERS = frozenset({"accept", "content-type", "user-agent", "referer"})


class ErrorTranslator:
    """Turns what ccxt raises into our errors, for one exchange; knows its secrets only to leave them out."""

    def __init__(self, exchange_id: str, *, refuses_by_500: bool = False) -> None:
        """``refuses_by_500``: whether the exchange's refusals come with HTTP status 500."""
        self._id = exchange_id
        self._refuses_by_500 = refuses_by_500
        self._secrets: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[str]) -> None:
        """Leave these texts out of every error from now on."""
        self._secrets += tuple(secret for secret in secrets if secret)

    def __repr__(self) -> str:
        return f"<ErrorTranslator {self._id}>"

    def error_for(self, raised: Exception, record: CallRecord, purpose: Purpose) -> AdapterError:
        """Return what a failed call comes to. The result has neither cause nor frames: those of ccxt hold secrets."""
        if record.broken is not None:
            return unasked(record.broken, record).with_traceback(None)
        if isinstance(raised, AdapterError):
            return raised.with_traceback(None)
        meaning = meaning_in_words(raised)
        words = f"{self._id}: {type(raised).__name__}"
        if _is_throttled(record):
            return self._throttled(raised, record, purpose)
        if meaning is None and record.answers:
            told = WHERE_TO_LOOK if was_signing(raised) else "which cannot read the answer"
            return UnexpectedPayload(f"{words} within ccxt, {told}")
        if meaning is None:
            told = self._words_of_plain(raised, record)
            told = f"{words} within ccxt, before it sent anything{': ' if told else ''}{told}"
            return PluginError(told, request_state=RequestState.NOT_SENT)
        kind = kind_of(meaning, raised, self._as_refused(raised, record), purpose)
        if told := self._safe(words_of(raised), record.request):
            words = f"{words}: {told}"
        error = kind(words)
        if isinstance(error, VenueError) and record.response is not None:
            error.http_status = record.response.status
        if isinstance(error, RateLimited):
            error.retry_after = _retry_after(record.response)
        if isinstance(error, CancelRejected) and type(raised).__name__ == "CancelPending":
            error.reason = CancelRejectReason.BUSY
        return error

    def _words_of_plain(self, raised: Exception, record: CallRecord) -> str:
        """Return the words of an error that is none of ccxt's: what is missing, or where to look for the fault."""
        if was_signing(raised) and not isinstance(raised, ImportError | OSError):
            return WHERE_TO_LOOK
        return self._safe(words_of(raised), record.request) if type(raised) in _IN_WORDS else ""

    def _as_refused(self, raised: Exception, record: CallRecord) -> CallRecord:
        """Leave out a status of 500 by which an exchange refuses, in words on an order that ccxt knows."""
        is_500 = record.response is not None and record.response.status == HTTPStatus.INTERNAL_SERVER_ERROR
        of_orders = any(base.__name__ in {"InvalidOrder", "InsufficientFunds"} for base in type(raised).__mro__)
        return replace(record, response=None) if self._refuses_by_500 and is_500 and of_orders else record

    def run_check(self, check: Callable[..., None], *arguments: Any) -> None:
        """Run a check of ccxt's that sends nothing; raises only AdapterErrors."""
        try:
            check(*arguments)
        except Exception as raised:  # noqa: BLE001 - as in ask_ccxt
            raise_struck(raised)
            error = self.error_for(raised, CallRecord(), Purpose.READ)
        else:
            return
        raise error

    def _throttled(self, raised: Exception, record: CallRecord, purpose: Purpose) -> AdapterError:
        """Read the status at its word: ccxt looks at the body first, and knows some of them only as errors."""
        response = record.response
        # Of several requests of an order call, an earlier one may have been the one that counts.
        kind = RateLimited if purpose not in ORDER_CALLS or record.answers <= 1 else OutcomeUnknown
        told = self._safe(words_of(raised), record.request)
        error = kind(f"{self._id}: asked too often{': ' if told else ''}{told}")
        error.http_status = None if response is None else response.status
        error.retry_after = _retry_after(response)
        if error.retry_after is None and (purpose in ORDER_CALLS or error.http_status == 418):
            error.retry_after = LONGEST_SILENCE
        return error

    def _safe(self, text: str, request: HttpRequest | None) -> str:
        """Leave out what is secret, a gateway's page, and what was sent: some venues repeat it, signature and all."""
        text = _PAGE.sub("(a page of HTML)", " ".join(text.removeprefix(self._id).split()))
        text = _QUERY.sub("?[hidden]", text)
        for secret in (*self._secrets, *_values(request)):
            text = text.replace(secret, "[hidden]")
        return text[:LONGEST_WORDS]


async def ask_ccxt(
    translator: ErrorTranslator,
    purpose: Purpose,
    method: Callable[..., Flow[Any]],
    *arguments: Any,
    most_rows: int | None = None,
    **keywords: Any,
) -> Any:
    """Await one method of an exchange; raises only AdapterErrors. ``most_rows``: of a list in its answers."""
    group = ORDERS if purpose in ORDER_CALLS else READS
    rows = most_rows or (OF_AN_ORDER_CALL if purpose in ORDER_CALLS else OF_A_LIST)
    record = CallRecord(group, (await Now()).timestamp, rows, purpose is Purpose.CREATE)
    try:
        return await RecordedFlow(method(*arguments, **keywords), record)
    except Exception as raised:  # noqa: BLE001 - ccxt's parsers raise whatever an unforeseen answer makes of them
        raise_struck(raised)
        error = translator.error_for(raised, record, purpose)
    finally:
        del record  # it may hold exceptions whose frames hold a signature
    raise error


def _values(request: HttpRequest | None) -> list[str]:
    """Return the long texts of a request, longest first: signatures, tokens and ids, not times and numbers."""
    if request is None:
        return []
    sent = " ".join((urlsplit(request.url).query, (request.body or b"").decode("utf-8", "replace"), *_heads(request)))
    found = {text for form in (sent, unquote(sent)) for text in _LONG.findall(form) if not text.isdigit()}
    return sorted(found | {text.replace("/", "\\/") for text in found}, key=len, reverse=True)


def _heads(request: HttpRequest) -> Iterable[str]:
    return (value for name, value in request.headers.items() if name.lower() not in _PLAIN_HEADERS)


def _is_throttled(record: CallRecord) -> bool:
    return record.response is not None and record.response.status in THROTTLED


def _retry_after(response: Response | None) -> float | None:
    """Read the header's seconds; None without it, or where it is a date. Zero names no time."""
    text = "" if response is None else response.headers.get("retry-after", "").strip()
    return float(text) or None if text.isascii() and text.isdigit() and len(text) < 7 else None
