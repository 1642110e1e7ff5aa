"""How long an answer asks to be left alone: ``Retry-After``, in each form that servers and gateways write."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?")
_FOR_EVER = 1e9
"""Seconds, thirty years, that stand for any longer time: the contract of hooks knows none."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ``Retry-After`` names, whole, with a fraction or as a date; None for no time ahead.

    A date is read against the answer's own ``Date``, so that no clock of ours counts.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), _FOR_EVER) or None
    until, sent = _moment(text), _moment(headers.get("date", ""))
    if until is None or sent is None or not until > sent:
        return None
    return min(until - sent, _FOR_EVER)


def _moment(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if math.isfinite(moment) else None
