"""Copies for whoever only looks: what is done to them reaches nobody else."""

from __future__ import annotations

import copy
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.flow.contained import contained
from hk_adapter.record import field_names, set_once

_PLAIN = frozenset({str, int, float, bool, Decimal, NoneType})
"""What nothing can be done to."""


def shown(value: Any) -> Any:
    """Copy a record, with the records in it, as a wrapper may see it."""
    kind = type(value)
    if kind in _PLAIN or isinstance(value, Enum):
        return value
    if kind is tuple or kind is list:
        return kind([shown(part) for part in value])
    if kind is dict:
        return {key: shown(part) for key, part in value.items()}
    if isinstance(value, AdapterError):
        return shown_error(value)
    names = field_names(kind) if kind.__module__.startswith("hk_adapter.") else ()
    if names:
        double = copy.copy(value)
        for name in names:
            part = getattr(value, name)
            if type(part) not in _PLAIN:  # else the double has it already
                set_once(double, name, shown(part))
        return double
    return value


def shown_error(error: AdapterError) -> AdapterError:
    """Copy an error, its causes and frames kept; one of a plugin's own kind that cannot be copied is itself."""
    try:
        double = contained(lambda: copy.copy(error), "an error's copy")
    except Exception:  # noqa: BLE001 - a plugin's own class may demand anything of its constructor
        return error
    double.__cause__, double.__context__ = error.__cause__, error.__context__
    double.__suppress_context__ = error.__suppress_context__
    double.order, double.report = shown(error.order), shown(error.report)
    return double.with_traceback(error.__traceback__)
