"""Several jobs in one transaction, of which each can fail alone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hk_adapter.errors import AdapterError, PluginError, RequestState
from hk_adapter.flow.real_time import monotonic
from hk_adapter.plugins.journal.queued_job import QueuedJob

BUSY_PAUSE = 0.005
"""Seconds between two tries to write a file that another process holds."""


def begin(connection: sqlite3.Connection, busy: float, is_wanted: Callable[[], bool]) -> bool:
    """Begin a transaction; wait for other processes for ``busy`` seconds. False: it is not wanted any more.

    SQLite's own waiting would keep a fork waiting too.
    """
    until = monotonic() + busy
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() >= until:
                raise
        else:
            return True
        if not is_wanted():
            return False
        time.sleep(BUSY_PAUSE)


def perform(connection: sqlite3.Connection, batch: Sequence[QueuedJob[Any]], path: Path) -> list[Callable[[], None]]:
    """Do each job in a begun transaction and commit it; give, for each job, what tells it how it ended.

    What a single job does wrong is taken back and told to it alone. Raises what makes the file useless.
    """
    ends: list[Callable[[], None]] = []
    for queued in batch:
        connection.execute("SAVEPOINT entry")
        try:
            ends.append(_ending(queued, queued.job(connection)))
        except Exception as error:
            if not connection.in_transaction:
                raise  # the file is full or broken, and SQLite has taken everything back
            connection.execute("ROLLBACK TO entry")
            ends.append(_failing(queued, fault_of(error, path)))
        connection.execute("RELEASE entry")
    connection.execute("COMMIT")
    return ends


def fault_of(error: Exception, path: Path) -> AdapterError:
    """Report, as an error of this package, why the journal cannot be used."""
    if isinstance(error, AdapterError):
        return error
    fault = PluginError(f"the journal {path} cannot be used: {reason_of(error)}", request_state=RequestState.NOT_SENT)
    fault.__cause__ = error
    return fault


def reason_of(error: Exception) -> str:
    """Describe in a few words what an error of the file is; of any other, which may quote an entry, only its kind."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, sqlite3.Error) else type(error).__name__


def _ending(queued: QueuedJob[Any], value: object) -> Callable[[], None]:
    return lambda: queued.end(value)


def _failing(queued: QueuedJob[Any], error: AdapterError) -> Callable[[], None]:
    return lambda: queued.fail(error)
