"""Read what a plugin gave as exactly what it is: a class of its own may lie when it is compared, hashed or shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from hk_adapter.errors import AdapterError, CancelRejectReason, PluginError
from hk_adapter.model import CancelOrdersAnswer, Order, OrderSide, OrderStatus
from hk_adapter.record import changed, field_names

_EXACT = frozenset({type(None), bool, int, float, str, Decimal})
_WORDS = {"status": OrderStatus, "side": OrderSide}
_SHAPES: dict[type, tuple[tuple[type, ...], tuple[int, ...]]] = {}
"""Of each record of ours the classes of the last one's fields, and which of them are to be looked at."""
_UNREAD = "info"
"""The one field that no decision reads."""


def exact(value: Any) -> Any:
    """Rebuild a record of plain text and numbers; raises PluginError where it is of a class that we do not know."""
    kind: Any = type(value)
    if kind in _EXACT or isinstance(value, Enum) or (kind is tuple and not value):
        return value
    if isinstance(value, AdapterError):
        return exact_error(value)
    if kind is tuple or kind is list:
        parts = [exact(part) for part in value]
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else kind(parts)
    if kind is CancelOrdersAnswer:
        return _exact_refusals(value)
    if names := _names(kind):
        return _exact_record(value, names)
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


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the fields of a record of ours; none of any other class."""
    return field_names(kind) if kind.__module__.startswith("hk_adapter.") else ()


def _to_be_looked_at(names: tuple[str, ...], kinds: tuple[type, ...]) -> tuple[int, ...]:
    """Return the places of the fields that are not exact by their class alone: few, and the same for most records."""
    return tuple(
        place
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        if name != _UNREAD and kind is not _WORDS.get(name) and (kind not in _EXACT or (kind is str and name in _WORDS))
    )


def _exact_record(value: Any, names: tuple[str, ...]) -> Any:
    values = astuple(value) if isinstance(value, Struct) else [getattr(value, name) for name in names]
    kinds = tuple(map(type, values))
    shape = _SHAPES.get(type(value))
    if shape is None or shape[0] != kinds:
        shape = _SHAPES[type(value)] = kinds, _to_be_looked_at(names, kinds)
    changes: dict[str, Any] = {}
    for place in shape[1]:
        given = values[place]
        if type(given) is tuple and not given:
            continue
        name, kind = names[place], type(given)
        word = _WORDS.get(name)
        if isinstance(value, Order) and word is not None:
            raise PluginError(f"{name} is of {kind.__name__}, not {word.__name__}")
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
