"""Whether the time that ccxt calls an order's own is only that of its last change: a few of its parsers read that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hk_adapter.model.decimals import FIRST_MOMENT

_OF_A_CHANGE = re.compile(r"upd|modif|chang", re.IGNORECASE)


def is_of_a_change(info: Any, moment: float | None) -> bool:
    """Whether a raw order says ``moment``, in ms UTC, under names of a change alone.

    Of a row without names it is where another time is older: no order changes before it is made.
    """
    if moment is None:
        return False
    if isinstance(info, list | tuple):
        times = [time for time in map(_milliseconds, info) if time is not None]
        return moment in times and min(times) < moment
    if not isinstance(info, Mapping):
        return False
    names = [str(name) for name, value in info.items() if _milliseconds(value) == moment]
    return bool(names) and all(_OF_A_CHANGE.search(name) for name in names)


def _milliseconds(value: Any) -> int | None:
    """Read a time as exchanges write it: seconds or ms, or a date; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return _of_a_date(str(value))
    if not number.is_finite() or not FIRST_MOMENT / 1000 <= number < 10 * FIRST_MOMENT:
        return None  # before it is made an int, which may have any number of digits
    moments = (int(number), int(number * 1000))
    return next((one for one in moments if FIRST_MOMENT <= one < 10 * FIRST_MOMENT), None)


def _of_a_date(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else round(moment.timestamp() * 1000)
