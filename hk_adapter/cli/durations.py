"""Times as the options take them: seconds, or ``30s``, ``2m``, ``1h``."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import click

from hk_adapter.venue.api.arguments import LONGEST_TIMEOUT

if TYPE_CHECKING:
    _OfSeconds = click.ParamType[float]
else:
    _OfSeconds = click.ParamType  # click 8.2 knows nothing of what its types convert to

HOUR = LONGEST_TIMEOUT
"""Seconds of the longest timeout that a call takes."""
DAY = 86_400.0
_IN_WORDS = {HOUR: " and at most an hour", DAY: " and at most a day"}
_UNITS = {"s": 1, "m": 60, "h": 3600}


class Duration(_OfSeconds):
    """Seconds above 0, as ``30s``, ``2m``, ``1h``, or a plain number of them."""

    name = "duration"

    def __init__(self, most: float = math.inf) -> None:
        """Record how many seconds there may be at most."""
        self._most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        if isinstance(value, float):
            return value  # a default
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?|\.\d{1,6})([smh])?", str(value), re.ASCII)
        seconds = float(found[1]) * _UNITS[found[2] or "s"] if found else 0.0
        if not 0 < seconds <= self._most:
            most = _IN_WORDS.get(self._most, "")
            self.fail(
                f"{str(value)!r} must be a time above 0{most}, such as 30s, 2m or a number of seconds", param, ctx
            )
        return seconds
