"""This machine's time."""

from __future__ import annotations

import time


def now() -> int:
    """Tell this machine's time, in ms UTC: whether a call may still run is a matter of processes, not of the venue."""
    return time.time_ns() // 1_000_000
