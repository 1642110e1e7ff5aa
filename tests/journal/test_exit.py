"""The interpreter's exit: a cancel that is made then is journalled, or goes out without its entry, and never hangs."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import hk_adapter

Look = Callable[[str], list[dict[str, Any]]]

ROOT = Path(hk_adapter.__file__).parents[1]

BEGIN = """
import asyncio, atexit, sys, threading
import hk_adapter
from hk_adapter.plugins.journal import Journal

path, used = sys.argv[1], sys.argv[2] == "used"
journal = Journal(path, cancel_patience=5)
plain = hk_adapter.connect("hashkey", environment="simulator", budget="unlimited")
order_id = plain.create_order("ETH/USD", "limit", "buy", "1", "1900").id
venue = hk_adapter.connect("hashkey", environment="simulator", plugins=[journal], budget="unlimited")

def cancel(order_id="1"):
    report = venue.try_cancel(order_id, timeout=15)
    print(report.outcome, flush=True)

if used:
    venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
"""

EXITS = {
    "atexit": "atexit.register(cancel)",
    "__del__": """
class Bot:
    def __del__(self):
        cancel()
bot = Bot()
""",
    "__del__ in a cycle": """
class Bot:
    def __init__(self):
        self.itself = self
    def __del__(self):
        cancel()
bot = Bot()
""",
    "__del__ of a builtin's": """
import builtins
class Bot:
    def __del__(self, cancel=cancel):
        cancel()
builtins.bot = Bot()
""",
    "a late thread": """
def late():
    threading.main_thread().join()
    cancel()
threading.Thread(target=late).start()
""",
    "asyncio": """
async def main():
    async with hk_adapter.connect_async("hashkey", environment="simulator", plugins=[journal]) as venue:
        report = await venue.try_cancel("1", timeout=15)
        print(report.outcome, flush=True)
atexit.register(lambda: asyncio.run(main()))
""",
}


@pytest.mark.parametrize(
    ("how", "used"), [*((how, "used") for how in EXITS), ("atexit", "new"), ("__del__", "new"), ("asyncio", "new")]
)
def test_a_cancel_at_exit_is_in_the_journal(path: Path, look: Look, how: str, used: str) -> None:
    """Whether the journal was used before or not, a cancel made while the program ends is sent and written."""
    command = [sys.executable, "-W", "error", "-c", BEGIN + EXITS[how], str(path), used]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=25, check=False)
    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", "not_found\n")
    assert [(row["state"], row["outcome"]) for row in look("operations") if row["name"] == "cancel_order"] == [
        ("settled", "not_found")
    ]


def test_a_file_that_is_held_at_exit_is_not_waited_for(path: Path) -> None:
    """Another program's lock costs a cancel at exit its patience and no more, and the cancel goes out."""
    code = BEGIN.replace("cancel_patience=5", "cancel_patience=0.1") + EXITS["__del__"]
    process = subprocess.Popen(
        [sys.executable, "-c", code + "\nprint('made', flush=True)\nsys.stdin.readline()", str(path), "used"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "made\n"
    with process, closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        out, errors = process.communicate("go\n", timeout=25)
        assert (process.returncode, out) == (0, "not_found\n")
        assert "not fully in the journal" in errors
        holder.execute("ROLLBACK")


def test_the_file_is_closed_at_exit(path: Path) -> None:
    """After a program's end the journal is one file again, without what SQLite keeps beside it."""
    command = [sys.executable, "-W", "error", "-c", BEGIN, str(path), "used"]
    subprocess.run(command, cwd=ROOT, timeout=25, check=True)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
