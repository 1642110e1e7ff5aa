"""The one thread that touches a journal's file: writes that come together are committed together."""

from __future__ import annotations

import _thread
import sqlite3
import sys
import threading
from collections import deque
from contextlib import suppress
from typing import Any

from hk_adapter.errors import ConfigurationError
from hk_adapter.plugins.journal.file_identity import FileIdentity
from hk_adapter.plugins.journal.queued_job import QueuedJob
from hk_adapter.plugins.journal.schema import BUSY_TIMEOUT, newest, open_journal
from hk_adapter.plugins.journal.transaction import begin, fault_of, perform

STOP_PATIENCE = 0.5
"""Seconds that whoever lets go of a journal waits for its file to be closed."""
LONGEST_REST = 30.0
"""Seconds after which the thread goes on, though the fork that it rests for has not said that it is over."""


class Rest:
    """The wish that the file be closed, and stay so until ``resume``."""

    def __init__(self) -> None:
        self._closed = threading.Lock()
        self._resumed = threading.Lock()
        self._closed.acquire()
        self._resumed.acquire()

    def wait(self, patience: float) -> None:
        """Wait until the file is closed, for ``patience`` seconds at most."""
        self._closed.acquire(timeout=patience)

    def resume(self) -> None:
        """Let the file be opened again."""
        with suppress(RuntimeError):  # it was let already
            self._resumed.release()

    def last(self) -> None:
        """Report that the file is closed, and wait for ``resume``."""
        self._closed.release()
        self._resumed.acquire(timeout=LONGEST_REST)


class Worker:
    """Does the jobs of one file in one process. After a failure it opens the file anew.

    Its thread is a bare one, for starting such a one takes no lock that an interrupt could leave locked. Where no
    thread runs any more, as at the interpreter's exit, whoever has a job does it.
    """

    def __init__(self, identity: FileIdentity, *, unfit: bool = False) -> None:
        """``unfit``: the file was open when this process was forked off, and SQLite in here takes it for open still."""
        self.is_open = unfit
        self._unfit = unfit
        self._identity = identity
        self._queue: deque[QueuedJob[Any]] = deque()
        self._rests: deque[Rest] = deque()
        self._bell = threading.Lock()
        self._serving = threading.Lock()
        self._stopped = False
        self._server = 0

    def put(self, queued: QueuedJob[Any]) -> None:
        """Queue a job, and see to it that somebody does it."""
        self._queue.append(queued)
        if not self._is_served():
            self._serve_here()

    def rest(self, rest: Rest) -> bool:
        """Have the file closed before the next job; False where nobody has it open."""
        if not self._serving.locked() or sys.is_finalizing():
            return False
        self._rests.append(rest)
        self._ring()
        return True

    def stop(self) -> None:
        """End the thread after what is queued, and wait a little for the file to be closed."""
        self._stopped = True
        self._ring()
        if _thread.get_ident() == self._server or sys.is_finalizing():
            return
        if self._serving.acquire(timeout=STOP_PATIENCE):
            self._serving.release()

    def _is_served(self) -> bool:
        if sys.is_finalizing():
            return False
        self._ring()
        if not self._serving.locked():
            try:
                _thread.start_new_thread(self._serve, ())
            except RuntimeError:  # at the interpreter's exit none can be started any more
                return False
        return True

    def _ring(self) -> None:
        with suppress(RuntimeError):  # it rings already
            self._bell.release()

    def _serve(self) -> None:
        if not self._serving.acquire(blocking=False):
            return  # another thread came first
        self._server = _thread.get_ident()
        connection: sqlite3.Connection | None = None
        try:
            while not self._stopped or self._queue:
                if self._rests:
                    self._close(connection)
                    connection = None
                    self._rests.popleft().last()
                elif batch := self._take():
                    connection = self._perform(connection, batch, BUSY_TIMEOUT)
                else:
                    self._bell.acquire()
        finally:
            self._close(connection)
            self._serving.release()

    def _serve_here(self) -> None:
        """Do what is queued in the calling thread, through a connection of its own, for as long as it is waited for."""
        if batch := self._take():
            connection = None
            try:
                connection = self._perform(None, batch, min(BUSY_TIMEOUT, max(one.patience for one in batch)))
            finally:
                if connection is not None:
                    connection.close()

    def _take(self) -> list[QueuedJob[Any]]:
        batch: list[QueuedJob[Any]] = []
        with suppress(IndexError):
            while True:
                batch.append(self._queue.popleft())
        return batch

    def _perform(
        self, connection: sqlite3.Connection | None, batch: list[QueuedJob[Any]], busy: float
    ) -> sqlite3.Connection | None:
        """Do jobs in one transaction; return the connection for the next ones, None where it is of no use any more."""
        try:
            connection = self._checked(connection)
            # In WAL mode FULL puts every commit on the disk; with NORMAL a power cut, but no crash of a process, can
            # undo it.
            durable = any(queued.durable for queued in batch)
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            if not begin(connection, busy, is_wanted=lambda: not self._rests):
                self._queue.extendleft(reversed(batch))
                return connection
            ends = perform(connection, batch, self._identity.path)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait get it and the thread lives on
            for queued in batch:
                queued.fail(fault_of(error, self._identity.path))
            self._close(connection)
            return None
        for end in ends:
            end()
        return connection

    def _checked(self, connection: sqlite3.Connection | None) -> sqlite3.Connection:
        """Return an open connection to the file that the path leads to."""
        if self._unfit:
            raise ConfigurationError(
                f"the journal {self._identity.path} was in use when this process was forked off, and cannot be used in"
                " it"
            )
        if connection is None:
            self.is_open = True
            return open_journal(self._identity)
        try:
            self._identity.check()
        except ConfigurationError:
            connection.close()  # SQLite removes nothing beside a file that is not its own any more
            raise
        return connection if self._identity.has_all_beside() else self._reopened(connection)

    def _reopened(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """Open the file anew, as somebody took away what SQLite keeps beside it, where new entries stand first.

        In closing it SQLite writes these into the file itself, unless another process has it open.
        """
        written = newest(connection)
        connection.close()
        connection = open_journal(self._identity)
        if any(found < known for found, known in zip(newest(connection), written, strict=True)):
            connection.close()
            self._identity.condemn(
                f"what lay beside the journal {self._identity.path} was taken away while it was open, and"
                " with it entries that were not in the file yet"
            )
        return connection

    def _close(self, connection: sqlite3.Connection | None) -> None:
        if connection is not None:
            connection.close()
        self.is_open = self._unfit
