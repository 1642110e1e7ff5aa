"""The journal's tables, and how its file is opened: never a newer one, never one that is something else."""

from __future__ import annotations

import os
import shlex
import sqlite3
from pathlib import Path

from hk_adapter.errors import ConfigurationError

SCHEMA_VERSION = 1

BUSY_TIMEOUT = 2.0
"""Seconds that a write waits while another process holds the file."""

_TABLES = """
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE operations (
    id TEXT PRIMARY KEY, call TEXT NOT NULL, name TEXT NOT NULL,
    venue_id TEXT, environment TEXT, origin TEXT, account TEXT,
    order_id TEXT, client_order_id TEXT, symbol TEXT,
    type TEXT, side TEXT, amount TEXT, price TEXT, cost TEXT, time_in_force TEXT, client_id_prefix TEXT,
    started INTEGER NOT NULL, until INTEGER NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intended', 'sent', 'unresolved', 'settled')),
    outcome TEXT, evidence TEXT, error TEXT, status TEXT, filled TEXT, average TEXT, ended INTEGER
);
CREATE INDEX operations_by_call ON operations (call);
CREATE INDEX operations_in_flight ON operations (started) WHERE state <> 'settled';
CREATE TABLE attempts (
    call TEXT NOT NULL, number INTEGER NOT NULL, hook TEXT NOT NULL, order_ids TEXT,
    started INTEGER NOT NULL, ended INTEGER, known TEXT, error TEXT,
    PRIMARY KEY (call, number)
);
"""


def open_journal(path: Path) -> sqlite3.Connection:
    """Open a journal, or begin one: its file for its owner's eyes only (0600), new directories too (0700).

    Raises ConfigurationError where the file cannot be opened, is no journal, or is a newer version's.
    """
    connection: sqlite3.Connection | None = None
    try:
        _create_private(path)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
        _check_schema(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, OSError | sqlite3.Error):
            raise ConfigurationError(f"the journal {path} cannot be opened: {reason_of(error)}") from error
        raise
    return connection


def reason_of(error: OSError | sqlite3.Error) -> str:
    """Say in a few words what an error of the file is."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # SQLite would create it with the permissions that umask leaves; its -wal and -shm files take after it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _check_schema(connection: sqlite3.Connection, path: Path) -> None:
    if not _tables(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        _create_tables(connection)
    if "schema_version" not in _tables(connection):
        raise ConfigurationError(f"{path} is a database, but no journal of hk-adapter; name another file")
    version = connection.execute("SELECT max(version) FROM schema_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        raise ConfigurationError(
            f"the journal {path} has schema version {version}, and this hk-adapter knows {SCHEMA_VERSION}: upgrade"
            f" hk-adapter, or move the file away: mv {shlex.quote(str(path))} {shlex.quote(f'{path}.kept')}"
        )


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _create_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _tables(connection):  # another process may have been first
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO schema_version VALUES (?)", (SCHEMA_VERSION,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
