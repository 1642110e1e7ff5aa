"""Read what a plugin gave as exactly what it is: a class of its own may lie when it is compared, hashed or shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from hk_adapter.errors import AdapterError, CancelRejectReason, PluginError
from hk_adapter.model import CancelOrdersAnswer, Order, OrderSide, OrderStatus, OrderType, TimeInForce
from hk_adapter.record import changed, own_field_names

_EXACT = frozenset({NoneType, bool, int, float, str, Decimal, OrderSide, OrderStatus, OrderType, TimeInForce})
_WORDS = {"status": OrderStatus, "side": OrderSide}
_UNREAD = "info"
"""The one field that no decision reads."""


def exact(value: Any) -> Any:
    """Rebuild a record of plain text and numbers; raises PluginError where it is of a class that we do not know."""
    kind: Any = type(value)
    if kind in _EXACT or (kind is tuple and not value):
        return value
    if kind is CancelOrdersAnswer:
        return _exact_refusals(value)
    if names := own_field_names(kind):
        return _exact_record(value, kind, names)
    if isinstance(value, AdapterError):
        return exact_error(value)
    if kind is tuple or kind is list:
        parts = [exact(part) for part in value]
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else kind(parts)
    return _plain(value)


def exact_error(error: AdapterError) -> AdapterError:
    """Make exact, in place, what an error tells that decisions rest on."""
    if type(error.order) is not Order and error.order is not None:
        raise PluginError(f"an error came with an order of {type(error.order).__name__}")
    error.order = exact(error.order)
    if isinstance(error.retry_after, float) and type(error.retry_after) is not float:
        error.retry_after = float.__float__(error.retry_after)
    reason = getattr(error, "reason", None)
    if reason is not None and type(reason) is not CancelRejectReason:
        raise PluginError("a refusal's reason is no CancelRejectReason")
    return error


@lru_cache(maxsize=1024)
def _to_be_looked_at(record: type, kinds: tuple[type, ...]) -> tuple[int, ...]:
    """Return the places of a record's fields that are not exact by their class alone: few, and the same of many."""
    named = enumerate(zip(own_field_names(record), kinds, strict=True))
    return tuple(place for place, (name, kind) in named if not _is_exact(name, kind))


def _is_exact(name: str, kind: type) -> bool:
    if name in _WORDS:
        return kind is _WORDS[name] or kind is NoneType
    return name == _UNREAD or kind in _EXACT


def _exact_record(value: Any, kind: type, names: tuple[str, ...]) -> Any:
    values = astuple(value) if issubclass(kind, Struct) else [getattr(value, name) for name in names]
    changes: dict[str, Any] = {}
    for place in _to_be_looked_at(kind, (*map(type, values),)):
        given = values[place]
        if type(given) is tuple and not given:
            continue
        name = names[place]
        if kind is Order and name in _WORDS:
            raise PluginError(f"{name} is of {type(given).__name__}, not {_WORDS[name].__name__}")
        if (new := exact(given)) is not given:
            changes[name] = new
    return changed(value, changes) if changes else value


def _exact_refusals(answer: CancelOrdersAnswer) -> CancelOrdersAnswer:
    refused: object = answer.refused
    if not isinstance(refused, Mapping):
        return answer  # the one who asked looks at it
    return CancelOrdersAnswer(refused={exact(key): exact(error) for key, error in refused.items()})


def _plain(value: Any) -> Any:
    match value:
        case str():
            return str.__str__(value)
        case int():
            return int.__index__(value)
        case float():
            return float.__float__(value)
        case Decimal():
            return Decimal(Decimal.__str__(value))
        case _:
            if any(base.__module__.startswith("hk_adapter.model") for base in type(value).__mro__[1:]):
                raise PluginError(f"{type(value).__name__} is a class of the plugin's own, where a record is wanted")
            return value
