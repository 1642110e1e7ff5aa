"""A job for the journal's file, and its end, handed from one thread to another."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from hk_adapter.errors import AdapterError

T = TypeVar("T")

Job = Callable[[sqlite3.Connection], T]


class QueuedJob(Generic[T]):
    """One job that is queued.

    Only bare locks, and none that both sides hold: an interrupt that strikes whoever waits, at whatever line, leaves
    nothing locked that the file's thread could wait for.

    Attributes:
        patience: seconds for which it is waited for.
        durable: whether it ends only when its bytes are on the disk.
    """

    __slots__ = ("_ended", "_error", "_value", "_wake", "durable", "job", "patience")

    def __init__(
        self, job: Job[T], *, patience: float, durable: bool = False, wake: Callable[[], None] | None = None
    ) -> None:
        """Queue nothing yet. ``wake`` is called at the end, by the thread that did the job."""
        self.job = job
        self.patience = patience
        self.durable = durable
        self._wake = wake
        self._value: T | None = None
        self._error: AdapterError | None = None
        self._ended = threading.Lock()
        self._ended.acquire()

    def end(self, value: T) -> None:
        """Record the job's result."""
        self._value = value
        self._tell()

    def fail(self, error: AdapterError) -> None:
        """Record why the job was not done."""
        self._error = error
        self._tell()

    def wait(self) -> bool:
        """Wait for the end; False where ``patience`` was over first."""
        return self._ended.acquire(timeout=self.patience)

    def result(self) -> T:
        """Return what the job returned, or raise why it was not done."""
        if self._error is not None:
            raise self._error
        return cast("T", self._value)

    def _tell(self) -> None:
        self._ended.release()
        if self._wake is not None:
            self._wake()
