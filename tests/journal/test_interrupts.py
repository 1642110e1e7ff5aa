"""Ctrl-C at any line of the journal: nothing stays locked or half written, and the next call is journalled."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import hk_adapter
from hk_adapter import Venue
from hk_adapter.plugins import journal as package
from hk_adapter.plugins.journal import Journal

JOURNAL = str(Path(package.__file__).parent)
STDLIB = tuple(str(Path(module.__file__ or "")) for module in (threading,))
BESIDE = ("concurrent/futures", "weakref.py", "queue.py", "contextlib.py", "asyncio")


class Interrupter:
    """Raises KeyboardInterrupt at the ``number``-th line that the journal executes, or has the library execute."""

    def __init__(self, number: int) -> None:
        self._left = number
        self.struck = ""

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        """Trace a call."""
        name = frame.f_code.co_filename
        return self._line if name.startswith(JOURNAL) or _is_beside(frame) else self

    def _line(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line" and not self.struck:
            self._left -= 1
            if self._left == 0:
                self.struck = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise KeyboardInterrupt
        return self._line


def _is_beside(frame: FrameType) -> bool:
    name, caller = frame.f_code.co_filename, frame.f_back
    if not (name in STDLIB or any(part in name for part in BESIDE)):
        return False
    while caller is not None:
        if caller.f_code.co_filename.startswith(JOURNAL):
            return True
        caller = caller.f_back
    return False


@pytest.fixture
def venue(journal: Journal) -> Iterator[Venue]:
    """Open a venue in process."""
    with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited") as opened:
        yield opened


def _interrupted(call: Callable[[], object], number: int) -> str:
    """Make a call that is interrupted at a line; say which, or nothing where the call has fewer lines."""
    interrupter = Interrupter(number)
    before = sys.gettrace()
    gc.disable()  # a finalizer is no part of the call: Python swallows what is raised in one
    sys.settrace(interrupter)
    try:
        next(_apart(call))
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
        gc.enable()
    return interrupter.struck


def _apart(call: Callable[[], object]) -> Iterator[object]:
    """Make a call in a generator, which has a record of its own of what is being handled.

    Raised by a tracer in the middle of a handler, an exception leaves the handled one there. In the thread's record it
    would be the context of everything that is raised later, in other tests too.
    """
    yield call()


def _place(venue: Venue) -> str:
    return str(venue.create_order("ETH/USD", "limit", "buy", "0.1", "1900").id)


def test_the_call_after_an_interrupted_first_one_is_journalled(tmp_path: Path) -> None:
    """Whatever line of a fresh journal's first call is interrupted, the next one is sent, with its entry."""
    number, struck = 0, "first"
    while struck:
        number += 5
        journal = Journal(tmp_path / f"{number}.sqlite", cancel_patience=5)
        with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited") as venue:
            struck = _interrupted(lambda: _place(venue), number)
            assert _place(venue), struck
            left = journal.read_in_flight()
            assert [entry.running for entry in left] in ([], [False]), struck
    assert number > 100


def test_an_open_journal_serves_on(venue: Venue, journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    """Interrupted at one line after the other, one and the same journal goes on, and misses no cancel that ends."""
    number, struck = 0, "first"
    while struck:
        number += 2
        order_id = _place(venue)
        struck = _interrupted(lambda: venue.try_cancel(order_id), number)  # noqa: B023 - called at once
        assert venue.try_cancel(order_id).final, struck
        assert caplog.records == [], struck
    assert number > 100
    assert {entry.outcome for entry in journal.read_in_flight()} <= {None}
    assert all(found.settled for found in venue.recover())
