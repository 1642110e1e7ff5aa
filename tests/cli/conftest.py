"""The command in process and as a process of its own, and a simulated venue for it to reach over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hk_adapter
from hk_adapter import Venue
from hk_adapter.cli.command import command
from hk_adapter.simulator import serve
from hk_adapter.simulator.server import Served

RUN_MAIN = "from hk_adapter.cli import main; main()"

Invoke = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's keys, profiles and plugins out of every test."""
    for name in [name for name in os.environ if name.startswith(("HK_ADAPTER_", "XDG_CONFIG_HOME"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def invoke() -> Invoke:
    """Run the command in process with arguments; an exception that it lets through fails the test."""

    def run(*arguments: str) -> Result:
        return CliRunner(catch_exceptions=False).invoke(command, arguments, prog_name="hk-adapter")

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command as a process in an empty home, warnings being errors; it is killed if it outlives the test."""
    running: list[subprocess.Popen[str]] = []

    def run(
        *arguments: str, code: str = RUN_MAIN, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=Path(hk_adapter.__file__).parents[1],
            env={"PATH": "", "HOME": "", "PYTHONUTF8": "1"} | environment,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fresh simulated venue."""
    with serve() as server:
        yield server


@pytest.fixture
def venue(served: Served) -> Iterator[Venue]:
    """Open the simulated venue, to place orders with."""
    with hk_adapter.connect("hashkey", environment="simulator", base_url=served.url) as opened:
        yield opened


@pytest.fixture
def order_id(venue: Venue) -> str:
    """Let an order rest: a buy of 1 ETH at 1900 USD."""
    placed = venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-1").id
    assert placed is not None
    return placed


@pytest.fixture
def cancel(invoke: Invoke, served: Served) -> Invoke:
    """Run ``cancel`` against the simulated venue."""

    def run(*arguments: str) -> Result:
        where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
        return invoke("cancel", *arguments, *where)

    return run
