"""What stands in a line: what was asked and what it came to, in plain values, and nothing that may be a secret."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.model import CancelOrdersAnswer, CancelOutcome, CancelReport, CreateOrdersAnswer, Operation, Order
from hk_adapter.model.decimals import number_text
from hk_adapter.plugins.journal.kept_params import keep
from hk_adapter.record import field_names

_ORDER = ("id", "client_order_id", "symbol", "status", "amount", "filled", "average")
_OURS = {"fresh_id", "wait", "retry_after"}
"""Fields that tell nothing of an order."""


def line_of(event: str, operation: Operation, told: Mapping[str, Any]) -> bytes:
    """Write a line; whatever it tells is escaped, so that nothing in it ends it early."""
    place = operation.place
    where = (
        {} if place is None else {"venue": place.venue_id, "environment": place.environment, "account": place.account}
    )
    whole = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": event,
        "call": f"{os.getpid()}-{operation.id}",
        "operation": operation.name,
        **where,
        **told,
    }
    return json.dumps(whole).encode("ascii") + b"\n"


def ended(result: object) -> dict[str, Any]:
    """Return what an answer, a result or an error is, for a line."""
    if isinstance(result, AdapterError):
        return {"state": str(result.request_state), "error": _named(result)}
    if isinstance(result, CancelOrdersAnswer):
        return {"state": "answered", "refused": {one: _named(error) for one, error in result.refused.items()}}
    if isinstance(result, CreateOrdersAnswer):
        return {"state": "answered", "orders": [noted(one) for one in result.results]}
    if isinstance(result, bool):  # a countdown is about no order
        return {"state": "answered"}
    reports = result if isinstance(result, list) else [result]
    unsent = bool(reports) and all(isinstance(one, CancelReport) and _left_unsent(one) for one in reports)
    return {"state": str(RequestState.NOT_SENT) if unsent else "answered", "orders": noted(reports)}


def _left_unsent(report: CancelReport) -> bool:
    return report.outcome is CancelOutcome.NOT_SENT and report.attempts == 0


def noted(value: Any) -> Any:
    """Return a request, an order or a report as JSON takes it: of an order its main fields, of an error its kind.

    Numbers are text. Of ``params`` there is what says where an order is; they may hold a password.
    """
    if isinstance(value, AdapterError):
        return _named(value)
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list | tuple):
        return [noted(one) for one in value]
    names = _ORDER if isinstance(value, Order) else field_names(type(value))
    if not names:
        return value if value is None or isinstance(value, bool | int | float) else str(value)
    told = {name: noted(getattr(value, name)) for name in names if name not in {"params", *_OURS}}
    told = {name: one for name, one in told.items() if one is not None and one is not False}
    return told | _params_of(value)


def _params_of(request: Any) -> dict[str, Any]:
    kept, left_out = keep(getattr(request, "params", {}))
    return ({"params": kept} if kept else {}) | ({"params_left_out": True} if left_out else {})


def _named(error: AdapterError) -> str:
    return type(error).__name__ if error.code is None else f"{type(error).__name__} {error.code}"
