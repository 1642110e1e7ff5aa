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
from hk_adapter.plugins.journal.owner import Owner, begin, end, may_run, this_process
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
