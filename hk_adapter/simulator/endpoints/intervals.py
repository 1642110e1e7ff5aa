"""The times that klines cover, all in UTC: of fixed length, or from one first of a month to the next."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Mapping
from types import MappingProxyType

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
# Unix time begins on a Thursday, a week on the Monday after it.
_FIRST_MONDAY = 4 * _DAY
_LONGEST_MONTH = 31 * _DAY

MONTH = "1M"
LENGTHS: Mapping[str, int] = MappingProxyType(
    {
        "1m": _MINUTE,
        "3m": 3 * _MINUTE,
        "5m": 5 * _MINUTE,
        "15m": 15 * _MINUTE,
        "30m": 30 * _MINUTE,
        "1h": _HOUR,
        "2h": 2 * _HOUR,
        "4h": 4 * _HOUR,
        "6h": 6 * _HOUR,
        "8h": 8 * _HOUR,
        "12h": 12 * _HOUR,
        "1d": _DAY,
        "1w": _WEEK,
    }
)
INTERVALS = frozenset({*LENGTHS, MONTH})


def start_of(interval: str, at: int) -> int:
    """Return when the kline that covers a time begins, in ms."""
    if interval == MONTH:
        return _month_start(_month_of(at))
    offset = _FIRST_MONDAY if interval == "1w" else 0
    return at - (at - offset) % LENGTHS[interval]


def next_start(interval: str, start: int) -> int:
    """Return when the kline after the one that begins at a time begins, in ms."""
    if interval == MONTH:
        return _month_start(_month_of(start) + 1)
    return start + LENGTHS[interval]


def _month_of(at: int) -> int:
    month = at // _LONGEST_MONTH
    while _month_start(month + 1) <= at:
        month += 1
    return month


def _month_start(month: int) -> int:
    years, month_of_year = divmod(month, 12)
    return timegm((1970 + years, month_of_year + 1, 1, 0, 0, 0)) * 1000
