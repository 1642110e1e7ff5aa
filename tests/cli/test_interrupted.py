"""Ctrl-C during a cancel: what was sent is unknown, and that is what is said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import hk_adapter
from hk_adapter.simulator.server import Served

Start = Callable[..., "subprocess.Popen[str]"]


def _arrived(served: Served, method: str) -> bool:
    """Wait until a request has arrived at the venue; False after a generous while."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if any(request.method == method for request in served.control.requests):
            return True
        threading.Event().wait(0.005)
    return False


def test_ctrl_c_says_that_the_outcome_is_unknown(start: Start, served: Served, order_id: str) -> None:
    """Ctrl-C after the cancel was sent ends in 130 with one line that claims nothing, and no report."""
    served.control.fail_next("stall", method="DELETE", acted=True)
    where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
    process = start("cancel", order_id, *where, "--json", "--timeout", "60")
    assert _arrived(served, "DELETE")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err.count("\n") == 1
    assert "what was sent is unknown" in err
    assert order_id in err


def test_ctrl_c_sends_nothing_more(start: Start, served: Served, order_id: str) -> None:
    """An abandoned cancel is neither repeated nor looked into."""
    served.control.fail_next("stall", method="DELETE")
    where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
    process = start("cancel", order_id, *where, "--timeout", "60")
    assert _arrived(served, "DELETE")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert [request.method for request in served.control.requests] == ["POST", "DELETE"]


def test_ctrl_c_elsewhere_is_no_traceback(invoke: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that Ctrl-C ends says so in one line and ends in 130."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hk_adapter.cli.venues.list_venues", interrupted)
    result = invoke("venues")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "hk-adapter: interrupted\n")


PROJECT = tomllib.loads((Path(hk_adapter.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
COMMAND = PROJECT["project"]["scripts"]["hk-adapter"]
STARTED = """
import importlib, os, signal, sys
module, _, function = {command!r}.partition(":")
class Interrupts:
    def find_spec(self, name, *_):
        if name == {during!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupts())
getattr(importlib.import_module(module), function)()
"""
"""Starts as pip's script does, and presses Ctrl-C when a module of ours is about to be imported."""


@pytest.mark.parametrize("during", ["hk_adapter", "hk_adapter.errors", "hk_adapter.cli", "click"])
def test_ctrl_c_while_the_package_is_imported(start: Start, during: str) -> None:
    """One line and 130, however early it comes."""
    process = start("venues", code=STARTED.format(command=COMMAND, during=during))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "hk-adapter: interrupted\n")


def test_ctrl_c_while_python_ends(start: Start) -> None:
    """Once the command has ended, Ctrl-C ends what is left at once, and leaves no traceback."""
    late = "import atexit, os, signal; atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))"
    process = start("venues", code=late + STARTED.format(command=COMMAND, during=None))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, "hashkey" in out, err) == (-signal.SIGINT, True, "")


LOST = """
class Gone:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(3))
class Loses:
    def find_spec(self, name, *_):
        if name == {during!r}:
            Gone()
import os, signal, sys
sys.meta_path.insert(0, Loses())
"""
"""Presses Ctrl-C where Python loses the exception that it makes of it."""


@pytest.mark.parametrize("during", ["hk_adapter.errors", "click"])
def test_ctrl_c_in_a_destructor_while_the_package_is_imported(start: Start, during: str) -> None:
    """It ends the command there too: none is lost, so that the command would go on."""
    process = start("venues", code=LOST.format(during=during) + STARTED.format(command=COMMAND, during=None))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "hk-adapter: interrupted\n")


@pytest.mark.parametrize("during", [None, "click"])
def test_ctrl_c_that_is_ignored_stays_ignored(start: Start, during: str | None) -> None:
    """A shell that runs it in the background lets it ignore Ctrl-C, from its first moment to its last."""
    code = """
import atexit, os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
"""
    process = start("venues", code=code + STARTED.format(command=COMMAND, during=during))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, "hashkey" in out, err) == (0, True, "")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not tell of processes by files")
def test_ctrl_c_during_a_campaign_of_several_processes() -> None:
    """A terminal tells all of them of it at once: the one that began answers, in a line, and the others say nothing."""
    code = "import sys; from hk_adapter.cli import main; sys.stderr.write('begun\\n'); sys.stderr.flush(); main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "campaign", "--cancels", "1000000", "--jobs", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "begun\n"
        while not _children_of(process.pid):
            threading.Event().wait(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err) == (130, "hk-adapter: interrupted\n")


def _children_of(process: int) -> str:
    return Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
