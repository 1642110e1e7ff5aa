"""Bound what a wrapper's own library does: in time, and in what may come out of it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.flow.contained import broken, contained
from hk_adapter.flow.effects import Foreign
from hk_adapter.flow.threads import started

T = TypeVar("T")


def within(effect: Foreign[T], seconds: float | None, name: str) -> Foreign[T]:
    """Have it end in OutcomeUnknown after ``seconds``; None leaves that to the library.

    A thread cannot be ended: its work is left behind then. What is neither an error nor the caller's interrupt
    becomes a PluginError that names the wrapper.
    """
    whose = _own(name)

    def blocking() -> T:
        if seconds is None:
            return contained(effect.blocking, whose)
        return _in_a_thread(effect.blocking, seconds, name)

    async def waiting() -> T:
        from hk_adapter.flow.awaited import awaited, awaited_in_time  # noqa: PLC0415 - asyncio only where a loop runs

        if seconds is None:
            return await awaited(effect.asyncio, whose)
        return await awaited_in_time(effect.asyncio, whose, seconds)

    return replace(effect, blocking=blocking, asyncio=waiting)


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
            errors.append(broken(_own(name), error))
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
    return OutcomeUnknown(f"{_own(name)} was not over in time")


def _own(name: str) -> str:
    return f"wrapper {name}: its own I/O"
