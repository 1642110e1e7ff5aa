"""The line before ccxt's throttle, which knows no lanes: a cancel, and the looks that prove it, stand first in it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any
from weakref import WeakSet

from hk_adapter.errors import NotSent

_first: WeakSet[asyncio.Future[Any]] = WeakSet()


async def wait_first(exchange: Any, cost: float) -> None:
    """Wait for an instance's throttle before whatever else of the bot's waits there, behind our own alone.

    A throttle that is not ccxt's is waited for as it is. Raises NotSent where ccxt lets nobody into the line any more.
    """
    throttler = exchange.throttler
    line = getattr(throttler, "queue", None)
    is_ccxts = "throttle" not in vars(exchange) and type(exchange).throttle.__module__.startswith("ccxt.")
    if not is_ccxts or not isinstance(line, deque):
        await exchange.throttle(cost)
        return
    try:
        turn: asyncio.Future[Any] = throttler(cost)
    except RuntimeError as full:  # releases before 4.5.90 bound the line
        raise NotSent(f"ccxt's throttle: {full}") from None
    if line and line[-1][0] is turn:
        place = line.pop()
        # ccxt looks at who is first anew each time it lets one through.
        line.insert(sum(other in _first for other, _ in line), place)
        _first.add(turn)
    await turn
