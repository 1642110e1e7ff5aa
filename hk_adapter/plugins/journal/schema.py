"""The journal's tables, and how its file is opened: never a newer one, never one that is something else."""

from __future__ import annotations

import errno
import os
import secrets
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from hk_adapter.errors import ConfigurationError
from hk_adapter.plugins.journal.file_identity import COMPANIONS, FileIdentity
from hk_adapter.plugins.journal.transaction import reason_of

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
CREATE INDEX operations_in_flight ON operations (started) WHERE state <> 'settled';
CREATE TABLE attempts (
    call TEXT NOT NULL, number INTEGER NOT NULL, hook TEXT NOT NULL, order_ids TEXT,
    started INTEGER NOT NULL, ended INTEGER, known TEXT, error TEXT,
    PRIMARY KEY (call, number)
);
"""

_ADDED = {
    "clock_offset": "INTEGER",
    "clock_behind": "INTEGER",
    "clock_ahead": "INTEGER",
    "timeout": "INTEGER",
    "fresh": "INTEGER",
    "params": "TEXT",
    "params_left_out": "INTEGER",
    "view": "TEXT",
}
"""Columns of ``operations`` that came later. A process that does not know them reads and writes the rest as ever."""
_BY_CLIENT_ID = """
CREATE INDEX IF NOT EXISTS operations_by_client_id ON operations (client_order_id) WHERE client_order_id IS NOT NULL
"""


def open_journal(identity: FileIdentity) -> sqlite3.Connection:
    """Open a journal, or begin one: its file for its owner's eyes only (0600), new directories too (0700).

    Raises ConfigurationError where the file cannot be opened, is no journal, is a newer version's, or where others may
    have written it.
    """
    path = identity.path
    connection: sqlite3.Connection | None = None
    try:
        if not os.path.lexists(path):
            identity.check_absent()
            _begin_journal(path)
        inspected = identity.inspect()
        connection = _connect(path)
        _check_schema(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA busy_timeout = 0")
        identity.seal(inspected)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, OSError | sqlite3.Error):
            raise ConfigurationError(f"the journal {path} cannot be opened: {reason_of(error)}") from error
        raise
    return connection


def newest(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the numbers of the newest order and of the newest request that are written; 0 where there is none."""
    counted = "SELECT coalesce(max(rowid), 0) FROM"
    (orders,), (requests,) = (
        connection.execute(f"{counted} {table}").fetchone() for table in ("operations", "attempts")
    )
    return orders, requests


def _connect(path: Path) -> sqlite3.Connection:
    # Never created here: a file that vanished must not be replaced. Text is read as bytes by whoever reads it: one row
    # that is no UTF-8 would else end the reading of all.
    # Path.as_uri imports what an ending interpreter, from 3.12 on, no longer gives it.
    uri = f"file:{quote(os.fsencode(path.absolute().as_posix()))}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    connection.text_factory = _text
    return connection


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _begin_journal(path: Path) -> None:
    """Put a journal without entries under a path, whole or not at all; another process may be first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    # SQLite would create it with the permissions that umask leaves; its -wal and -shm files take after it.
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        connection = _connect(fresh)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            _create_tables(connection)
            _add_columns(connection)
        finally:
            connection.close()
        with suppress(FileExistsError):
            _move_new(fresh, path)
        _sync_directory(path.parent)
    finally:
        for leftover in (fresh, *(Path(f"{fresh}{companion}") for companion in COMPANIONS)):
            leftover.unlink(missing_ok=True)


def _move_new(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}:
            raise
        if not os.path.lexists(path):  # a file system without hard links
            fresh.rename(path)


def _sync_directory(directory: Path) -> None:
    if os.name != "posix":
        return  # directories cannot be opened there
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


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
    _add_columns(connection)


def _add_columns(connection: sqlite3.Connection) -> None:
    if _added(connection) == set(_ADDED):
        return
    with _transaction(connection):
        for name in sorted(set(_ADDED) - _added(connection)):
            connection.execute(f"ALTER TABLE operations ADD COLUMN {name} {_ADDED[name]}")
        connection.execute(_BY_CLIENT_ID)


def _added(connection: sqlite3.Connection) -> set[str]:
    return {column[1] for column in connection.execute("PRAGMA table_info(operations)")} & set(_ADDED)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _create_tables(connection: sqlite3.Connection) -> None:
    with _transaction(connection):
        if not _tables(connection):  # another process may have been first
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO schema_version VALUES (?)", (SCHEMA_VERSION,))


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:  # an interrupt too: half a table would be taken for none of ours
        if connection.in_transaction:  # else SQLite has taken everything back by itself, or it is committed
            connection.execute("ROLLBACK")
        raise
