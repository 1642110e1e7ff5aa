"""Records, reports and errors as JSON takes them: in ``--json``, and in what a bot writes for itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.model.account import Balances
from hk_adapter.record import Record, VenueRecord, field_names

_OF_ERRORS = ("venue", "operation", "request_state", "code", "http_status", "retry_after")
_PRINTED: tuple[Any, ...] = (Record.__repr__, VenueRecord.__repr__)
"""Records that print themselves otherwise, as a signed request does, hold what must not be shown."""
_OF_SOME = ("reason", "unreachable", "blocks")


def plain(value: Any) -> Any:
    """Return a record, a report, an error, or a list or mapping of them, as ``json.dumps`` takes it.

    Nothing is sent. Decimals are text that keeps every digit, words text, times int ms UTC; what is None stays None.
    A record is an object of its fields, its ``info``, the venue's raw answer, among them; a report has what it comes to
    before these: ``final`` or ``complete``. An error is an object of ``type`` (its class), ``message``, ``venue``,
    ``operation``, ``request_state``, ``code``, ``http_status``, ``retry_after`` (seconds) and what its class alone has
    (``reason``, ``unreachable``, ``blocks``); its ``order`` and its ``report`` are records of their own. What else
    there is, such as in an ``info``, is its text, a float that JSON has no number for too; so is a signed request, and
    whatever else could hold a key, such as a dataclass of a caller's.
    """
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    told = _members(value)
    return str(value) if told is None else {name: plain(item) for name, item in told.items()}


def _members(value: Any) -> dict[str, Any] | None:
    """Return what an object has, by name; None of what is no object."""
    if isinstance(value, AdapterError):
        some = [name for name in _OF_SOME if hasattr(value, name)]
        told = {name: getattr(value, name) for name in (*_OF_ERRORS, *some)}
        return {"type": type(value).__name__, "message": str(value), **told}
    if isinstance(value, Record) and type(value).__repr__ in _PRINTED:
        return {name: getattr(value, name) for name in (*value.comes_to, *field_names(type(value)))}
    if isinstance(value, Balances):
        return {name: getattr(value, name) for name in field_names(Balances)}
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else None
