"""A program's own logging that raises costs a line of the log: not the order that was placed, nor a cancel's report."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.transport.redaction import redact_library_logs

OURS = logging.getLogger("hk_adapter")


def _fails(*args: object, **kwargs: object) -> bool:
    raise ValueError("the program's own")


class _Handler(logging.Handler):
    emit = _fails


@pytest.fixture(params=["filter", "handler", "factory"])
def _broken_logging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each line of this package's, of any level, meet a part of the program's logging that raises."""
    handler, before = _Handler(), OURS.level
    if request.param == "filter":
        OURS.addFilter(_fails)
    elif request.param == "handler":
        OURS.addHandler(handler)
    else:
        monkeypatch.setattr(logging, "_logRecordFactory", _fails)
    OURS.setLevel(logging.DEBUG)
    yield
    OURS.setLevel(before)
    OURS.removeFilter(_fails)
    OURS.removeHandler(handler)


@pytest.mark.usefixtures("_broken_logging")
async def test_a_create_and_its_cancel(desk):
    """The order is placed and told; canceled, and that is told, too."""
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.error) == (hk.CancelOutcome.CANCELED, None)


@pytest.mark.usefixtures("_broken_logging")
async def test_doubts_and_errors(desk):
    """What is in doubt is reported, and what is refused is raised, as without the log."""
    order = await desk.place()
    desk.simulator.fail_next("cut", method="DELETE", acted=True)
    desk.simulator.fail_next("stall", method="GET", times=2)
    report = await desk.try_cancel(order.id, timeout=1)
    assert (report.outcome, report.final) == (hk.CancelOutcome.UNKNOWN, False)
    with pytest.raises(hk.OrderRejected):
        await desk.place("1000000", "1900")


@pytest.mark.usefixtures("_broken_logging", "skipped_time")
async def test_the_faults_of_a_wrapper(open_desk):
    """A wrapper that fails is a line of the log, too."""

    class Fails:
        @hk.wraps_flow
        async def operate(self, flow, operation):
            raise RuntimeError("of its own")

    desk = await open_desk(plugins=[Fails()])
    report = await desk.try_cancel("17")
    assert (report.final, report.attempts) == (False, 1)


@pytest.mark.usefixtures("_broken_logging")
async def test_the_line_that_was_lost_is_told(desk, capsys):
    """As Python tells of a handler that fails: on stderr, by its kind."""
    await desk.place()
    assert "hk_adapter: a line of the log was lost: ValueError\n" in capsys.readouterr().err


def test_a_librarys_own_bad_line(capsys):
    """A line of a library's that cannot be written raises nothing where it is written, and shows no query."""
    redact_library_logs()
    logging.getLogger("aiohttp.client").error("GET /order?signature=abc %d", "no number")
    assert "signature=abc" not in capsys.readouterr().err


def test_every_line_of_ours_is_written_so():
    """No file writes to a logger by itself."""
    files = {path: path.read_text() for path in Path(hk.__file__).parent.rglob("*.py") if path.name != "log_line.py"}
    by_itself = re.compile(r"_LOG\.(?:critical|error|exception|warning|info|debug|log)\(")
    assert [path.name for path, text in files.items() if by_itself.search(text) and "_LOG = Lines(" not in text] == []
