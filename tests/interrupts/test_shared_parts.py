"""What all calls of a process share, struck at every line, and asked again above every line as by a signal handler."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import Any

import pytest

import hk_adapter
from hk_adapter import hookimpl, register_venue
from hk_adapter.plugins.journal.file import JournalFile
from hk_adapter.plugins.journal.worker import Rest, Worker
from hk_adapter.registry import unregister_venue
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Simulator
from hk_adapter.transport import dns
from hk_adapter.transport.dns import NameLookups
from hk_adapter.venues.ccxt_bridge.throttle import Pace
from tests.interrupts.striking import Moment, Tracer, in_time, watchdog

NUMBERS = count()
ROOT = Path(hk_adapter.__file__).parent
PATIENCE = 5.0
"""Seconds in which what nobody holds up is over."""


def names(_: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Resolve a host name."""
    lookups = NameLookups()
    return lambda: lookups.start("localhost", 80).wait(PATIENCE / 2)


@pytest.fixture(autouse=True)
def a_thread_of_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look names up in a thread that runs already: Python 3.11 takes a new one for its starter, and strikes it."""
    asked: SimpleQueue[Callable[[], object] | None] = SimpleQueue()

    def serve() -> None:
        while (work := asked.get()) is not None:
            work()

    def started(work: Callable[..., object], *arguments: Any) -> bool:
        asked.put(lambda: work(*arguments))
        return True

    thread = threading.Thread(target=serve)
    thread.start()
    monkeypatch.setattr(dns, "started_bare", started)
    yield
    asked.put(None)
    thread.join()


def pace(_: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Take and give back a place in ccxt's line."""
    line = Pace(0.001)

    def pass_by() -> int:
        line.give_back(line.take(1.0, 0.0))
        return line.fresh(0)

    return pass_by


class Plugin:
    """Opens nothing."""

    @hookimpl
    def open_venue(self, settings: Any) -> Any:
        """Never called."""


def catalogue(_: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Register a venue and take it back."""
    plugin = Plugin()

    def register() -> bool:
        name = f"struck-{next(NUMBERS)}"
        register_venue(name, plugin)
        unregister_venue(name)
        return True

    return register


def desk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Find the connection of a ccxt instance."""
    pytest.importorskip("ccxt")
    import ccxt  # noqa: PLC0415 - an extra

    from hk_adapter import ccxt_facade  # noqa: PLC0415 - ccxt is an extra
    from hk_adapter.ccxt_facade import connections as module  # noqa: PLC0415

    ccxt_facade.register()
    monkeypatch.setattr(module, "open_connection", lambda wanted: object())
    options = {"url": "http://127.0.0.1:9"}
    bot = ccxt.hkadapter({"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "options": options})

    def ask() -> Any:
        bot.timeout = 1000 + next(NUMBERS)  # which asks for another connection
        return module.connection_of(bot)

    return ask


def simulator(_: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Let a simulator's time move under its lock."""
    venue = Simulator()

    def move() -> bool:
        with venue.lock:
            venue.advance(0)
        return True

    return move


Part = Callable[[pytest.MonkeyPatch], Callable[[], Any]]
PARTS: dict[Part, tuple[str, ...]] = {
    names: ("transport/dns.py",),
    pace: ("venues/ccxt_bridge/throttle.py",),
    catalogue: ("registry/catalogue.py",),
    desk: ("ccxt_facade/connections.py",),
    simulator: ("simulator/core.py", "simulator/exchange/agenda.py"),
}
"""Each with the files that are struck in it, beside those below all of them."""
SHARED = {str(ROOT / name) for names in (*PARTS.values(), ("flow/guard.py", "flow/threads.py")) for name in names}


class Above(Tracer):
    """Calls again above one of the lines of a call, in the same thread."""

    def __init__(self, moment: Moment, again: Callable[[], Any]) -> None:
        super().__init__(moment)
        self._line = moment[0][1]
        self._again = again

    def _strike(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and frame.f_lineno == self._line:
            sys.settrace(None)
            self._again()
            return None
        return self._strike


def moments_of(call: Callable[[], Any]) -> list[Moment]:
    """Choose the first time of each line of what is shared."""
    counted = Tracer()
    call()
    counted.run(call)
    return [(line, 0) for line in dict.fromkeys(counted.lines) if line[0] in SHARED]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_struck_in_its_own_files(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left out because its file has another name by now."""
    struck = {file for (file, _), _ in moments_of(part(monkeypatch))}
    assert {str(ROOT / name) for name in PARTS[part]} <= struck


@pytest.mark.parametrize("part", PARTS)
def test_struck_at_every_line(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever line the interrupt strikes, the next one who asks, in this thread or another, gets an answer."""
    call = part(monkeypatch)
    for moment in moments_of(call):
        Tracer(moment).run(call)
        assert in_time(call, PATIENCE)
        with watchdog(PATIENCE):
            assert call()


@pytest.mark.parametrize("part", PARTS)
def test_asked_again_above_every_line(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler above the frozen frame of the same call waits for nothing of it."""
    call = part(monkeypatch)
    for moment in moments_of(call):
        with watchdog(PATIENCE):
            Above(moment, call).run(call)
            assert call()


def test_two_threads_that_fork_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lets the journal's file go on where it made it rest, and no write waits for the other."""
    file = JournalFile(tmp_path / "journal.sqlite")
    file.perform(lambda connection: None, patience=PATIENCE).blocking()
    rest, asked = Worker.rest, threading.Event()

    def noted(worker: Worker, wish: Rest) -> bool:
        known = rest(worker, wish)
        asked.set()
        return known

    file.rest()
    monkeypatch.setattr(Worker, "rest", noted)
    other = threading.Thread(target=file.release)
    other.start()
    assert asked.wait(PATIENCE)
    file.resume()
    other.join()
    file.perform(lambda connection: None, patience=PATIENCE).blocking()
    file.release()
