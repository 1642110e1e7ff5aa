"""A file that is not the one that was opened any more: nothing is written where nobody will find it."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hk_adapter
from hk_adapter import CancelOutcome, ConfigurationError, OrderStatus, PluginError, RequestState, Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served

Open = Callable[..., Venue]


def _moved(path: Path) -> None:
    path.rename(path.with_name("moved.sqlite"))


def _deleted(path: Path) -> None:
    path.unlink()


def _all_deleted(path: Path) -> None:
    shutil.rmtree(path.parent)


def _replaced(path: Path) -> None:
    shutil.copy(path, path.with_name("copy.sqlite"))
    path.with_name("copy.sqlite").replace(path)


def _directory_moved(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def _directory_replaced(path: Path) -> None:
    _directory_moved(path)
    assert Journal(path).read_in_flight() == []


def _cut_to_nothing(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def _cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4096)


@pytest.fixture(
    params=[
        _moved,
        _deleted,
        _all_deleted,
        _replaced,
        _directory_moved,
        _directory_replaced,
        _cut_to_nothing,
        _cut_short,
    ]
)
def lose(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    """Give a way to lose a file that is open."""
    how: Callable[[Path], None] = request.param
    return how


def test_a_create_is_not_sent(venue: Venue, journal: Journal, served: Served, lose: Callable[[Path], None]) -> None:
    """An order whose entry nobody would find is not placed, this time and the next; the error says why."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    lose(journal.path)
    for _ in range(2):
        with pytest.raises(PluginError) as caught:
            venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        assert caught.value.request_state is RequestState.NOT_SENT
        assert str(journal.path) in str(caught.value.__cause__)
    assert [one.method for one in served.control.requests] == ["POST"]


def test_a_cancel_goes_out_and_says_so(
    venue: Venue, journal: Journal, order_id: str, lose: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    """A cancel is sent and ends as ever; one error in the log, and the report's own, tell that it has no entry."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    lose(journal.path)
    report = venue.try_cancel(order_id)
    assert report.outcome is CancelOutcome.CANCELED
    (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert isinstance(report.error, PluginError)
    for text in (record.getMessage(), str(report.error)):
        assert "cancel_order is not fully in the journal" in text
        assert str(journal.path) in text


def test_the_order_of_a_proven_cancel_is_returned(
    venue: Venue, journal: Journal, order_id: str, lose: Callable[[Path], None]
) -> None:
    """That nobody will find the entry makes no error of a cancel that is proven."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    lose(journal.path)
    assert venue.cancel_order(order_id).status is OrderStatus.CANCELED


def test_each_report_of_several_says_so(venue: Venue, journal: Journal) -> None:
    """Each report says it where nothing else is wrong; what was wrong before stands."""
    orders = [venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id for _ in range(3)]
    _moved(journal.path)
    listed = venue.cancel_orders([str(orders[0]), "404"])
    for report in (listed[0], *venue.cancel_all_orders("ETH/USD")):
        assert report.outcome is CancelOutcome.CANCELED
        assert "is not fully in the journal" in str(report.error)
    assert listed[1].error is not None
    assert not isinstance(listed[1].error, PluginError)


async def test_it_says_so_under_asyncio(served: Served, journal: Journal) -> None:
    """An awaited cancel tells the same."""
    async with hk_adapter.connect_async(
        "hashkey", environment="simulator", base_url=served.url, plugins=[journal], budget="unlimited"
    ) as venue:
        order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        _moved(journal.path)
        report = await venue.try_cancel(order.id)
    assert report.outcome is CancelOutcome.CANCELED
    assert "is not fully in the journal" in str(report.error)


def test_a_recovery_does_not_say_that_nothing_is_in_flight(
    venue: Venue, journal: Journal, served: Served, lose: Callable[[Path], None]
) -> None:
    """What stands in a file that is gone is not known: that is an error, and no empty list."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    lose(journal.path)
    asked = len(served.control.requests)
    with pytest.raises(ConfigurationError, match="journal"):
        venue.recover()
    assert len(served.control.requests) == asked


def test_put_back_it_is_used_again(venue: Venue, journal: Journal, order_id: str) -> None:
    """The same file under the same path goes on, with all its entries."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    journal.path.parent.rename(journal.path.parent.with_name("elsewhere"))
    with pytest.raises(PluginError):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    journal.path.parent.with_name("elsewhere").rename(journal.path.parent)
    venue.cancel_order(order_id)
    with closing(sqlite3.connect(journal.path)) as connection:
        rows = connection.execute("SELECT name, state FROM operations ORDER BY rowid").fetchall()
    assert rows == [("create_order", "settled"), ("cancel_order", "settled")]


def test_a_vacuum_is_no_loss(venue: Venue, journal: Journal, order_id: str) -> None:
    """A file that its owner thinned out and made smaller is the same file."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE filler (x)")
        connection.execute("INSERT INTO filler VALUES (zeroblob(1000000))")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        venue.cancel_order(order_id)
        connection.execute("DROP TABLE filler")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id is not None


def test_half_a_journal_is_not_begun_anew(opened: Open, journal: Journal, served: Served) -> None:
    """A missing file whose -wal is still there was moved without it; a new one would take over its entries."""
    journal.path.parent.mkdir()
    journal.path.with_name(f"{journal.path.name}-wal").write_bytes(b"left")
    with pytest.raises(PluginError):
        opened(journal).create_order("ETH/USD", "limit", "buy", "1", "1900")
    assert served.control.requests == []
    assert not journal.path.exists()


def test_a_relative_path_stays_where_it_was(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order_id: str
) -> None:
    """A program that changes its working directory, as daemons do, keeps its journal."""
    monkeypatch.chdir(tmp_path)
    venue = opened(Journal("here.sqlite", cancel_patience=20))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    venue.cancel_order(order_id)
    assert (tmp_path / "here.sqlite").exists()
    assert list((tmp_path / "other").iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "50%", "why?mode=memory", "#1", "büro", "\udcff", "back\\slash"])
def test_any_path_is_the_file_that_it_names(opened: Open, tmp_path: Path, order_id: str, name: str) -> None:
    """What means something else in a URI of SQLite's is part of the name, and what is written is in that very file."""
    path = tmp_path / name / f"{name}.sqlite"
    opened(Journal(path, cancel_patience=20)).cancel_order(order_id)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT state, outcome FROM operations").fetchall() == [("settled", "canceled")]
    assert {one.name for one in path.parent.iterdir()} <= {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    assert list(tmp_path.iterdir()) == [path.parent]


HOLDS_IT_OPEN = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM operations").fetchone(), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("companion", ["-wal", "-shm"])
def test_what_lies_beside_it_is_taken_away(venue: Venue, journal: Journal, order_id: str, companion: str) -> None:
    """New entries stand beside the file first: those that were written, and those to come, are found all the same."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    Path(f"{journal.path}{companion}").unlink()
    report = venue.try_cancel(order_id)
    assert (report.outcome, report.error) == (CancelOutcome.CANCELED, None)
    assert _count_in_another_process(journal.path) == "(2,)"


def test_it_is_taken_away_under_another_process(venue: Venue, journal: Journal, order_id: str) -> None:
    """Who opened it since cannot be told what was beside it: no create is sent any more, and a cancel says so."""
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    for companion in ("-wal", "-shm"):
        Path(f"{journal.path}{companion}").unlink()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_IT_OPEN, journal.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        report = venue.try_cancel(order_id)
        with pytest.raises(PluginError, match="taken away"):
            venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        with pytest.raises(ConfigurationError, match="taken away"):
            venue.recover()
        other.communicate()
    assert report.outcome is CancelOutcome.CANCELED
    assert "is not fully in the journal" in str(report.error)


def _count_in_another_process(path: Path) -> str:
    ran = subprocess.run([sys.executable, "-c", HOLDS_IT_OPEN, path], input=b"", capture_output=True, check=True)
    return ran.stdout.decode().strip()
