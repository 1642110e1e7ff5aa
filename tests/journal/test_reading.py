"""What a recovery is told of an entry: times as the venue counts them, by whatever request may have run first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.model import JournalEntry
from hk_adapter.plugins.journal.file_identity import FileIdentity
from hk_adapter.plugins.journal.reading import in_flight
from hk_adapter.plugins.journal.schema import open_journal

STARTED = 1_700_000_000_000


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    """Begin a journal."""
    with closing(open_journal(FileIdentity(path))) as opened:
        yield opened


def read(connection: sqlite3.Connection, name: str, *attempts: tuple[int, str | None], **more: Any) -> JournalEntry:
    """Write an entry and what became of its requests, by when each began; return it as it is read."""
    row = {"id": "1", "call": "c", "name": name, "started": STARTED, "until": STARTED + 20_000, "timeout": 5_000}
    row |= {"host": "h", "pid": 1, "token": "t", "state": "sent", "client_order_id": "mine", **more}
    connection.execute(
        f"INSERT INTO operations ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )
    for number, (began, known) in enumerate(attempts):
        connection.execute(
            "INSERT INTO attempts (call, number, hook, started, known) VALUES ('c', ?, ?, ?, ?)",
            (number, name, began, known),
        )
    [entry] = in_flight()(connection)
    assert entry.fault is None
    return entry


@pytest.mark.parametrize("offset", [-7_000, 7_000])
@pytest.mark.parametrize("name", ["create_order", "cancel_order"])
def test_times_are_those_of_the_venue(connection: sqlite3.Connection, name: str, offset: int) -> None:
    """Where the machine's clock was wrong, an entry's times would be those of other orders."""
    entry = read(connection, name, clock_offset=offset)
    assert (entry.began, entry.latest) == (STARTED + offset, STARTED + offset + 5_000)


@pytest.mark.parametrize("known", ["answered", "unknown", None])
def test_a_create_begins_with_its_first_request_that_may_have_run(
    connection: sqlite3.Connection, known: str | None
) -> None:
    """What it made is not older; one that was never sent, or that the venue refused, made nothing."""
    entry = read(
        connection, "create_order", (STARTED + 1, "not_sent"), (STARTED + 2, "refused"), (STARTED + 900, known)
    )
    assert (entry.began, entry.attempts) == (STARTED + 900, 3)


def test_a_cancel_begins_with_its_call(connection: sqlite3.Connection) -> None:
    """The order that it was about is older than that, whenever its request left."""
    assert read(connection, "cancel_order", (STARTED + 900, None)).began == STARTED


def test_a_request_without_a_time_of_ours_tells_none(connection: sqlite3.Connection) -> None:
    """A file may be damaged: the call's own time stands, and the entry is read."""
    entry = read(connection, "create_order", (STARTED + 900, "answered"), ("soon", "answered"))  # type: ignore[arg-type]
    assert entry.began == STARTED + 900


def test_a_clock_that_nobody_doubted(connection: sqlite3.Connection) -> None:
    """An entry that needs no times has none read."""
    entry = read(connection, "cancel_order")
    assert (entry.behind, entry.ahead, entry.params_left_out) == (0, 0, True)
