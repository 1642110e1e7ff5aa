"""What an HTTP answer of HashKey says, before any order is read from it: its JSON, its error code, its status."""

from __future__ import annotations

from typing import Any

from hk_adapter.errors import AdapterError, OutcomeUnknown, RateLimited, UnexpectedPayload, VenueError
from hk_adapter.flow.bounds import too_long
from hk_adapter.flow.http import Response
from hk_adapter.flow.json_body import SaidTwice, decoded
from hk_adapter.venues.hashkey.error_codes import ORDER_LIMIT_PENALTY, VENUE, error_for, normalise
from hk_adapter.venues.hashkey.named_orders import order_named_in, shows_an_order
from hk_adapter.venues.hashkey.retry_after import retry_after

_MOST = 1000
"""Rows that one answer has at most: the largest page."""
_MOST_ROWS = {"fetch_markets": 5000, "fetch_currencies": 5000, "fetch_tickers": 5000}
_RATE_STATUSES = frozenset({418, 429})


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
    payload, fault = _payload(response, operation)
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


def _payload(response: Response, operation: str) -> tuple[Any, str | None]:
    """Read the JSON, or say in which way there is more of it than was asked for."""
    rows = _MOST_ROWS.get(operation, _MOST)
    fault = too_long(response.body, rows)
    payload = None if fault else decoded(response.body)
    if isinstance(payload, list) and len(payload) > rows:
        fault = f"the answer has {len(payload)} rows, for at most {rows}"
    return payload, fault


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
            if response.status not in _RATE_STATUSES:
                error.venue, error.operation, error.http_status = VENUE, operation, response.status
                return error
            code = None
        if code is not None:
            return _refusal_by(code, payload, response, operation)
    if response.status in _RATE_STATUSES:
        return _rate_limited(response, operation)
    if response.status != 200:
        return _error(OutcomeUnknown, f"HTTP {response.status} without a code that settles it", response, operation)
    return None


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


def _rate_limited(response: Response, operation: str) -> RateLimited:
    kind = "the address is blocked for ignoring a rate limit" if response.status == 418 else "asked too often"
    error = RateLimited(kind, venue=VENUE, operation=operation, http_status=response.status)
    error.retry_after = retry_after(response.headers)
    if error.retry_after is None and operation.startswith(("cancel_", "create_")):
        error.retry_after = ORDER_LIMIT_PENALTY
    return error


def _error(kind: type[AdapterError], text: str, response: Response, operation: str) -> AdapterError:
    return kind(f"hashkey: {text}", venue=VENUE, operation=operation, http_status=response.status)
