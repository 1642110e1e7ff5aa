"""Whether an open file takes anything now, or soon."""

from __future__ import annotations

import select


def is_writable(number: int, seconds: float | None) -> bool:
    """Wait for so long at most, None for ever, until a file takes something, or says that it takes nothing more.

    True also where the system has no way to ask.
    """
    if not hasattr(select, "poll"):
        return True
    asked = select.poll()
    asked.register(number, select.POLLOUT)
    return bool(asked.poll(None if seconds is None else seconds * 1000))
