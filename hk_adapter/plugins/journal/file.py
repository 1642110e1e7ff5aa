"""The journal's file, as everything else of the journal sees it: jobs go in, effects that wait for them come out."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import get_ident
from typing import TypeVar

from hk_adapter.errors import PluginError, RequestState
from hk_adapter.flow.effects import Foreign
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.plugins.journal.file_identity import FileIdentity
from hk_adapter.plugins.journal.queued_job import Job, QueuedJob
from hk_adapter.plugins.journal.worker import Rest, Worker

T = TypeVar("T")

RELEASE_PATIENCE = 2.0
"""Seconds that a fork, or the interpreter's exit, waits for the file to be closed."""

_files: weakref.WeakSet[JournalFile] = weakref.WeakSet()


class JournalFile:
    """A journal's file. Thread-safe, and safe to keep over a fork; opened by its first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity = FileIdentity(path)
        self._rests: dict[int, Rest] = {}
        self._worker = self._new_worker()
        _files.add(self)

    def perform(self, job: Job[T], *, patience: float, durable: bool = False) -> Foreign[T]:
        """Make an effect that runs a job in a transaction, and waits for its end for ``patience`` seconds at most.

        ``durable``: it ends when the bytes are on the disk, and survives a power cut; else it survives only the
        process. A job that is waited for no longer still runs when the file permits. What the effect raises:
        ConfigurationError where the file cannot be opened, PluginError where it cannot be written or not in time.
        """

        def blocking() -> T:
            queued = QueuedJob(job, patience=patience, durable=durable)
            self._worker.put(queued)
            if not queued.wait():
                raise self._late(patience)
            return queued.result()

        async def waiting() -> T:
            loop = asyncio.get_running_loop()
            ended = loop.create_future()
            queued = QueuedJob(job, patience=patience, durable=durable, wake=partial(_wake, loop, ended))
            self._worker.put(queued)
            try:
                async with time_limit(patience):
                    await ended
            except TimeoutError:
                raise self._late(patience) from None
            return queued.result()

        return Foreign(blocking, waiting, reaches_venue=False, bounded=True)

    def submit(self, job: Job[T], *, durable: bool = False) -> None:
        """Queue a job and do not wait for it."""
        self._worker.put(QueuedJob(job, patience=0.0, durable=durable))

    def release(self) -> None:
        """Close the file; the next job opens it anew."""
        self.rest()
        self.resume()

    def rest(self) -> None:
        """Close the file, and keep it closed until the same thread calls ``resume``: several may fork at once."""
        rest = self._rests[get_ident()] = Rest()
        if self._worker.rest(rest):
            rest.wait(RELEASE_PATIENCE)

    def resume(self) -> None:
        """Let the next job open the file."""
        rest = self._rests.pop(get_ident(), None)
        if rest is not None:
            rest.resume()

    def begin_anew(self) -> None:
        """Forget, in a forked child, the thread and the locks that only its parent has."""
        self._rests.clear()
        self._worker = self._new_worker(unfit=self._worker.is_open)

    def _new_worker(self, *, unfit: bool = False) -> Worker:
        worker = Worker(self._identity, unfit=unfit)
        weakref.finalize(self, worker.stop).atexit = False
        return worker

    def _late(self, patience: float) -> PluginError:
        return PluginError(
            f"the journal {self.path} took longer than {patience:g} s", request_state=RequestState.NOT_SENT
        )


def _wake(loop: asyncio.AbstractEventLoop, ended: asyncio.Future[None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits
        loop.call_soon_threadsafe(_end, ended)


def _end(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)


def _for_all(act: Callable[[JournalFile], None]) -> None:
    for file in list(_files):
        act(file)


atexit.register(_for_all, JournalFile.release)
if hasattr(os, "register_at_fork"):
    # SQLite believes in the child that the parent's locks are its own, and could lose what either writes. So the file
    # is closed while a process forks; where that took too long, the child does not touch it.
    os.register_at_fork(
        before=partial(_for_all, JournalFile.rest),
        after_in_parent=partial(_for_all, JournalFile.resume),
        after_in_child=partial(_for_all, JournalFile.begin_anew),
    )
