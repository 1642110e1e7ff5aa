"""kill -9 of a bot, of its watchdog, of their Redis, at random moments: all is off the book, or the report says what.

And nothing is canceled that a bot still wanted. HK_ADAPTER_TEST_FLEET_KILLS sets how often each of the three is killed,
HK_ADAPTER_TEST_SEED where the random moments begin.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter.simulator import Limits, SimRequest, SimResponse, Simulator, SimulatorControl, serve
from hk_adapter.transport.shared_budget.address import BLOCK_KEY
from tests.fleet import killed_programs
from tests.shared_budget.conftest import Server, served_redis

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

RUNS = int(os.environ.get("HK_ADAPTER_TEST_FLEET_KILLS", "1"))
SEED = int(os.environ.get("HK_ADAPTER_TEST_SEED", "1"))
MOST_ORDERS = 6
LONG, SHORT = 60.0, 3.0
"""Seconds of silence: where the system tells of an end, and where the next watchdog has to miss a bot."""
PATIENT = 20.0
"""Seconds in which what has to come must have come, however busy the machine is."""
OPEN = {"NEW", "PARTIALLY_FILLED", "PENDING_NEW"}


class Venue(Simulator):
    """A venue that notes when the first cancel of a run arrived."""

    def __init__(self) -> None:
        super().__init__(balances={"USD": 10**12}, limits=Limits(), keep_requests=0)
        self.first_cancel: float | None = None

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Answer, as the simulator does."""
        if request.method == "DELETE" and self.first_cancel is None:
            self.first_cancel = time.monotonic()
        return super().handle(request, now)


class Programs:
    """Bots and watchdogs of their own processes."""

    def __init__(self) -> None:
        root = str(Path(hk_adapter.__file__).parents[1])
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", killed_programs.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={"PATH": os.environ["PATH"], "HOME": root, "PYTHONPATH": root},
        )

    def begin(self, program: str, folder: Path, name: str, *arguments: object) -> int:
        """Begin one, and return its process' number."""
        return int(self._asked(program=program, folder=str(folder), name=name, arguments=arguments))

    def ended(self, process: int, seconds: float) -> int | None:
        """Wait for an end; return its code, or None where it lives on."""
        return self._asked(wait=process, seconds=seconds)

    def _asked(self, **wanted: Any) -> Any:
        self._nursery.stdin.write(json.dumps(wanted) + "\n")
        self._nursery.stdin.flush()
        return json.loads(self._nursery.stdout.readline())

    def close(self) -> None:
        """End the process that has begun them."""
        self._nursery.stdin.close()
        self._nursery.wait(PATIENT)
        self._nursery.stdout.close()


@dataclass
class Run:
    """One run, and everything that belongs to it."""

    folder: Path
    programs: Programs
    venue: Venue
    url: str
    redis: Server
    rng: random.Random
    alive: dict[str, int] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    placed_before: int = 0

    def __post_init__(self) -> None:
        self.placed_before = len(self.control.orders())
        self.venue.first_cancel = None

    @property
    def control(self) -> SimulatorControl:
        """The venue's control handle."""
        return SimulatorControl(self.venue)

    @property
    def placed(self) -> list[str]:
        """The ids of all orders of this run."""
        return [one.order_id for one in self.control.orders()[self.placed_before :]]

    @property
    def still_open(self) -> list[str]:
        """The ids of those that are on the book."""
        return [one.order_id for one in self.control.orders()[self.placed_before :] if one.status in OPEN]

    @property
    def state(self) -> str:
        """What the watchdogs' file says."""
        with suppress(OSError):
            return (self.folder / f"{killed_programs.SOCKET}.lock").read_text().strip()
        return ""

    def says(self, state: str) -> bool:
        """Whether the watchdogs' file says so."""
        return self.state == state

    def begin_watchdog(self, name: str, silence: float) -> None:
        """Begin one, which waits where there is another."""
        self.alive[name] = self.programs.begin("watchdog", self.folder, name, self.url, self.redis.url(), silence)

    def begin_bot(self) -> int:
        """Begin one, wait until it is watched, and return how many orders it wants to have."""
        orders = self.rng.randint(1, MOST_ORDERS)
        self.alive["bot"] = self.programs.begin("bot", self.folder, "bot", self.url, self.redis.url(), orders)
        self.until(lambda: self.state.startswith("armed"))
        return orders

    def until(self, holds: Callable[[], bool]) -> None:
        """Look until something holds."""
        end = time.monotonic() + PATIENT
        while not holds():
            assert time.monotonic() < end, self.said()
            time.sleep(0.002)

    def rest(self, most: float) -> None:
        """Wait for a random time."""
        time.sleep(self.rng.uniform(0.0, most))

    def kill(self, name: str) -> None:
        """Kill it, whatever it does."""
        process = self.alive.pop(name)
        self.ends[name] = time.monotonic()
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        assert self.programs.ended(process, PATIENT) is not None

    def end(self, name: str) -> int:
        """Ask one to end, and return its code."""
        process = self.alive.pop(name)
        os.kill(process, signal.SIGTERM)
        code = self.programs.ended(process, PATIENT)
        assert code is not None, self.said()
        return code

    def stopped(self, silence: float) -> dict[str, Any]:
        """Wait until the watchdogs have done what they are for, and return what the last report says."""
        allowed = silence + killed_programs.STOP_TIMEOUT + PATIENT
        codes = [
            self.programs.ended(self.alive.pop(name), allowed) for name in ("first", "second") if name in self.alive
        ]
        assert None not in codes, self.said()
        if codes[-1] == 2 and "stopped already" in (self.folder / "second.err").read_text():
            codes[-1] = int(self.state.removeprefix("stopped "))  # it came to its post when all was over
        assert set(codes) <= {0, 6}, self.said()
        reports = [json.loads(line) for line in self._printed()]
        assert reports, self.said()
        assert codes[-1] == (0 if reports[-1]["complete"] else 6), self.said()
        return reports[-1]

    def _printed(self) -> list[str]:
        texts = [(self.folder / f"{name}.out").read_text() for name in ("first", "second") if self._is_there(name)]
        return [line for text in texts for line in text.splitlines() if line.endswith("}")]

    def _is_there(self, name: str) -> bool:
        return (self.folder / f"{name}.out").exists()

    def said(self) -> str:
        """Return everything that was said, for whoever reads a failure."""
        told = [f"state {self.state!r}, placed {self.placed}, open {self.still_open}"]
        return "\n".join(
            [*told, *(f"{one.name}: {one.read_text()}" for one in sorted(self.folder.glob("*.*")) if one.is_file())]
        )

    def check(self, report: dict[str, Any], *, complete: bool = True) -> None:
        """Hold a report against the book: whatever is open, it names; whatever it calls ended, has."""
        told = [one for account in report["accounts"] for one in account["orders"]]
        open_ones = set(self.still_open)
        assert not open_ones & {one["order_id"] for one in told if one["final"]}, self.said()
        assert open_ones <= {one["order_id"] for one in told}, self.said()
        if complete:
            assert all(account["complete"] for account in report["accounts"]), self.said()
            assert not open_ones, self.said()

    def check_nobody_was_robbed(self, silence: float) -> None:
        """See that nothing was canceled before the bot's end; where it was held up, not before its silence was over."""
        first = self.venue.first_cancel
        assert first is None or first >= min(self.ends["bot"], self.ends.get("armed", first) + silence), self.said()

    def clear(self) -> None:
        """Leave nothing to the next run."""
        for process in self.alive.values():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            self.programs.ended(process, PATIENT)
        for one in self.still_open:
            self.control.cancel(one)
        if not self.redis.lives:
            self.redis.start()
        with self.redis.client() as client:
            client.delete(BLOCK_KEY)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a Redis that keeps nothing."""
    yield from served_redis(tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="module")
def programs() -> Iterator[Programs]:
    """Begin what begins them."""
    made = Programs()
    yield made
    made.close()


@pytest.fixture
def runs(
    tmp_path: Path, programs: Programs, redis: Server, request: pytest.FixtureRequest
) -> Iterator[Generator[Run, None, None]]:
    """Make as many runs as are wanted, one after another, at one venue and with one Redis."""
    venue = Venue()
    with serve(simulator=venue) as server:

        def made() -> Generator[Run, None, None]:
            for number in range(RUNS):
                folder = tmp_path / str(number)
                folder.mkdir()
                run = Run(
                    folder, programs, venue, server.url, redis, random.Random(f"{request.node.name}{SEED}{number}")
                )
                try:
                    yield run
                finally:
                    run.clear()

        every = made()
        yield every
        every.close()


def test_the_bot_is_killed(runs: Generator[Run, None, None]) -> None:
    """Everything that it had placed, or that was on its way, is proven off the book."""
    for run in runs:
        run.begin_watchdog("first", LONG)
        run.begin_bot()
        run.rest(1.0)
        run.kill("bot")
        report = run.stopped(LONG)
        run.check(report)
        run.check_nobody_was_robbed(LONG)
        assert report["complete"], run.said()
        assert {one["order_id"] for one in report["accounts"][0]["orders"]} == set(run.placed), run.said()


def test_the_watchdog_is_killed_while_the_bot_lives(runs: Generator[Run, None, None]) -> None:
    """Nothing is canceled until the bot's end, and nothing after its goodbye; the next watchdog knows whom to watch."""
    for run in runs:
        run.begin_watchdog("first", SHORT)
        wanted = run.begin_bot()
        run.ends["armed"] = time.monotonic()
        run.begin_watchdog("second", SHORT)
        run.rest(1.0)
        run.kill("first")
        run.rest(0.5)
        if run.rng.random() < 0.5:
            assert run.end("bot") == 0
            run.until(partial(run.says, ""))
            assert run.programs.ended(run.alive["second"], 0.0) is None, run.said()
            assert run.venue.first_cancel is None, run.said()
            assert run.still_open == run.placed
            continue
        run.kill("bot")
        run.check(run.stopped(SHORT))
        run.check_nobody_was_robbed(SHORT)
        assert len(run.placed) <= wanted


def test_the_watchdog_is_killed_as_it_stops_everything(runs: Generator[Run, None, None]) -> None:
    """The next one goes on with it, and a report is never lost."""
    for run in runs:
        run.begin_watchdog("first", SHORT)
        run.begin_bot()
        run.begin_watchdog("second", SHORT)
        run.rest(0.5)
        run.kill("bot")
        run.rest(2.5)
        run.kill("first")
        report = run.stopped(SHORT)
        run.check(report)
        assert report["complete"], run.said()


def test_redis_is_killed(runs: Generator[Run, None, None]) -> None:
    """Cancels go on without it, and with the one that comes back; what could not be blocked there is told."""
    for run in runs:
        if not run.redis.lives:
            run.redis.start()
        run.begin_watchdog("first", LONG)
        run.begin_bot()
        run.rest(1.0)
        events = run.rng.sample(["redis", "bot"], 2)
        comes_back = run.rng.random() < 0.7
        for event in events:
            run.rest(0.7)
            if event == "redis":
                run.redis.stop()
                run.rest(0.5)
                if comes_back:
                    run.redis.start()
            else:
                run.kill("bot")
        report = run.stopped(LONG)
        run.check(report)
        run.check_nobody_was_robbed(LONG)
        assert report["complete"] or BLOCK_KEY in report["block_error"], run.said()
