"""A file that fails: a cancel's report is right all the same, a create is not sent, and each failure is logged once."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter import CancelOutcome, ConfigurationError, PluginError, RequestState, Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served

Look = Callable[[str], list[dict[str, Any]]]
Open = Callable[..., Venue]

NOBODY = 65534

FULL_DISK = """
import json, logging, resource, sys
import hk_adapter
from hk_adapter.plugins.journal import Journal

path, logged = sys.argv[1], []
class Keep(logging.Handler):
    def emit(self, record):
        logged.append(record.getMessage())
logging.getLogger("hk_adapter.plugins").addHandler(Keep())
journal = Journal(path, cancel_patience=20)
with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited") as venue:
    ids = [venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id for _ in range(2)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
    full = venue.try_cancel(ids[0])
    before, told, sends = len(logged), list(logged), len(venue.simulator.requests)
    try:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    except hk_adapter.PluginError as error:
        refused = error.request_state
    sent = len(venue.simulator.requests) - sends
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    again = venue.try_cancel(ids[1])
print(json.dumps({
    "full": full.outcome, "attempts": full.attempts, "told": told, "refused": refused, "sent": sent,
    "again": again.outcome, "second": ids[1],
}))
"""


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Give the errors that the wrappers' logger got."""
    return lambda: [
        record.getMessage()
        for record in caplog.records
        if record.name == "hk_adapter.plugins" and record.levelno >= logging.ERROR
    ]


def _corrupt(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database " * 500)


def _corrupt_inside(path: Path) -> None:
    with hk_adapter.connect("hashkey", environment="simulator", plugins=[Journal(path, cancel_patience=20)]) as venue:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


def _newer(path: Path) -> None:
    with hk_adapter.connect("hashkey", environment="simulator", plugins=[Journal(path, cancel_patience=20)]) as venue:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE schema_version SET version = 99")


def _foreign(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE somebody_elses (x)")


def _directory(path: Path) -> None:
    path.mkdir(parents=True)


def _no_directory(path: Path) -> None:
    path.parent.write_text("a file where the directory should be")


@pytest.fixture(params=[_corrupt, _corrupt_inside, _newer, _foreign, _directory, _no_directory])
def broken(request: pytest.FixtureRequest, path: Path) -> Callable[[Path], None]:
    """Break the file in one of the ways that files break."""
    request.param(path)
    how: Callable[[Path], None] = request.param
    return how


@pytest.mark.usefixtures("broken")
def test_a_cancel_goes_out_without_its_journal(
    opened: Open, journal: Journal, order_id: str, served: Served, errors: Callable[[], list[str]]
) -> None:
    """The order is canceled as it would be, and one error, logged and reported, says that it is not in the journal."""
    report = opened(journal).try_cancel(order_id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 1)
    assert isinstance(report.error, hk_adapter.PluginError)
    assert str(journal.path) in str(report.error)
    assert served.control.order(order_id).status == "CANCELED"
    (line,) = errors()
    assert "cancel_order" in line
    assert str(journal.path) in line


@pytest.mark.usefixtures("broken")
def test_a_create_does_not_go_out(
    opened: Open, journal: Journal, served: Served, errors: Callable[[], list[str]]
) -> None:
    """An order that could be forgotten is not placed; the error says that nothing was sent, and why; logged once."""
    with pytest.raises(PluginError) as caught:
        opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert caught.value.request_state is RequestState.NOT_SENT
    assert str(journal.path) in str(caught.value.__cause__)
    assert served.control.requests == []
    assert len(errors()) == 1


@pytest.mark.parametrize(("given", "kind"), [("a-directory", "a directory"), (os.devnull, "no plain file")])
def test_what_is_no_file_is_called_so(opened: Open, tmp_path: Path, served: Served, given: str, kind: str) -> None:
    """A directory or a device is told as what it is, and nobody is advised to remove it."""
    path = tmp_path / given  # an absolute path stays itself
    (tmp_path / "a-directory").mkdir()
    with pytest.raises(PluginError, match=f"{path} is {kind}") as caught:
        opened(Journal(path)).create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert "rm " not in str(caught.value)
    assert served.control.requests == []


@pytest.mark.usefixtures("broken")
def test_nor_does_one_under_an_id_of_the_callers(opened: Open, journal: Journal, served: Served) -> None:
    """What the journal knew under that id cannot be read either: the same error says so."""
    with pytest.raises(PluginError, match="journal") as caught:
        opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-1")
    assert caught.value.request_state is RequestState.NOT_SENT
    assert served.control.requests == []


def test_what_cannot_be_read_cannot_be_recovered(
    broken: Callable[[Path], None], opened: Open, journal: Journal, served: Served
) -> None:
    """A recovery says what is wrong with the file, and asks the venue nothing."""
    reason = {_newer: "schema version 99", _foreign: "no journal of hk-adapter"}.get(broken, "journal")
    with pytest.raises(ConfigurationError, match=reason):
        opened(journal).recover()
    assert served.control.requests == []


def test_what_is_set_wrongly_is_one_line_of_the_log(
    opened: Open, journal: Journal, errors: Callable[[], list[str]]
) -> None:
    """Which file, and what is wrong with it; where in the code that was seen helps nobody."""
    _foreign(journal.path)
    with pytest.raises(PluginError):
        opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900")
    (line,) = errors()
    assert (str(journal.path) in line, "\n" in line) == (True, False)


def test_somebody_elses_database_is_left_as_it_is(opened: Open, journal: Journal) -> None:
    """A wrong path harms nobody: a database that is no journal is not written to."""
    _foreign(journal.path)
    content = journal.path.read_bytes()
    with pytest.raises(PluginError):
        opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert journal.path.read_bytes() == content


def test_a_locked_file_delays_a_cancel_little_and_forgets_nothing(
    opened: Open, path: Path, order_id: str, errors: Callable[[], list[str]]
) -> None:
    """A file that another program holds is waited for once and briefly; what could not be written is written later."""
    journal = Journal(path, cancel_patience=0.05)
    assert journal.read_in_flight() == []
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        report = opened(journal).try_cancel(order_id)
        assert report.outcome is CancelOutcome.CANCELED
        assert len(errors()) == 1
        assert "0.05 s" in errors()[0]
        holder.execute("ROLLBACK")
    assert journal.read_in_flight() == []
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT order_id, state, outcome FROM operations").fetchall()
    assert rows == [(order_id, "settled", "canceled")]


def test_a_create_that_the_file_kept_back_is_not_in_flight_later(
    opened: Open, path: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file takes the intent of a create only after it was given up, it says too that nothing was sent."""
    monkeypatch.setattr("hk_adapter.plugins.journal.wrapper.OTHER_PATIENCE", 0.05)
    journal = Journal(path, cancel_patience=0.05)
    assert journal.read_in_flight() == []
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(PluginError):
            opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900")
        holder.execute("ROLLBACK")
    assert journal.read_in_flight() == []
    with closing(sqlite3.connect(journal.path)) as connection:
        assert connection.execute("SELECT state, outcome FROM operations").fetchall() == [("settled", "not_sent")]
    assert served.control.requests == []


def test_a_file_that_fails_for_a_while_is_used_again(
    opened: Open, journal: Journal, other: Venue, look: Look, errors: Callable[[], list[str]]
) -> None:
    """After a failure the next call opens the file anew."""
    ids = [str(other.create_order("ETH/USD", "limit", "buy", "1", "1900").id) for _ in range(2)]
    venue = opened(journal)
    _no_directory(journal.path)
    venue.cancel_order(ids[0])
    with pytest.raises(ConfigurationError):  # behind all that was queued: none of it is left for the file's return
        journal.read_in_flight()
    journal.path.parent.unlink()
    venue.cancel_order(ids[1])
    assert [row["order_id"] for row in look("operations")] == [ids[1]]
    assert len(errors()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX resource limits")
def test_a_full_disk(path: Path) -> None:
    """A cancel is reported right and logged once, a create is not sent, and with room again the journal goes on."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(path)],
        cwd=Path(hk_adapter.__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["full"], told["attempts"]) == ("canceled", 1)
    assert len(told["told"]) == 1
    assert (told["refused"], told["sent"]) == ("not_sent", 0)
    assert told["again"] == "canceled"
    with closing(sqlite3.connect(path)) as connection:
        canceled = connection.execute("SELECT order_id, state FROM operations WHERE name = 'cancel_order'").fetchall()
    assert canceled == [(told["second"], "settled")]


@pytest.mark.filterwarnings("ignore:Exception ignored in cursor_clear")  # Python 3.15 tells a failed commit twice
def test_no_room_for_a_new_file(path: Path) -> None:
    """What kept a new journal from being written is told, not that nothing was there to take back; no file stays."""
    resource = pytest.importorskip("resource", reason="needs POSIX resource limits")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, usual[1]))
    try:
        with pytest.raises(ConfigurationError, match=r"cannot be opened: (disk I/O error|database or disk is full)"):
            Journal(path).read_in_flight()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list(path.parent.iterdir()) == []


@pytest.fixture
def read_only() -> Iterator[Path]:
    """Give a journal that this process may read but not write."""
    # The journal's own thread may look for the file a last time while the directory goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        path = Path(name, "journal.sqlite")
        Journal(path).read_in_flight()
        for file in Path(name).iterdir():
            file.chmod(0o444)
        Path(name).chmod(0o555)
        was_root = os.geteuid() == 0
        if was_root:  # root may write whatever the mode says
            os.seteuid(NOBODY)
        try:
            yield path
        finally:
            if was_root:
                os.seteuid(0)
            Path(name).chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_a_read_only_file(read_only: Path, errors: Callable[[], list[str]]) -> None:
    """A journal that may not be written: a cancel is reported right and logged once, a create is not sent."""
    with hk_adapter.connect("hashkey", environment="simulator") as plain:
        placed = plain.create_order("ETH/USD", "limit", "buy", "1", "1900")
        assert placed.id is not None
    journal = Journal(read_only, cancel_patience=20)
    with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal]) as venue:
        report = venue.try_cancel("123")
        assert report.outcome is CancelOutcome.NOT_FOUND
        assert len(errors()) == 1
        with pytest.raises(PluginError):
            venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
