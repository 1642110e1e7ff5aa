"""Whether the time that ccxt calls an order's own is only that of its last change: a few of its parsers read that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hk_adapter.model.decimals import FIRST_MOMENT

_OF_A_CHANGE = re.compile(r"upd|modif|chang|action", re.IGNORECASE)
_ROWS = ("data", "result")
"""Where an answer that has more to say keeps the order."""
_UNITS = (1000, 1, Decimal("0.001"), Decimal("0.000001"))
"""Milliseconds in the units of times that exchanges write: s, ms, us, ns."""


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
    names = [str(name) for name, value in info.items() if _is_about(value, moment)]
    return bool(names) and all(_OF_A_CHANGE.search(name) for name in names)


def is_of_the_answer(raw: Any, moment: float | None) -> bool:
    """Whether an answer says ``moment``, in ms UTC, beside the order that it shows: WOO says when it answered."""
    rows = [raw[name] for name in _ROWS if isinstance(raw.get(name), Mapping)] if isinstance(raw, Mapping) else []
    return bool(rows) and _says(raw, moment) and not any(_says(row, moment) for row in rows)


def _says(row: Mapping[Any, Any], moment: float | None) -> bool:
    return moment is not None and any(_is_about(value, moment) for value in row.values())


def _is_about(value: Any, moment: float) -> bool:
    """Whether a raw value is a time, to a millisecond: ccxt makes one of nanoseconds by a float."""
    time = _milliseconds(value)
    return time is not None and abs(time - moment) <= 1


def _milliseconds(value: Any) -> int | None:
    """Read a time as exchanges write it: s, ms, us or ns, or a date; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return _of_a_date(str(value))
    if not number.is_finite() or number.adjusted() not in range(8, 20):
        return None  # before it is made an int, which may have any number of digits
    moments = (int(number * unit) for unit in _UNITS)
    return next((one for one in moments if FIRST_MOMENT <= one < 10 * FIRST_MOMENT), None)


def _of_a_date(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else round(moment.timestamp() * 1000)
