"""A journal in an empty directory, a simulated venue over HTTP, and eyes that read the file past the journal."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter import Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator import serve
from hk_adapter.simulator.server import Served

Look = Callable[[str], list[dict[str, Any]]]
Open = Callable[..., Venue]

PATIENCE = 20.0
"""Seconds that a cancel waits for the journal in tests that are not about slow files, however busy the machine is."""


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's keys, profiles and journals out of every test."""
    for name in [name for name in os.environ if name.startswith(("HK_ADAPTER_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name the journal's file; it does not exist yet."""
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Journal:
    """Make a journal that is never late."""
    return Journal(path, cancel_patience=PATIENCE)


@pytest.fixture
def look(path: Path) -> Look:
    """Read a table of the file through a connection of one's own; without a file there are no rows."""

    def read(table: str) -> list[dict[str, Any]]:
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY started, rowid")]

    return read


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fresh simulated venue."""
    with serve() as server:
        yield server


@pytest.fixture
def opened(served: Served) -> Iterator[Open]:
    """Open connections to the served venue; they are closed after the test."""
    venues: list[Venue] = []

    def open_(*plugins: Any, timeout: float = 10.0) -> Venue:
        venue = hk_adapter.connect(
            "hashkey",
            environment="simulator",
            base_url=served.url,
            plugins=plugins,
            timeout=timeout,
            budget="unlimited",
        )
        venues.append(venue)
        return venue

    yield open_
    for venue in venues:
        venue.close()


@pytest.fixture
def venue(opened: Open, journal: Journal) -> Venue:
    """Open the served venue with the journal."""
    return opened(journal)


@pytest.fixture
def other(opened: Open) -> Venue:
    """Open the served venue without a journal, as another program would."""
    return opened()


@pytest.fixture
def order_id(other: Venue) -> str:
    """Let an order rest that the journal knows nothing of: a buy of 1 ETH at 1900 USD."""
    return str(other.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-1").id)
