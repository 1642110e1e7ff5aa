"""Ctrl-C at any line of a call leaves the venue usable: the next cancel comes to a right report in time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.interrupts.scenes import SCENES
from tests.interrupts.strikes import FOUND, MODE, PARTS, VARIABLE
from tests.interrupts.striking import Hangs, watchdog

ROOT = Path(__file__).parents[2]
FEW = MODE == "few"
LONGEST = 60.0 if FEW else 3600.0
"""Seconds after which the whole of it hangs."""
TRIES = 4
"""Python 3.11 itself breaks at times where a traced call is interrupted thousands of times ("'tuple' object is not
callable", in the standard library), and may hang then: such a process says nothing of us, and another one is started.
What is ours hangs each time."""
INSTALLED = [name for name in SCENES if name != "ccxt" or find_spec("ccxt")]


@pytest.mark.parametrize("scenes", [INSTALLED] if FEW else [[name] for name in INSTALLED], ids=" ".join)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_next_cancel_is_right(scenes: list[str], part: int) -> None:
    """Whatever line of ours or of a library is struck: no lock, no connection and no place stays taken.

    The calls of both facades, those of the class for ccxt, and a simulator in process.
    """
    _check(part, scenes)


def test_a_cancel_is_struck_at_each_of_its_lines() -> None:
    """Ctrl-C while a single order is canceled stays Ctrl-C, whatever is cleaned up on its way out."""
    _check(0, ["cancel_order"], "once")


def _check(part: int, scenes: list[str], mode: str = MODE) -> None:
    for _ in range(TRIES):
        done = _struck(part, scenes, mode)
        if done.returncode in {0, FOUND}:
            break
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr


def _struck(part: int, scenes: list[str], mode: str) -> subprocess.CompletedProcess[str]:
    """Strike in a process of its own; one that hangs is ended, and says -1."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.interrupts.strikes", str(part), *scenes]
    surroundings = os.environ | {VARIABLE: mode}
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            out, err = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return subprocess.CompletedProcess(command, -1, out, f"{err}\nhung for {LONGEST:g} s")
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def test_a_hang_is_a_failure() -> None:
    """The watchdog breaks off what waits for a lock that nobody gives back, and lets the suite go on."""
    lock = threading.Lock()
    lock.acquire()
    with pytest.raises(Hangs), watchdog(0.05):
        lock.acquire()
