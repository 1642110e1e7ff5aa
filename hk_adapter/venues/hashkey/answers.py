"""What an HTTP answer of HashKey says, before any order is read from it: its JSON, its error code, its status."""

from __future__ import annotations

from typing import Any

from hk_adapter.errors import AdapterError, OutcomeUnknown, RateLimited, UnexpectedPayload
from hk_adapter.flow.json_body import SaidTwice, decoded
from hk_adapter.flow.wire import Response
from hk_adapter.venues.hashkey.codes import ORDER_LIMIT_PENALTY, VENUE, error_for, normalise
from hk_adapter.venues.hashkey.retry_after import retry_after

_RATE_STATUSES = frozenset({418, 429})


def read_object(response: Response, operation: str) -> dict[str, Any]:
    """Give the JSON object of an answer that means success.

    A body code is looked at first, whatever the HTTP status. Raises the code's error; RateLimited for
    429 and 418; OutcomeUnknown for every other status but 200; UnexpectedPayload for a 200 that is no JSON object,
    and for a create that a code refuses while its answer shows an order.
    """
    payload = _read(response, operation)
    if isinstance(payload, SaidTwice):
        text = f"the answer says {payload.name} twice, and not the same"
        raise _error(UnexpectedPayload, text, response, operation)
    if not isinstance(payload, dict):
        raise _error(UnexpectedPayload, "the answer is not a JSON object", response, operation)
    return payload


def read_list(response: Response, operation: str) -> list[Any]:
    """Give the JSON array of an answer that means success. Raises as ``read_object``."""
    payload = _read(response, operation)
    if not isinstance(payload, list):
        raise _error(UnexpectedPayload, "the answer is not a JSON array", response, operation)
    return payload


def _read(response: Response, operation: str) -> Any:
    payload = decoded(response.body)
    if isinstance(payload, dict) and "code" in payload:
        _raise_for_code(payload, response, operation)
    if response.status in _RATE_STATUSES:
        if operation.startswith("create_") and isinstance(payload, dict) and _shows_an_order(payload):
            raise _error(UnexpectedPayload, f"HTTP {response.status} beside an order", response, operation)
        raise _rate_limited(response, operation)
    if response.status != 200:
        raise _error(OutcomeUnknown, f"HTTP {response.status} without a code that settles it", response, operation)
    return payload


def _raise_for_code(payload: dict[str, Any], response: Response, operation: str) -> None:
    try:
        code = normalise(payload["code"])
    except UnexpectedPayload as error:
        if response.status in _RATE_STATUSES:
            raise _rate_limited(response, operation) from error
        error.venue, error.operation, error.http_status = VENUE, operation, response.status
        raise
    if code is not None and operation.startswith("create_") and _shows_an_order(payload):
        raise _error(UnexpectedPayload, f"code {code} beside an order", response, operation)
    if code is not None:
        text = next((payload[key] for key in ("msg", "message") if isinstance(payload.get(key), str)), "")
        refusal = error_for(code, text, response.status, operation)
        waiting = retry_after(response.headers)
        refusal.retry_after = refusal.retry_after if waiting is None else waiting
        raise refusal


def _shows_an_order(payload: dict[str, Any]) -> bool:
    """Whether an answer names an order that exists: by itself, or as an entry of a batch."""
    rows = payload.get("result")
    entries = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    inner = [payload.get(key) for key in ("order", "data", "result")]
    bare = [payload, *(row for row in inner if isinstance(row, dict))]
    return any(row.get("orderId") not in (None, "") for row in bare) or any(
        row.get("order") not in (None, "") for row in entries
    )


def _rate_limited(response: Response, operation: str) -> RateLimited:
    kind = "the address is blocked for ignoring a rate limit" if response.status == 418 else "asked too often"
    error = RateLimited(kind, venue=VENUE, operation=operation, http_status=response.status)
    error.retry_after = retry_after(response.headers)
    if error.retry_after is None and operation.startswith(("cancel_", "create_")):
        error.retry_after = ORDER_LIMIT_PENALTY
    return error


def _error(kind: type[AdapterError], text: str, response: Response, operation: str) -> AdapterError:
    return kind(f"hashkey: {text}", venue=VENUE, operation=operation, http_status=response.status)
