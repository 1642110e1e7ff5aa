"""What an answer of Kraken's says, before any order is read from it: HTTP 200, ``error`` and ``result``."""

from __future__ import annotations

from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import ErrorRow, ErrorTable, Fields, Meaning, read_json, reading

VENUE = "kraken"
MOST_ROWS = 10_000
"""Rows of one answer: there are over a thousand pairs, and open orders come all at once."""

LOCKOUT = 900.0
"""Seconds that a temporary lockout lasts (support.kraken.com, "API error messages")."""

_M = Meaning

ERRORS = ErrorTable(
    VENUE,
    [
        # docs.kraken.com, "Error messages", and support.kraken.com, "API error messages", 2026. The words are ours.
        ErrorRow("EAPI:Invalid key", _M.AUTHENTICATION, "API key not accepted"),
        ErrorRow("EAPI:Invalid signature", _M.AUTHENTICATION, "signature wrong"),
        ErrorRow("EAuth:Account temporary disabled", _M.AUTHENTICATION, "account disabled for now"),
        ErrorRow("EAuth:Account unconfirmed", _M.AUTHENTICATION, "account not confirmed"),
        ErrorRow("EGeneral:Permission denied", _M.PERMISSION, "the key lacks the permission"),
        ErrorRow("EAccount:Invalid permissions", _M.PERMISSION, "the account may not trade this"),
        ErrorRow("EAPI:Invalid nonce", _M.CLOCK_SKEW, "the nonce is not above the last one"),
        ErrorRow("EAPI:Rate limit exceeded", _M.RATE_LIMITED, "the call counter is full"),
        ErrorRow("EOrder:Rate limit exceeded", _M.RATE_LIMITED, "the matching engine's counter is full"),
        ErrorRow("EGeneral:Too many requests", _M.RATE_LIMITED, "too many requests"),
        ErrorRow("EAuth:Too many requests", _M.RATE_LIMITED, "too many requests"),
        ErrorRow("EAuth:Rate limit exceeded", _M.RATE_LIMITED, "too many requests"),
        ErrorRow("EGeneral:Temporary lockout", _M.RATE_LIMITED, "locked out for too many failed calls"),
        ErrorRow("EGeneral:Invalid arguments", _M.BAD_REQUEST, "a field is missing or malformed"),
        ErrorRow("EGeneral:Unknown method", _M.BAD_REQUEST, "no such path"),
        ErrorRow("EQuery:Unknown asset pair", _M.BAD_REQUEST, "no such pair"),
        # Of an order that has ended as of one that never was: a look tells which.
        ErrorRow("EOrder:Unknown order", _M.NOT_FOUND, "no such order on the book"),
        ErrorRow("EOrder:Insufficient funds", _M.INSUFFICIENT_FUNDS, "balance too small"),
        ErrorRow("EOrder:Insufficient margin", _M.ORDER_REJECTED, "no margin left at the venue"),
        ErrorRow("EOrder:Order minimum not met", _M.ORDER_REJECTED, "amount below the minimum"),
        ErrorRow("EOrder:Cost minimum not met", _M.ORDER_REJECTED, "value below the minimum"),
        ErrorRow("EOrder:Tick size check failed", _M.ORDER_REJECTED, "price is no multiple of its step"),
        ErrorRow("EOrder:Invalid price", _M.ORDER_REJECTED, "price invalid"),
        ErrorRow("EOrder:Orders limit exceeded", _M.ORDER_REJECTED, "too many open orders"),
        ErrorRow("EOrder:Trading agreement required", _M.ORDER_REJECTED, "an agreement is to be accepted first"),
        ErrorRow("EService:Market in cancel_only mode", _M.ORDER_REJECTED, "the market takes only cancels"),
        ErrorRow("EService:Market in post_only mode", _M.ORDER_REJECTED, "the market takes only orders that rest"),
        ErrorRow("EService:Market in limit_only mode", _M.ORDER_REJECTED, "the market takes only limit orders"),
        # None of these says that nothing ran.
        ErrorRow("EService:Unavailable", _M.UNKNOWN, "engine or API not available"),
        ErrorRow("EService:Busy", _M.UNKNOWN, "engine or API busy"),
        ErrorRow("EService:Timeout", _M.UNKNOWN, "timed out"),
        ErrorRow("EGeneral:Internal error", _M.UNKNOWN, "internal error"),
    ],
)


def read_result(response: hk.Response, operation: str) -> Any:
    """Return ``result`` of an answer that means success.

    Raises what its ``error`` means; OutcomeUnknown for two errors at once, and for another status than 200 without
    one; UnexpectedPayload for what is not as documented, and for an error beside a result: that says no and yes.
    """
    with reading(f"an answer to {operation}", VENUE):
        try:
            answer = Fields(read_json(response.body, rows=MOST_ROWS))
        except hk.InvalidArgument:
            if (error := ERRORS.error_of_status(response, operation)) is not None:
                raise error from None
            raise
        # Those that begin with W are warnings.
        errors = [one for one in map(_text, answer.rows("error")) if not one.startswith("W")]
        result = answer.payload.get("result")
        if errors and result:
            raise hk.InvalidArgument("an error beside a result")
        if errors:
            raise _refusal("; ".join(errors), response.status, operation)
        if (error := ERRORS.error_of_status(response, operation)) is not None:
            raise error
        return result


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise hk.InvalidArgument("an error that is no text")
    return value


def _refusal(code: str, http_status: int, operation: str) -> hk.AdapterError:
    """Return what an error means. Its third part, where it has one, says more: ``EGeneral:Invalid arguments:price``."""
    known = code if code in ERRORS.rows else ":".join(code.split(":")[:2])
    error = ERRORS.error(code, http_status=http_status, operation=operation, read_as=known)
    if isinstance(error, hk.RateLimited) and known == "EGeneral:Temporary lockout":
        error.retry_after = LOCKOUT
    return error
