"""The machine's monotonic clock, for deadlines: no tool that freezes time for a test may freeze these too."""

from __future__ import annotations

import time
from functools import partial
from types import BuiltinFunctionType


class RealTime:
    """Holds the clock where freezegun does not find it: that replaces what the names of modules hold.

    Where it has done so before this is imported, the system is asked directly.
    """

    monotonic = (
        staticmethod(time.monotonic)
        if isinstance(time.monotonic, BuiltinFunctionType)
        else partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    )


def monotonic() -> float:
    """Seconds of ``time.monotonic()`` as nobody has frozen it."""
    return RealTime.monotonic()


def stands_still() -> bool:
    """Whether asyncio's timers go by a clock that somebody else moves."""
    return time.monotonic is not RealTime.monotonic
