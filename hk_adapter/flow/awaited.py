"""As ``contained``, for what a library awaits in the running loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.flow.contained import broken
from hk_adapter.flow.interrupts import interrupt_of_library, was_made_up_by_library
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.flow.plain_errors import plain_cause

T = TypeVar("T")


async def awaited(waiting: Callable[[], Awaitable[T]], whose: str) -> T:
    """As ``contained``; a cancellation that nobody asked of this task is the library's own."""
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling() - bool(getattr(task, "_must_cancel", False))
    try:
        return await waiting()
    except BaseException as error:  # as in ``contained``
        kind = type(error)
        if issubclass(kind, Exception) or (issubclass(kind, GeneratorExit) and not was_made_up_by_library(error)):
            raise
        canceled = issubclass(kind, asyncio.CancelledError) and task is not None and task.cancelling() > before
        if canceled or interrupt_of_library(error) is not None:
            raise
        fault, cause = broken(whose, error), plain_cause(error)
    raise fault from cause


async def awaited_in_time(waiting: Callable[[], Awaitable[T]], whose: str, seconds: float) -> T:
    """As ``awaited``, for so many real seconds. Raises OutcomeUnknown after them."""
    try:
        async with time_limit(seconds) as limit:
            return await awaited(waiting, whose)
    except TimeoutError:
        if limit.expired():
            raise OutcomeUnknown(f"{whose} was not over in time") from None
        raise
