"""A cancel at the end of the interpreter: no thread can be started any more, and those that there are do not run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hk_adapter.simulator.server import Served

from .programs import run

Resting = Callable[[int], list[str]]

OPENED = """
import asyncio, atexit, sys, threading, time, hk_adapter
from hk_adapter.plugins.journal import Journal
url, journal, first, last = sys.argv[1:]
plugins = [] if journal == "-" else [Journal(journal, cancel_patience=20)]
options = dict(environment="simulator", base_url=url.replace("127.0.0.1", "localhost"), plugins=plugins)
def tell(report):
    print(report.outcome, report.error, flush=True)
"""

BLOCKING = (
    OPENED
    + """
venue = hk_adapter.connect("hashkey", **options)
def cancel(one):
    tell(venue.try_cancel(one))
"""
)

ASYNCIO = (
    OPENED
    + """
async def go(one):
    async with hk_adapter.connect_async("hashkey", **options) as venue:
        tell(await venue.try_cancel(one))
def cancel(one):
    asyncio.run(go(one))
"""
)

AT_EXIT = """
cancel(first)
atexit.register(cancel, last)
"""

LATE_THREAD = """
cancel(first)
def late():
    threading.main_thread().join()
    cancel(last)
threading.Thread(target=late).start()
"""

WHEN_DELETED = """
class Bot:
    def __del__(self):
        assert sys.is_finalizing()
        cancel(last)
bot = Bot()
cancel(first)
"""

WITHOUT_ANY_CALL_BEFORE = """
class Bot:
    def __del__(self):
        cancel(first)
        cancel(last)
bot = Bot()
"""


@pytest.mark.parametrize("journalled", [False, True], ids=["plain", "journal"])
@pytest.mark.parametrize("opened", [BLOCKING, ASYNCIO], ids=["blocking", "asyncio"])
@pytest.mark.parametrize("end", [AT_EXIT, LATE_THREAD], ids=["atexit", "late thread"])
def test_a_cancel_while_the_interpreter_ends(
    served: Served, resting: Resting, tmp_path: Path, opened: str, end: str, journalled: bool
) -> None:
    """It goes out and is proven, with names to resolve and a journal to write."""
    journal = tmp_path / "journal.sqlite" if journalled else "-"
    assert run(opened + end, served.url, journal, *resting(2)) == "canceled None\n" * 2


@pytest.mark.parametrize("journalled", [False, True], ids=["plain", "journal"])
@pytest.mark.parametrize("end", [WHEN_DELETED, WITHOUT_ANY_CALL_BEFORE], ids=["used", "unused"])
def test_a_cancel_by_what_is_deleted_last(
    served: Served, resting: Resting, tmp_path: Path, end: str, journalled: bool
) -> None:
    """The same when no other thread runs any more, where objects are deleted at the very end."""
    journal = tmp_path / "journal.sqlite" if journalled else "-"
    assert run(BLOCKING + end, served.url, journal, *resting(2)) == "canceled None\n" * 2


def test_a_first_cancel_by_what_is_deleted_last(served: Served, resting: Resting) -> None:
    """Where the environment may name a proxy, what reads it is there by then."""
    opened = BLOCKING.replace("plugins=plugins)", 'plugins=plugins, proxy="environment")')
    assert run(opened + WITHOUT_ANY_CALL_BEFORE, served.url, "-", *resting(2)) == "canceled None\n" * 2
