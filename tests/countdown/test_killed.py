"""The command that watches, with ``--countdown``, a bot, and an exchange that counts: each a process, and killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import hk_adapter
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, KrakenDesk, opened_desk
from tests.countdown import desk_bot

pytest.importorskip("ccxt")
pytestmark = [
    pytest.mark.block_network(allowed_hosts=["127.0.0.1"]),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs Unix sockets and SIGKILL"),
]

ROOT = Path(hk_adapter.__file__).parents[1]
SECONDS = 60
"""The countdown: two rounds of setting it fit in, however busy the machine is; nobody waits for its end."""
PATIENT = 40.0
"""Seconds in which what has to come must have come, however busy the machine is."""
SOCKET = "watchdog"
COMMAND = "import hk_adapter_command; hk_adapter_command.main()"


@dataclass
class Processes:
    """The bot and its watchdog, in a folder of their own."""

    folder: Path
    desk: KrakenDesk
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin both, and wait until the bot has its orders and the exchange counts."""
        self._begin("watchdog", "-c", COMMAND, *self._watchdog())
        self._begin("bot", "-m", desk_bot.__name__, self.desk.url, SOCKET)
        self.until(lambda: len(self.still_open) == 2 and bool(self.desk.countdowns))

    def _watchdog(self) -> list[str]:
        where = ["--profile", "desk", "--environment", "production", "--base-url", self.desk.url]
        how = ["--timeout", "30s", "--stop-timeout", "30", "--countdown", f"{SECONDS}s", "--socket", SOCKET, "--json"]
        return ["watchdog", *where, *how]

    def _begin(self, name: str, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(ROOT)}
        with open(self.folder / f"{name}.out", "w") as out, open(self.folder / f"{name}.err", "w") as err:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.folder,
                env=environment | {"HK_ADAPTER_CONFIG": str(self.folder / "config.toml")},
                stdout=out,
                stderr=err,
            )

    @property
    def still_open(self) -> list[str]:
        """The ids of the orders that are on the book."""
        self.desk.count_down()
        return [name for name, order in self.desk.orders.items() if order["status"] == "open"]

    def kill(self, name: str) -> None:
        """Kill it, whatever it does."""
        self.running[name].kill()
        self.running[name].wait()

    def ended(self, name: str, number: int | None = None) -> tuple[int, str, str]:
        """Wait for an end, after a signal if one is given; return the code and what was said."""
        if number is not None:
            self.running[name].send_signal(number)
        code = self.running[name].wait(PATIENT)
        return code, self.said(name, "out"), self.said(name, "err")

    def said(self, name: str, end: str = "err") -> str:
        """Return what it has said so far."""
        return (self.folder / f"{name}.{end}").read_text(encoding="utf-8")

    def end(self) -> None:
        """Leave none behind."""
        for one in self.running.values():
            one.kill()
            one.wait()

    def until(self, holds: Callable[[], bool]) -> None:
        """Look until something holds."""
        end = time.monotonic() + PATIENT
        while not holds():
            told = {name: (one.poll(), self.said(name)) for name, one in self.running.items()}
            assert time.monotonic() < end, (told, self.still_open, self.desk.countdowns)
            time.sleep(0.005)


@pytest.fixture
def desk() -> Iterator[KrakenDesk]:
    """An exchange that counts."""
    with opened_desk() as opened:
        yield opened


@pytest.fixture
def processes(desk: KrakenDesk, tmp_path: Path) -> Iterator[Processes]:
    """Begin a bot and its watchdog; at the end none is left."""
    config = tmp_path / "config.toml"
    keys = f'api_key = "{API_KEY}"\nsecret = "{SECRET}"\nsettings = {{ rateLimit = 1 }}\n'
    config.write_text(f'[profiles.desk]\nvenue = "ccxt:kraken"\n{keys}', encoding="utf-8")
    config.chmod(0o600)
    made = Processes(tmp_path, desk)
    try:
        made.begin()
        yield made
    finally:
        made.end()


def test_the_bot_is_killed(processes: Processes, desk: KrakenDesk) -> None:
    """The watchdog cancels everything, proves it and says so; the exchange goes on counting, for what it missed."""
    processes.kill("bot")
    code, out, err = processes.ended("watchdog")
    report = json.loads(out)
    assert (code, report["complete"], processes.still_open) == (0, True, []), err
    assert {order["order_id"] for stop in report["accounts"] for order in stop["orders"]} == set(desk.orders)
    assert set(desk.countdowns) == {SECONDS}
    assert "stopping everything" in err


def test_the_bot_is_killed_and_no_cancel_is_taken(processes: Processes, desk: KrakenDesk) -> None:
    """The countdown that was left running cancels instead, and the watchdog, which goes on looking, proves it."""
    desk.refuses = "CancelOrder"
    processes.kill("bot")
    processes.until(lambda: desk.seen.count("CancelOrder") >= 2)
    desk.run_out()
    code, out, err = processes.ended("watchdog")
    told = {order["order_id"]: order["final"] for stop in json.loads(out)["accounts"] for order in stop["orders"]}
    assert (code, told) == (0, dict.fromkeys(desk.orders, True)), err
    assert desk.countdowns[-1] == SECONDS
    assert processes.still_open == []


def test_both_are_killed(processes: Processes, desk: KrakenDesk) -> None:
    """As by a machine that dies: the exchange cancels everything by itself."""
    for name in ("watchdog", "bot"):
        processes.kill(name)
    assert len(processes.still_open) == 2
    desk.run_out()
    assert processes.still_open == []
    assert desk.seen.count("CancelOrder") == 0


def test_a_goodbye_takes_the_countdown_off_and_cancels_nothing(processes: Processes, desk: KrakenDesk) -> None:
    """The countdown is taken off, and nothing is canceled, then and when the watchdog is ended."""
    processes.ended("bot", signal.SIGTERM)
    processes.until(lambda: desk.countdowns[-1] == 0)
    code, out, _ = processes.ended("watchdog", signal.SIGTERM)
    assert (code, out) == (143, "")
    assert len(processes.still_open) == 2
    assert desk.ends_at is None
