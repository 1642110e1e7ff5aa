"""Bound what a wrapper's own library does: in time, and in what may come out of it."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from hk_adapter.errors import OutcomeUnknown, PluginError
from hk_adapter.flow.effects import Foreign
from hk_adapter.flow.interrupts import callers_interrupt, was_made_up
from hk_adapter.flow.threads import started

T = TypeVar("T")


def within(effect: Foreign[T], seconds: float | None, name: str) -> Foreign[T]:
    """Have it end in OutcomeUnknown after ``seconds``; None leaves that to the library.

    A thread cannot be ended: its work is left behind then. What is neither an error nor the caller's interrupt
    becomes a PluginError that names the wrapper.
    """

    def blocking() -> T:
        if seconds is None:
            return _contained(effect.blocking, name)
        return _in_a_thread(effect.blocking, seconds, name)

    async def waiting() -> T:
        if seconds is None:
            return await _awaited(effect.asyncio, name)
        try:
            async with asyncio.timeout(seconds) as limit:
                return await _awaited(effect.asyncio, name)
        except TimeoutError:
            if limit.expired():
                raise _late(name) from None
            raise

    return replace(effect, blocking=blocking, asyncio=waiting)


def _contained(blocking: Callable[[], T], name: str) -> T:
    try:
        return blocking()
    except Exception:
        raise
    except BaseException as error:
        if callers_interrupt(error) is not None:
            raise
        raise _broken(name, error) from error


async def _awaited(waiting: Callable[[], Awaitable[T]], name: str) -> T:
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    try:
        return await waiting()
    except Exception:
        raise
    except BaseException as error:
        if isinstance(error, GeneratorExit) and not was_made_up(error):
            raise
        canceled = isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > before
        if canceled or callers_interrupt(error) is not None:
            raise
        raise _broken(name, error) from error


def _in_a_thread(blocking: Callable[[], T], seconds: float, name: str) -> T:
    results: list[T] = []
    errors: list[Exception] = []
    ended = threading.Event()

    def work() -> None:
        try:
            results.append(blocking())
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            errors.append(error)
        except BaseException as error:  # noqa: BLE001 - no interrupt of the caller strikes in this thread
            errors.append(_broken(name, error))
        finally:
            ended.set()

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(work,), name="hk_adapter wrapper", daemon=True)
    if not started(thread):  # at the interpreter's end there are no new threads
        work()
    if not ended.wait(seconds):
        raise _late(name)
    if errors:
        raise errors[0]
    return results[0]


def _late(name: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"wrapper {name}: its own I/O was not over in time")


def _broken(name: str, error: BaseException) -> PluginError:
    return PluginError(f"wrapper {name}: its own I/O raised {type(error).__name__}")
