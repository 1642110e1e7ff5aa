"""The journal's file and the one thread that touches it: writes that come together are committed together."""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from hk_adapter.errors import AdapterError, PluginError, RequestState
from hk_adapter.flow.effects import Foreign
from hk_adapter.plugins.journal.schema import open_journal, reason_of

T = TypeVar("T")

Job = Callable[[sqlite3.Connection], T]

_Queued = tuple[Job[Any], bool, Future[Any]]


RELEASE_PATIENCE = 2.0
"""Seconds that a fork waits for the file to be closed."""

_files: weakref.WeakSet[JournalFile] = weakref.WeakSet()


class JournalFile:
    """A journal's file. Thread-safe, and safe to keep over a fork; opened by its first use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._workers: dict[int, _Worker] = {}
        _files.add(self)

    def perform(self, job: Job[T], *, patience: float, durable: bool = False) -> Foreign[T]:
        """Make an effect that runs a job in a transaction, and waits for its end for ``patience`` seconds at most.

        ``durable``: it ends when the bytes are on the disk, and survives a power cut; else it survives only the
        process. A job that is waited for no longer still runs when the file permits. What the effect raises:
        ConfigurationError where the file cannot be opened, PluginError where it cannot be written or not in time.
        """

        def blocking() -> T:
            future = self.submit(job, durable=durable)
            try:
                return future.result(patience)
            except TimeoutError:
                raise self._late(patience) from None

        async def waiting() -> T:
            future = self.submit(job, durable=durable)
            ended = _watch(future)
            try:
                await asyncio.wait_for(ended, patience)
            except TimeoutError:
                raise self._late(patience) from None
            return future.result()

        return Foreign(blocking, waiting, reaches_venue=False)

    def submit(self, job: Job[T], *, durable: bool = False) -> Future[T]:
        """Queue a job and do not wait for it."""
        future: Future[T] = Future()
        self._worker().jobs.put((job, durable, future))
        return future

    def release(self) -> None:
        """Close the file, after what is queued; the next job opens it anew."""
        if os.getpid() in self._workers:
            with suppress(TimeoutError, AdapterError):
                self.submit(_release).result(RELEASE_PATIENCE)

    def _worker(self) -> _Worker:
        # A fork leaves the thread behind: each process has its own. setdefault needs no lock, which a fork could
        # leave locked for ever.
        pid = os.getpid()
        worker = self._workers.get(pid)
        if worker is None:
            made = _Worker(self.path)
            worker = self._workers.setdefault(pid, made)
            if worker is made:
                made.start()
                weakref.finalize(self, made.jobs.put, None)
        return worker

    def _late(self, patience: float) -> PluginError:
        return PluginError(
            f"the journal {self.path} took longer than {patience:g} s", request_state=RequestState.NOT_SENT
        )


class _Worker(threading.Thread):
    """Opens the file and does the jobs. After a failure it opens the file anew."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="hk-adapter-journal", daemon=True)
        self.jobs: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._path = path

    def run(self) -> None:
        connection: sqlite3.Connection | None = None
        while (batch := self._next_batch()) is not None:
            try:
                connection = connection or open_journal(self._path)
                results = _commit(connection, batch)
                if any(job is _release for job, _, _ in batch):
                    connection.close()
                    connection = None
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait get it and the thread lives on
                if connection is not None:
                    connection.close()
                connection = None
                _fail(batch, self._fault(error))
            else:
                for (_, _, future), result in zip(batch, results, strict=True):
                    future.set_result(result)
        if connection is not None:
            connection.close()

    def _next_batch(self) -> list[_Queued] | None:
        """Wait for a job and take those that came meanwhile; None when nobody will come any more."""
        batch = []
        job = self.jobs.get()
        while job is not None:
            if job[2].set_running_or_notify_cancel():
                batch.append(job)
            try:
                job = self.jobs.get_nowait()
            except queue.Empty:
                return batch
        self.jobs.put(None)
        return batch or None

    def _fault(self, error: Exception) -> AdapterError:
        if isinstance(error, AdapterError):
            return error
        reason = reason_of(error) if isinstance(error, OSError | sqlite3.Error) else type(error).__name__
        fault = PluginError(f"the journal {self._path} cannot be used: {reason}", request_state=RequestState.NOT_SENT)
        fault.__cause__ = error
        return fault


def _release(connection: sqlite3.Connection) -> None:
    """Stands for the wish that the file be closed."""


def _release_all() -> None:
    for file in list(_files):
        file.release()


if hasattr(os, "register_at_fork"):
    # SQLite believes in the child that the parent's locks are its own, and could lose what either writes.
    os.register_at_fork(before=_release_all)


def _commit(connection: sqlite3.Connection, batch: list[_Queued]) -> list[Any]:
    durable = any(durable for _, durable, _ in batch)
    # In WAL mode FULL puts every commit on the disk; with NORMAL a power cut, but no crash of a process, can undo it.
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [job(connection) for job, _, _ in batch]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


def _fail(batch: list[_Queued], error: AdapterError) -> None:
    for _, _, future in batch:
        future.set_exception(error)


def _watch(future: Future[Any]) -> asyncio.Future[None]:
    """Give a future of the running loop that ends with one of the thread's, and never keeps that from its end."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    def wake(_: Future[Any]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(end)

    future.add_done_callback(wake)
    return ended
