"""This machine's time."""

from __future__ import annotations

import time


def now() -> int:
    """Return this machine's time, in ms UTC: whether a call may still run is a matter of processes, not venues."""
    return time.time_ns() // 1_000_000
