"""Several processes, threads and forks on one file; what still runs is left alone."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter
from hk_adapter import Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.journal.processes import Owner, begin, end, may_run, this_process
from hk_adapter.simulator.server import Served

Look = Callable[[str], list[dict[str, Any]]]
Open = Callable[..., Venue]

ROOT = Path(hk_adapter.__file__).parents[1]

MANY_CANCELS = """
import sys, hk_adapter
from hk_adapter.plugins.journal import Journal
journal = Journal(sys.argv[1], cancel_patience=20)
with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited") as venue:
    for _ in range(25):
        venue.cancel_order(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id)
"""

ONE_CANCEL = """
import sys, hk_adapter
from hk_adapter.plugins.journal import Journal
path, url, order_id = sys.argv[1:]
journal = Journal(path, cancel_patience=20)
with hk_adapter.connect("hashkey", environment="simulator", base_url=url, plugins=[journal]) as venue:
    venue.cancel_order(order_id, timeout=60)
"""


def _start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_two_processes_share_one_journal(path: Path, look: Look) -> None:
    """Processes that write at the same time, from an empty directory on, lose nothing and fail at nothing."""
    processes = [_start(MANY_CANCELS, path) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    rows = look("operations")
    assert len(rows) == 100
    assert {row["state"] for row in rows} == {"settled"}
    assert len({row["pid"] for row in rows}) == 2


def test_threads_share_one_journal(venue: Venue, other: Venue, look: Look) -> None:
    """Threads of one connection write side by side."""
    ids = [str(other.create_order("ETH/USD", "limit", "buy", "1", "1900").id) for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(venue.cancel_order, ids))
    assert {(row["order_id"], row["state"]) for row in look("operations")} == {(one, "settled") for one in ids}


def test_a_call_under_way_elsewhere_is_left_alone(
    opened: Open, path: Path, journal: Journal, served: Served, order_id: str
) -> None:
    """While its process lives an entry is listed as running, and neither looked up nor settled; killed, it is."""
    served.control.fail_next("stall", method="DELETE", acted=True)
    process = _start(ONE_CANCEL, path, served.url, order_id)
    try:
        _wait_for(served, "DELETE")
        venue = opened(journal)
        (found,) = venue.recover()
        assert (found.entry.running, found.settled, found.entry.order_id) == (True, False, order_id)
        assert "GET" not in [request.method for request in served.control.requests]
    finally:
        process.kill()
        process.communicate()
    (found,) = venue.recover()
    assert (found.entry.running, found.settled) == (False, True)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs fork, and to see open files")
def test_a_forked_child_writes_too(path: Path) -> None:
    """A journal that was open before a fork works in the child, as another process with a file of its own."""
    code = """
import os, sys, hk_adapter
from pathlib import Path
from hk_adapter.plugins.journal import Journal
journal = Journal(sys.argv[1], cancel_patience=20)
with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited") as venue:
    ids = [venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id for _ in range(2)]
    venue.cancel_order(ids[0])
    child = os.fork()
    if child == 0:
        files = [file for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
        assert "journal.sqlite" not in " ".join(os.readlink(file) for file in files if file.exists())
        venue.cancel_order(ids[1])
        os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, path]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT state, pid FROM operations WHERE name = 'cancel_order'"
        (first, second) = connection.execute(query).fetchall()
    assert first[0] == second[0] == "settled"
    assert first[1] != second[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forks_while_threads_write_lose_nothing(path: Path) -> None:
    """Children forked off while the parent writes have files of their own; all entries of all are there."""
    code = """
import os, sys, threading, hk_adapter
from hk_adapter.plugins.journal import Journal
journal = Journal(sys.argv[1], cancel_patience=20)
def trade(count):
    with hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited") as venue:
        for _ in range(count):
            venue.cancel_order(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id)
trade(1)
threads = [threading.Thread(target=trade, args=(40,)) for _ in range(2)]
for thread in threads:
    thread.start()
children = []
for _ in range(6):
    child = os.fork()
    if child == 0:
        try:
            trade(3)
            os._exit(0)
        finally:
            os._exit(1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
for thread in threads:
    thread.join()
sys.exit(any(codes))
"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, path]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=25, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    with closing(sqlite3.connect(path)) as connection:
        states = connection.execute("SELECT state FROM operations").fetchall()
        (intact,) = connection.execute("PRAGMA integrity_check").fetchone()
        owners = connection.execute("SELECT count(DISTINCT token), count(DISTINCT pid) FROM operations").fetchone()
    assert intact == "ok"
    assert states == [("settled",)] * 2 * (1 + 2 * 40 + 6 * 3)
    assert owners == (7, 7)


def test_a_call_of_the_parent_is_not_the_childs(journal: Journal) -> None:
    """What was under way when a process was forked off is not under way in the child."""
    code = """
import os, sys
from hk_adapter.plugins.journal.processes import Owner, begin, may_run, this_process
mine = this_process()
begin("call")
child = os.fork()
if child == 0:
    other = this_process()
    same_pid = Owner(mine.host, other.pid, mine.token)
    wrong = other.token == mine.token or may_run("call", other, 2000, 1000) or may_run("call", same_pid, 2000, 1000)
    os._exit(wrong or not may_run("call", mine, 2000, 1000))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=True)


@pytest.fixture
def started_again() -> Owner:
    """Name a process that had the pid of one that lives: our parent, which was not started after us."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("needs /proc")
    random, boot, tick = this_process().token.split(" ")
    return Owner(this_process().host, os.getppid(), f"{random} {boot} {int(tick) + 1}")


def test_a_pid_that_is_used_again_is_another_process(started_again: Owner) -> None:
    """Whatever the clock was set to, a call of the process that had the pid before is not under way."""
    day = 86_400_000
    assert not may_run("call", started_again, until=day + 2000, now=1000, started=day)
    assert not may_run("call", started_again, until=2000, now=1000)


def test_another_boot_is_another_process(started_again: Owner) -> None:
    """A pid and a tick say nothing across a restart of the machine."""
    random, _, tick = this_process().token.split(" ")
    assert not may_run("call", Owner(this_process().host, os.getppid(), f"{random} {'0' * 36} {tick}"), 2000, 1000)


def test_a_clock_that_was_set_back_keeps_no_call_under_way() -> None:
    """A call that began in what is the future now is not under way, where nobody can be asked but the clock."""
    elsewhere = Owner("another host", 1, "token")
    assert not may_run("call", elsewhere, until=86_400_000 + 2000, now=1000, started=86_400_000)


def test_a_process_that_nobody_has_waited_for_has_ended() -> None:
    """A killed process whose parent is slow to notice runs nothing."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("needs /proc")
    process = subprocess.Popen(
        [sys.executable, "-c", "from hk_adapter.plugins.journal.processes import *; print(this_process().token)"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    token = process.stdout.readline().strip()
    process.stdout.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    try:
        assert not may_run("call", Owner(this_process().host, process.pid, token), until=2000, now=1000)
    finally:
        process.wait()


def test_the_time_limit_decides_where_no_process_can_be_asked() -> None:
    """On another machine or in another container a call may run until its time limit and some grace have passed."""
    elsewhere = Owner("another host", os.getpid(), "token")
    assert may_run("call", elsewhere, until=1000, now=999)
    assert not may_run("call", elsewhere, until=1000, now=1000)


def test_a_dead_process_runs_nothing(ended_pid: int) -> None:
    """An entry of a process of this machine that is gone can be settled at once."""
    assert not may_run("call", Owner(this_process().host, ended_pid, "token"), until=2000, now=1000)


def test_a_living_pid_may_be_another_process() -> None:
    """A pid that lives protects an entry only within the call's time limit: it may be somebody else's by now."""
    parent = Owner(this_process().host, os.getppid(), "token")
    assert may_run("call", parent, until=2000, now=1000)
    assert not may_run("call", parent, until=2000, now=3000)


def test_our_own_pid_with_another_token_is_dead() -> None:
    """A process that had our pid before us is gone, as after every restart of a container."""
    assert not may_run("call", Owner(this_process().host, os.getpid(), "earlier"), until=2000, now=1000)


def test_our_own_calls_are_known() -> None:
    """In this process exactly the calls under way are running, however long they take."""
    begin("call")
    assert may_run("call", this_process(), until=0, now=1000)
    end("call")
    assert not may_run("call", this_process(), until=2000, now=1000)


def test_the_owner_names_this_machine() -> None:
    """Machines are told apart by their names."""
    assert this_process().host.startswith(socket.gethostname())


@pytest.fixture
def ended_pid() -> int:
    """Give the pid of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _wait_for(served: Served, method: str) -> None:
    arrived = threading.Event()
    for _ in range(4000):
        if any(request.method == method for request in served.control.requests):
            return
        arrived.wait(0.005)
    raise AssertionError(f"no {method} arrived")
