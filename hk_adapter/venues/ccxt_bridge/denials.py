"""Whether an answer that ccxt takes for a good one says of itself, or of a row in it, that it is none.

To doubt a good answer costs a look; to take a refusal for an acknowledgement leaves an order on the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hk_adapter.venues.ccxt_bridge.order_in_answer import names_itself

_MUST_HOLD = frozenset({"success", "ok", "issuccess", "succeeded", "accepted", "canceled", "cancelled", "iscanceled"})
"""Flags; 0 is as much as false."""
_NOT_FALSE = frozenset({"result"})
"""Of which 0 may be a good code."""
_MUST_BE_EMPTY = re.compile(
    r"(err|error|errors|fail|failed|failure|failures|rejected|unsuccessful)(orders|ids|orderids|list)?"
    r"|(err|error)(msg|message|code|no|info|reason|text)|(reject|rejection|fail|failure|cancelreject)(reason|code|msg)"
)
_SAYS = re.compile(r"\w{0,6}(msg|message|reason|description)|detail|details|info")
_NO = re.compile(
    r"not[ _-]?(found|exist|allowed|permitted|cancell?able|active|enough)|n't|invalid|\bfail|\berror|reject|denied"
    r"|exceed|too (many|late|often)|unauthori|forbidden|illegal|insufficient|cannot|unknown|already|no such"
    r"|rate.?limit|throttl",
    re.IGNORECASE,
)
_NO_ERROR = re.compile(r"|0+|none|null|false|ok|success|no[ _-]?(error|failure|reject(ion)?)", re.IGNORECASE)
_FAILED = frozenset({"error", "err", "fail", "failed", "failure", "ng"})
"""What an answer says of itself as its status; of an order, it may be how that stands."""
_CANCELED = re.compile(r"(cancell?ed|success)_?(order)?_?(s|ids?|list)", re.IGNORECASE)
_FLAGS = frozenset({"success", "successful", "ok", "issuccess", "succeeded"})
"""By which an answer says of itself whether it is one to what was asked."""
_ERRORS = frozenset({"error", "errors", "err"})
_CODES = frozenset(
    {"code", "status", "statuscode", "errorcode", "errcode", "errno", "retcode", "ret", "returncode", "rc"}
)
_GOOD_CODE = re.compile(r"|[012]?0*|ok|success|none|null", re.IGNORECASE)
"""0, 1 and 200 in their many forms: ``00000``, ``1000``, ``200000``."""
_HTTPS_NO = re.compile(r"[45]\d\d(\d{3})?", re.ASCII)
"""A code made as HTTP's are: 404, or KuCoin's 400100."""
_COUNTS = re.compile(r"(cancell?ed_?)?count", re.IGNORECASE)
"""Where an answer to a cancel tells what it canceled, and how many that were."""
_NONE = frozenset({"0", "-1"})
_HTX_NONE = _NONE | {"5", "6", "7"}
"""HTX's numbers for a client order id: it knows none, or the order had ended; 10 is a cancel under way."""
_DEPTH = 3


def denies(payload: Any) -> bool:
    """Whether a raw answer, or a row in it, says that it is none of success, in words that mean nothing else."""
    if isinstance(payload, Mapping) and any(_is_status(key) and _text(one) in _FAILED for key, one in payload.items()):
        return True
    return any(_row_denies(row) for row in mappings(payload))


def cancels_none(payload: Any) -> bool:
    """Whether a raw answer to a cancel says that it canceled nothing: an empty list of ids, a count of 0, or no more.

    Kraken's may be one of 0 while the cancel is pending. HTX answers a cancel by a client order id by a number alone.
    """
    return any(_shows_none(row) for row in mappings(payload))


def says_it_failed(answer: Any) -> bool:
    """Whether an answer to a read says that it is none: of such a one ccxt may make an empty list.

    A false alarm would hide a list that is empty: a flag or a word must say so, or an error beside which nothing is
    shown. How a bare order stands, and what is wrong with it, is its own.
    """
    if not isinstance(answer, Mapping):
        return False
    said = {_bare(key): value for key, value in answer.items()}
    flags = {_text(value) for key, value in said.items() if key in _FLAGS}
    if flags & {"true", "false"}:
        return "false" in flags
    if _text(said.get("result")) in _FAILED | {"false"}:
        return True
    if names_itself(answer):
        return False
    return _text(said.get("status")) in _FAILED or (not _shows_rows(said) and _tells_an_error(said))


def check_read(exchange_id: str, answer: Any, text: str | None) -> None:
    """Raise ccxt's ExchangeError for an answer to a read that says it failed, as its classes do for codes unknown."""
    if says_it_failed(answer):
        import ccxt  # noqa: PLC0415 - here it is imported already

        raise ccxt.ExchangeError(f"{exchange_id} {text or ''}")


def _tells_an_error(said: Mapping[str, Any]) -> bool:
    if any(_is_an_error(value) for key, value in said.items() if key in _ERRORS):
        return True
    codes = {_text(value) for key, value in said.items() if key in _CODES}
    words = [value for key, value in said.items() if _SAYS.fullmatch(key) and isinstance(value, str) and value.strip()]
    if any(_HTTPS_NO.fullmatch(code) for code in codes):
        return bool(words)
    return any(not _GOOD_CODE.fullmatch(code) for code in codes) and any(map(_says_no, words))


def _is_an_error(value: Any) -> bool:
    """Whether anything stands there that is no word for none; good answers of XT's may have an error of empty texts."""
    if isinstance(value, Mapping):
        return any(isinstance(one, bool) or _is_an_error(one) for one in value.values())
    return bool(value) if isinstance(value, list) else not _NO_ERROR.fullmatch(_text(value))


def _shows_rows(said: Mapping[str, Any]) -> bool:
    return any(bool(value) and isinstance(value, Mapping | list) for key, value in said.items() if key not in _ERRORS)


def _shows_none(row: Mapping[Any, Any]) -> bool:
    if any(_CANCELED.fullmatch(str(key)) and value == [] for key, value in row.items()):
        return True
    counts = [value for key, value in row.items() if _COUNTS.fullmatch(str(key))]
    if any(_text(value) in _NONE for value in counts) and row.get("pending") is not True:
        return True
    return isinstance(row.get("data"), int) and _text(row["data"]) in _HTX_NONE


def _row_denies(row: Mapping[Any, Any]) -> bool:
    """What says of itself that it is a success has its further fields for what it is not, as Coinbase's rows have."""
    said = {_bare(key): value for key, value in row.items()}
    if any(key in _MUST_HOLD and _text(value) in {"false", "0"} for key, value in said.items()):
        return True
    if any(key in _MUST_HOLD and value is True for key, value in said.items()):
        return False
    return any(_denies(key, value) for key, value in said.items())


def _denies(key: str, value: Any) -> bool:
    if key in _NOT_FALSE and _text(value) == "false":
        return True
    if _MUST_BE_EMPTY.fullmatch(key):
        return _is_an_error(value)
    return isinstance(value, str) and bool(_SAYS.fullmatch(key)) and _says_no(value)


def _says_no(text: str) -> bool:
    return not _NO_ERROR.fullmatch(text.strip()) and _NO.search(text) is not None


def _bare(key: Any) -> str:
    return re.sub(r"[_\s-]", "", str(key)).lower()


def _is_status(key: Any) -> bool:
    return str(key).lower() == "status"


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip().lower()


def mappings(value: Any, depth: int = _DEPTH) -> Iterator[Mapping[Any, Any]]:
    """Return the rows within an answer, itself among them."""
    if isinstance(value, Mapping) and depth:
        yield value
        for one in value.values():
            yield from mappings(one, depth - 1)
    elif isinstance(value, list):
        for one in value:
            yield from mappings(one, depth)
