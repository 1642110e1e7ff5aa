"""A file that somebody else may have written, or that holds what cannot be read: a clear word, and nothing believed."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hk_adapter import CancelOutcome, ConfigurationError, PluginError, Venue, connect
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served
from tests.journal.conftest import PATIENCE
from tests.journal.interruptions import CtrlCBefore

Open = Callable[..., Venue]

NOBODY = 65534

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")


def _for_all(path: Path) -> None:
    path.chmod(0o666)


def _for_the_group(path: Path) -> None:
    path.chmod(0o660)


def _directory_for_all(path: Path) -> None:
    path.parent.chmod(0o777)


def _directory_for_the_group(path: Path) -> None:
    path.parent.chmod(0o770)


def _link(path: Path) -> None:
    path.rename(path.with_name("another.sqlite"))
    path.symlink_to("another.sqlite")


def _with_two_names(path: Path) -> None:
    path.with_name("another.sqlite").hardlink_to(path)


def _somebody_elses(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a file away")
    os.chown(path, NOBODY, NOBODY)


def _companion_for_all(path: Path) -> None:
    companion = path.with_name(f"{path.name}-wal")
    companion.touch()
    companion.chmod(0o666)


UNSAFE = [
    _for_all,
    _for_the_group,
    _directory_for_all,
    _directory_for_the_group,
    _link,
    _with_two_names,
    _somebody_elses,
]


@pytest.fixture
def in_flight(opened: Open, path: Path, order_id: str) -> str:
    """Leave one cancel in flight, in a file that is closed."""
    journal = Journal(path, cancel_patience=PATIENCE)
    with pytest.raises(KeyboardInterrupt):
        opened(journal, CtrlCBefore).cancel_order(order_id)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return order_id


@pytest.mark.parametrize("make_unsafe", [*UNSAFE, _companion_for_all])
def test_what_others_may_have_written_is_not_resent(
    opened: Open, path: Path, in_flight: str, served: Served, make_unsafe: Callable[[Path], None]
) -> None:
    """Neither looked up nor sent anew: whoever may write the file could have planted it. The error says what to do."""
    make_unsafe(path)
    asked = len(served.control.requests)
    with pytest.raises(
        ConfigurationError, match=r"may be written by others|others may replace|symbolic|belongs to|another name"
    ):
        opened(Journal(path)).recover(resend=True)
    assert len(served.control.requests) == asked
    assert served.control.order(in_flight).status == "NEW"


@pytest.mark.parametrize("make_unsafe", UNSAFE)
def test_it_is_not_written_either(
    opened: Open, path: Path, in_flight: str, served: Served, make_unsafe: Callable[[Path], None]
) -> None:
    """A create is not sent, and a cancel goes out without its entry."""
    make_unsafe(path)
    venue = opened(Journal(path, cancel_patience=PATIENCE))
    with pytest.raises(PluginError):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert venue.try_cancel(in_flight).outcome is CancelOutcome.CANCELED
    path.chmod(0o600)


def test_a_file_that_becomes_unsafe_while_it_is_open(venue: Venue, path: Path, order_id: str) -> None:
    """Its permissions are looked at before each entry."""
    venue.cancel_order(order_id)
    path.chmod(0o666)
    with pytest.raises(PluginError):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    path.chmod(0o600)
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")


def test_a_shared_directory_that_keeps_files_apart_will_do(opened: Open, tmp_path: Path, order_id: str) -> None:
    """As /tmp does: nobody may move another one's file there."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    opened(Journal(shared / "journal.sqlite", cancel_patience=20)).cancel_order(order_id)
    assert Journal(shared / "journal.sqlite").read_in_flight() == []


def test_the_second_name_of_a_journal_that_was_just_begun(opened: Open, path: Path, in_flight: str) -> None:
    """A process that was killed as it began the file leaves it with a name of which nobody makes use."""
    path.with_name(f"{path.name}.0123456789abcdef.new").hardlink_to(path)
    (found,) = opened(Journal(path)).recover(resend=True)
    assert found.settled
    assert found.order is not None
    assert found.order.id == in_flight


def test_an_empty_file_is_no_empty_journal(opened: Open, path: Path, in_flight: str, served: Served) -> None:
    """A file that was cut to nothing before it was opened: what was in flight is not known, and that is said."""
    path.write_bytes(b"")
    asked = len(served.control.requests)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="empty"):
            opened(Journal(path)).recover()
    assert len(served.control.requests) == asked
    assert path.read_bytes() == b""


BAD_VALUES = [
    ("started", "'soon'"),
    ("started", "-1"),
    ("until", "x'ff'"),
    ("pid", "'first'"),
    ("pid", "1e300"),
    ("name", "x'fffe'"),
    ("name", "''"),
    ("order_id", "char(55296)"),
    ("order_id", "'1' || char(0) || '2'"),
    ("order_id", "CAST(x'ff' AS TEXT)"),
    ("order_id", "x'3132'"),
    ("order_id", "NULL"),
    ("side", "'up'"),
    ("symbol", "CAST(zeroblob(10000000) AS TEXT)"),
    ("call", "x''"),
    ("venue_id", "CAST(x'ff' AS TEXT)"),
    ("id", "CAST(x'ff' AS TEXT)"),
    ("clock_offset", "'late'"),
    ("params", """'{"stop": [1]}'"""),
    ("params", """'{"password": "word"}'"""),
    ("params", "'['"),
    ("params_left_out", "'no'"),
]


@pytest.mark.parametrize(("column", "value"), BAD_VALUES)
def test_one_row_that_cannot_be_read_keeps_nobody_from_the_others(
    opened: Open, path: Path, in_flight: str, served: Served, other: Venue, column: str, value: str
) -> None:
    """It is named with its fault, never sent anew and stays in flight; the others are settled as ever."""
    second = str(other.create_order("ETH/USD", "limit", "buy", "1", "1900").id)
    with pytest.raises(KeyboardInterrupt):
        opened(Journal(path, cancel_patience=PATIENCE), CtrlCBefore).cancel_order(second)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE operations SET {column} = {value} WHERE rowid = 1")
    found = opened(Journal(path, cancel_patience=PATIENCE)).recover(resend=True)
    (bad,) = [one for one in found if one.error is not None]
    assert not bad.settled
    assert bad.entry.fault is not None
    assert "cannot be read" in str(bad.error)
    assert [one.settled for one in found if one is not bad] == [True]
    assert served.control.order(in_flight).status == "NEW"
    assert served.control.order(second).status == "CANCELED"
    assert [one.fault for one in Journal(path).read_in_flight()] == [bad.entry.fault]


@pytest.mark.parametrize("path", [5, b"bytes", "", "a\0b", ["a"], None.__class__], ids=repr)
def test_what_is_no_path(path: object) -> None:
    """A journal that is named by no path is refused where it is named."""
    with pytest.raises(ConfigurationError, match="the journal must be the path of a file"):
        Journal(path)  # type: ignore[arg-type]


def test_a_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path told from a current directory that was removed names no file: a clear word, and nothing is sent."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("HK_ADAPTER_JOURNAL", "rel.sqlite")
    with pytest.raises(ConfigurationError, match=r"the journal rel\.sqlite is named from the current directory"):
        connect("hashkey", environment="simulator", plugins=["journal"])
    assert Journal(tmp_path / "elsewhere.sqlite").path == tmp_path / "elsewhere.sqlite"
