"""What an HTTP answer of HashKey says, before any order is read from it: its JSON, its error code, its status."""

from __future__ import annotations

from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, RateLimited, UnexpectedPayload, VenueError
from hk_adapter.flow.http import Response
from hk_adapter.parsing import SaidTwice, read_json, retry_after
from hk_adapter.venues.hashkey.error_codes import RATE_STATUSES, TABLE, VENUE, error_for, normalise, penalty_of
from hk_adapter.venues.hashkey.named_orders import order_named_in, shows_an_order

_MOST = 1000
"""Rows that one answer has at most: the largest page."""
_MOST_ROWS = {"fetch_markets": 5000, "fetch_currencies": 5000, "fetch_tickers": 5000}


def read_object(response: Response, operation: str) -> dict[str, Any]:
    """Return the JSON object of an answer that means success.

    A body code is looked at first, whatever the HTTP status. Raises the code's error; RateLimited for
    429 and 418; OutcomeUnknown for every other status but 200; UnexpectedPayload for a 200 that is no JSON object,
    for an answer that says a field twice, and for a refusal beside an order: it says yes and no.
    """
    payload = _read(response, operation)
    if not isinstance(payload, dict):
        raise _error(UnexpectedPayload, "the answer is not a JSON object", response, operation)
    return payload


def read_list(response: Response, operation: str) -> list[Any]:
    """Return the JSON array of an answer that means success. Raises as ``read_object``."""
    payload = _read(response, operation)
    if not isinstance(payload, list):
        raise _error(UnexpectedPayload, "the answer is not a JSON array", response, operation)
    return payload


def _read(response: Response, operation: str) -> Any:
    payload, fault = None, None
    try:
        payload = read_json(response.body, rows=_MOST_ROWS.get(operation, _MOST))
    except InvalidArgument as error:
        fault = str(error)
    refusal = _refusal(payload, response, operation)
    if isinstance(payload, SaidTwice):
        raise _doubt(f"the answer says {payload.name} twice, and not the same", refusal, response, operation)
    if fault is not None and refusal is None:
        raise _doubt(fault, None, response, operation)
    if refusal is None and isinstance(payload, dict) and payload.get("success") is False:
        raise _doubt("it says success, and success false", None, response, operation)
    if refusal is None:
        return payload
    if isinstance(refusal, VenueError) and _is_beside_an_order(payload, response.body, operation):
        word = f"HTTP {response.status}" if refusal.code is None else f"code {refusal.code}"
        raise _doubt(f"{word} beside an order", refusal, response, operation)
    raise refusal


def _doubt(text: str, refusal: AdapterError | None, response: Response, operation: str) -> AdapterError:
    """Report that an answer contradicts itself; how long to wait, and which order it names, hold all the same."""
    doubt = _error(UnexpectedPayload, text, response, operation)
    doubt.order, doubt.__cause__ = order_named_in(response.body), refusal
    doubt.retry_after = None if refusal is None else refusal.retry_after
    return doubt


def _refusal(payload: Any, response: Response, operation: str) -> AdapterError | None:
    if isinstance(payload, dict) and "code" in payload:
        try:
            code = normalise(payload["code"])
        except UnexpectedPayload as error:
            if response.status not in RATE_STATUSES:
                error.venue, error.operation, error.http_status = VENUE, operation, response.status
                return error
            code = None
        if code is not None:
            return _refusal_by(code, payload, response, operation)
    if response.status == 200:
        return None
    by_status = TABLE.error_of_status(response, operation)
    if isinstance(by_status, RateLimited) and by_status.retry_after is None:
        by_status.retry_after = penalty_of(operation)
    return by_status


def _refusal_by(code: str, payload: dict[str, Any], response: Response, operation: str) -> AdapterError:
    text = next((payload[key] for key in ("msg", "message") if isinstance(payload.get(key), str)), "")
    refusal = error_for(code, text, response.status, operation)
    waiting = retry_after(response.headers)
    refusal.retry_after = refusal.retry_after if waiting is None else waiting
    return refusal


def _is_beside_an_order(payload: Any, body: bytes, operation: str) -> bool:
    """Whether the answer shows an order too; where it is no JSON, whether it names one."""
    if payload is None:
        return order_named_in(body) is not None
    return shows_an_order(payload, placed=operation.startswith("create_"))


def _error(kind: type[AdapterError], text: str, response: Response, operation: str) -> AdapterError:
    return kind(f"hashkey: {text}", venue=VENUE, operation=operation, http_status=response.status)
