"""Do one thing for each of many accounts at once, each in a thread of its own, so that none waits for another.

The standard executors will not do: their threads are waited for when the interpreter ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import Effect
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.threads import started

T = TypeVar("T")


class Abandoned:
    """Lets what was begun for a caller who is gone send nothing more: a watcher of flows."""

    def __init__(self) -> None:
        self.is_so = False

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Raise NotSent in place of the next effect once the caller is gone."""
        if self.is_so:
            raise NotSent("the caller abandoned this call")
        return effect

    def failed(self, effect: Effect[Any], error: Exception) -> None:
        """Learn nothing."""


def in_threads(
    work: Mapping[str, Callable[[], T]], abandoned: Abandoned, seconds: float | None = None
) -> dict[str, T | Exception]:
    """Do all of it at once and return what each came to, errors as values, by the names.

    What is not back after ``seconds`` is missing; its thread goes on by itself, and keeps no process alive. When the
    caller is interrupted, what is under way stops at its next effect.
    """
    done: SimpleQueue[tuple[str, T | Exception]] = SimpleQueue()

    def one(name: str) -> None:
        try:
            done.put((name, work[name]()))
        except Exception as error:  # noqa: BLE001 - one account's failure, of whatever kind, is its own
            done.put((name, error))

    try:
        by_hand = [name for name in work if not _begun(one, name)]
        for name in by_hand:
            one(name)
        return _collected(done, len(work), seconds)
    except BaseException:
        abandoned.is_so = True
        raise


def _begun(work: Callable[[str], None], name: str) -> bool:
    """Start a thread; False where there can be no more of them: then it is done by the caller's."""
    try:
        return started(Thread(target=work, args=(name,), name=f"hk_adapter {name}", daemon=True))
    except RuntimeError:  # the system gives no more threads
        return False


def _collected(
    done: SimpleQueue[tuple[str, T | Exception]], number: int, seconds: float | None
) -> dict[str, T | Exception]:
    end = None if seconds is None else monotonic() + seconds
    found: dict[str, T | Exception] = {}
    while len(found) < number:
        left = None if end is None else max(0.0, end - monotonic())
        try:
            name, result = done.get(timeout=left)
        except Empty:
            break
        found[name] = result
    return found
