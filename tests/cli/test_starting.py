"""How the command starts: lightly, with its version, and with one helpful line where the extra is missing."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import Result

from hk_adapter.simulator.server import Served

Start = Callable[..., "subprocess.Popen[str]"]

WITHOUT = "import sys; sys.modules[{name!r}] = None; from hk_adapter.cli import main; main()"


@pytest.mark.parametrize(("missing", "arguments"), [("click", ("venues",)), ("click", ()), ("rich", ("demo",))])
def test_a_missing_extra_is_one_line(missing: str, arguments: tuple[str, ...], start: Start) -> None:
    """Without click or rich one line on stderr names the pip command that adds them, and the code is 2."""
    process = start(*arguments, code=WITHOUT.format(name=missing))
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert err.count("\n") == 1
    assert missing in err
    assert "pip install 'hk-adapter[cli]'" in err


def test_rich_is_only_for_the_demo(start: Start) -> None:
    """What needs no table works without rich."""
    process = start("venues", code=WITHOUT.format(name="rich"))
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "hashkey" in out


def test_another_missing_module_is_not_blamed_on_the_extra(start: Start) -> None:
    """A module that the extra does not bring is no reason to install it."""
    process = start("venues", code=WITHOUT.format(name="pluggy"))
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "hk-adapter[cli]" not in err


def test_the_commands_module_runs_it() -> None:
    """``python -m`` of the command's module runs it: it did nothing, and ended in 0, a proven cancel."""
    command = [sys.executable, "-m", "hk_adapter_command", "cancel", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hk-adapter: Missing option '--venue'")


def test_importing_the_command_is_light(start: Start) -> None:
    """Importing hk_adapter.cli, and running a light command, loads neither ccxt, aiohttp nor rich."""
    code = """
import sys
import hk_adapter.cli
import hk_adapter.cli.command
print([name for name in ("ccxt", "aiohttp", "rich") if name in sys.modules])
"""
    out, err = start(code=code).communicate(timeout=20)
    assert (out, err) == ("[]\n", "")


def test_the_version_is_the_distributions(invoke: Callable[..., Result]) -> None:
    """--version prints the installed version."""
    result = invoke("--version")
    assert result.exit_code == 0
    assert result.stdout.split()[-1] == metadata.version("hk-adapter")


@pytest.mark.parametrize("arguments", [("venues",), ("simulator", "--port", "0")], ids=lambda one: one[0])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_output_that_cannot_be_written_is_one_line(arguments: tuple[str, ...]) -> None:
    """A full disk behind the output is told in one line that blames nothing else, and the code says that it failed."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from hk_adapter.cli import main; main()", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=20,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("hk-adapter: the output cannot be written: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="this system has no such shell")
def test_a_closed_output_is_no_success() -> None:
    """Where nothing can be told, nothing is done: the command says so, and ends in 2."""
    run = [sys.executable, "-c", "from hk_adapter.cli import main; main()", "venues"]
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *run], stderr=subprocess.PIPE, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("hk-adapter: stdout is closed")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("no-such",), "no-such"),
        (("simulator", "--port", "x"), "'x'"),
        (("cancel", "7"), "--venue"),
        (("--no",), "--no"),
    ],
    ids=str,
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], told: str, invoke: Callable[..., Result]) -> None:
    """It names what is wrong, and the help that tells more."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert told in result.stderr
    assert "--help" in result.stderr


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="this system has no such shell")
@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full", "<&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("kill", "--yes"), 0), (("cancel", "{order}"), 0), (("cancel", "7" * 19), 4), (("nope",), 2)],
    ids=lambda one: one[0] if isinstance(one, tuple) else str(one),
)
def test_work_is_done_where_nobody_takes_its_complaints(
    arguments: tuple[str, ...], code: int, where: str, served: Served, order_id: str
) -> None:
    """A kill switch, or a cancel, does not end for want of a stderr, and its code is the one of what it came to."""
    if "full" in where and not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    venue = () if code == 2 else ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
    run = [sys.executable, "-c", "from hk_adapter.cli import main; main()", *arguments, *venue]
    run = [one.replace("{order}", order_id) for one in run]
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {where}', "sh", *run], stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    off_the_book = served.control.order(order_id).status == "CANCELED"
    assert (done.returncode, off_the_book) == (code, code == 0)


@pytest.mark.skipif(not hasattr(select, "poll"), reason="this system has no such way to ask whether a pipe is full")
@pytest.mark.parametrize("waits", [True, False], ids=["waits", "does not wait"])
@pytest.mark.parametrize(
    "arguments", [("kill", "--yes"), ("cancel", "{order}", "--timeout", "1")], ids=lambda one: one[0]
)
def test_work_is_done_where_nobody_reads_its_complaints(
    arguments: tuple[str, ...], waits: bool, served: Served, order_id: str
) -> None:
    """A pipe that is full, as of a supervisor that has stopped reading, holds up neither the work nor its report."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    for piece in (b"x" * 4096, b"x"):
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(write, piece)
    os.set_blocking(write, waits)
    if arguments[0] == "cancel":
        served.control.fail_next("cut", times=20, acted=True)  # a doubt, of which the log has a line
    venue = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
    run = [sys.executable, "-c", "from hk_adapter.cli import main; main()", *arguments, *venue]
    try:
        done = subprocess.run(
            [one.replace("{order}", order_id) for one in run],
            stdout=subprocess.PIPE,
            stderr=write,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(read)
        os.close(write)
    told, code = ("complete: 1 of 1", 0) if arguments[0] == "kill" else ("unknown", 6)
    assert (told in done.stdout, done.returncode) == (True, code)


@pytest.mark.skipif(os.name != "posix", reason="a pipe that does not wait is of these systems")
def test_a_reader_that_is_slow_gets_all() -> None:
    """Also by a pipe that does not wait for him, of which Python drops what is not taken at once, and ends in 0."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    code = "from hk_adapter.cli.stdout import let_stdout_tell as tell; tell(); print('x' * 300_000)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=write) as process:
        os.close(write)
        got = b""
        while data := os.read(read, 4096):
            got += data
        os.close(read)
    assert (process.returncode, len(got)) == (0, 300_001)
