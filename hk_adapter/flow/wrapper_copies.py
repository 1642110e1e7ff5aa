"""Copies for wrappers, which only look: what is changed in one reaches nobody else."""

from __future__ import annotations

import copy
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from hk_adapter.errors import AdapterError
from hk_adapter.flow.contained import contained
from hk_adapter.record import own_field_names, set_once

_PLAIN = frozenset({str, int, float, bool, Decimal, NoneType})
"""Values that cannot be changed."""


def copied(value: Any) -> Any:
    """Copy a record, with the records in it, as a wrapper may see it."""
    kind: Any = type(value)
    if kind in _PLAIN or issubclass(kind, Enum):
        return value
    if kind is tuple or kind is list:
        return kind([copied(part) for part in value])
    if kind is dict:
        plain = _PLAIN.issuperset(map(type, value.values()))
        return dict(value) if plain else {key: copied(part) for key, part in value.items()}
    if isinstance(value, AdapterError):
        return copied_error(value)
    if names := own_field_names(kind):
        double = copy.copy(value)
        values = astuple(value) if issubclass(kind, Struct) else [getattr(value, name) for name in names]
        for place in _not_plain((*map(type, values),)):  # the others the double has already
            set_once(double, names[place], copied(values[place]))
        return double
    return value


@lru_cache(maxsize=1024)
def _not_plain(kinds: tuple[type, ...]) -> tuple[int, ...]:
    """Return the places of values that can be changed: few, and the same in many records."""
    return tuple(place for place, kind in enumerate(kinds) if kind not in _PLAIN and not issubclass(kind, Enum))


def copied_error(error: AdapterError) -> AdapterError:
    """Copy an error, its causes and frames kept; one of a plugin's own kind that cannot be copied is itself."""
    try:
        double = contained(lambda: copy.copy(error), "an error's copy")
    except Exception:  # noqa: BLE001 - a plugin's own class may demand anything of its constructor
        return error
    double.__cause__, double.__context__ = error.__cause__, error.__context__
    double.__suppress_context__ = error.__suppress_context__
    double.order, double.report = copied(error.order), copied(error.report)
    return double.with_traceback(error.__traceback__)
