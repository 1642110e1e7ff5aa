"""Call a library, and let nothing of it stop a call but the caller's own interrupt or cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hk_adapter.errors import PluginError
from hk_adapter.flow.interrupts import disown, interrupt_of_library, was_made_up_by_library

T = TypeVar("T")


def contained(blocking: Callable[[], T], whose: str) -> T:
    """Call it; what is neither an error nor the caller's interrupt becomes the cause of a PluginError."""
    try:
        return blocking()
    except BaseException as error:  # of any class: a library's SystemExit must not end the caller
        if isinstance(error, Exception) or interrupt_of_library(error) is not None:
            raise
        raise broken(whose, error) from error


async def awaited(waiting: Callable[[], Awaitable[T]], whose: str) -> T:
    """As ``contained``; a cancellation that nobody asked of this task is the library's own."""
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling() - bool(getattr(task, "_must_cancel", False))
    try:
        return await waiting()
    except BaseException as error:  # as in ``contained``
        if isinstance(error, Exception) or (isinstance(error, GeneratorExit) and not was_made_up_by_library(error)):
            raise
        canceled = isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > before
        if canceled or interrupt_of_library(error) is not None:
            raise
        raise broken(whose, error) from error


def broken(whose: str, error: BaseException) -> PluginError:
    """Return the error for what a library raised, which nobody takes for the caller's interrupt any more."""
    disown(error)
    return PluginError(f"{whose} raised {type(error).__name__}")
