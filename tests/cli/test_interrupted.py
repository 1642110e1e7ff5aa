"""Ctrl-C during a cancel: what was sent is unknown, and that is what is said."""

from __future__ import annotations

import json
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
from hk_adapter.ccxt_facade.autoload_install import enable
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served

Start = Callable[..., "subprocess.Popen[str]"]

RUN_MAIN = "from hk_adapter.cli import main; main()"


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


PRESSED = """
import os, signal
def press(number=signal.SIGINT):
    os.kill(os.getpid(), number)
    sum(range(3))
"""
"""Presses Ctrl-C, or sends another signal, wherever it is called."""


def _cancel(start: Start, served: Served, order_id: str, code: str, *options: str) -> tuple[int, str, str]:
    """Run a cancel in a process that runs ``code`` first; give its code, and what it wrote."""
    where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
    process = start("cancel", order_id, *where, *options, code=f"{PRESSED}{code}\n{RUN_MAIN}")
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


OPENING = """
from hk_adapter.cli import cancel
cancel.connect_for = lambda *_, **__: press()
"""


def test_before_the_venue_is_open_none_was_sent(start: Start, served: Served, order_id: str) -> None:
    """What is known then is told: opening a venue may take a while, and sends no cancel."""
    line = f"hk-adapter: interrupted: no cancel of order {order_id} was sent\n"
    assert _cancel(start, served, order_id, OPENING) == (130, "", line)
    assert [request.method for request in served.control.requests] == ["POST"]


CLOSING = """
from hk_adapter import Venue
closed = Venue.close
def close(venue):
    press({signal})
    closed(venue)
Venue.close = close
"""


@pytest.mark.parametrize(("signal", "said", "code"), [("2", "interrupted", 130), ("15", "terminated", 143)])
def test_what_is_known_by_then_is_told(
    start: Start, served: Served, order_id: str, signal: str, said: str, code: int
) -> None:
    """A signal between the cancel's end and its report costs the report, and not what the cancel came to."""
    ended = _cancel(start, served, order_id, CLOSING.format(signal=signal), "--json")
    line = f"hk-adapter: {said}: of order {order_id} is known: canceled, proven off the book; nothing was filled\n"
    assert ended == (code, "", line)


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_a_report_that_is_being_told_is_told(start: Start, served: Served, order_id: str, signal: str) -> None:
    """From there on a signal changes nothing: a code that speaks of no report would be wrong."""
    code = f"""
from hk_adapter.cli import cancel
told = cancel.plain
cancel.plain = lambda report: press(signal.{signal}) or told(report)
"""
    returned, out, err = _cancel(start, served, order_id, code, "--json")
    assert (returned, json.loads(out)["outcome"], err) == (0, "canceled", "")


@pytest.mark.parametrize(("number", "word"), [(signal.SIGTERM, "terminated"), (signal.SIGHUP, "hung up")])
def test_another_end_says_that_the_outcome_is_unknown(
    start: Start, served: Served, order_id: str, number: signal.Signals, word: str
) -> None:
    """As Ctrl-C: so ``timeout`` ends a command that takes too long, and a terminal that is closed all that it has."""
    served.control.fail_next("stall", method="DELETE", acted=True)
    where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
    process = start("cancel", order_id, *where, "--timeout", "60")
    assert _arrived(served, "DELETE")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    said = f"{word}: what was sent is unknown; order {order_id} may or may not be canceled, ask the venue"
    assert (process.returncode, out, err) == (128 + number, "", f"hk-adapter: {said}\n")


def test_under_nohup_a_hangup_ends_nothing(start: Start, served: Served, order_id: str) -> None:
    """What is ignored when the command begins stays ignored."""
    code = CLOSING.format(signal="signal.SIGHUP") + "signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    returned, out, err = _cancel(start, served, order_id, code, "--json")
    assert (returned, json.loads(out)["outcome"], err) == (0, "canceled", "")


def test_two_hangups_are_one(start: Start, served: Served, order_id: str) -> None:
    """The kernel and the shell each send one when a terminal is closed: what ends the command ends it as ever."""
    code = """
from hk_adapter import Venue
def try_cancel(*_, **__):
    try:
        press(signal.SIGHUP)
    finally:
        press(signal.SIGHUP)
        print("put away", flush=True)
Venue.try_cancel = try_cancel
"""
    returned, out, err = _cancel(start, served, order_id, code)
    assert (returned, out, "hung up" in err) == (129, "put away\n", True)


def test_a_second_ctrl_c_ends_what_hangs(start: Start, served: Served, order_id: str) -> None:
    """Whatever the first one met that goes on all the same, the second ends the process, and the line is told."""
    code = """
import threading
from hk_adapter import Venue
def try_cancel(*_, **__):
    try:
        press()
    finally:
        try:
            press()
        except BaseException:
            threading.Event().wait()
Venue.try_cancel = try_cancel
"""
    returned, out, err = _cancel(start, served, order_id, code)
    assert (returned, out, err.count("\n")) == (130, "", 1)
    assert "what was sent is unknown" in err


LOST_AT_WORK = """
from hk_adapter.cli import venues
class Gone:
    def __del__(self):
        press()
venues.list_venues = lambda: Gone() and []
"""
WITHIN_CLICK = """
import click
left = click.Context.__exit__
def leave(context, *error):
    if context.parent is None:
        press()
    return left(context, *error)
click.Context.__exit__ = leave
"""


@pytest.mark.parametrize("code", [LOST_AT_WORK, WITHIN_CLICK], ids=["in a destructor", "within click"])
def test_ctrl_c_is_one_line_wherever_it_strikes(start: Start, code: str) -> None:
    """Also where Python drops the exception that it makes, and where click would answer with an empty line."""
    process = start("venues", code=f"{PRESSED}{code}\n{RUN_MAIN}")
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "hk-adapter: interrupted\n")


@pytest.mark.parametrize(
    ("options", "told"), [((), "in the journal still"), (("--resend",), "what was sent is unknown")]
)
def test_ctrl_c_in_a_recovery(
    start: Start, served: Served, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    """It tells where the rest is found, and with --resend that cancels may have gone out."""
    path = tmp_path / "journal.db"
    journal = Journal(path, cancel_patience=20)
    with hk_adapter.connect("hashkey", environment="simulator", base_url=served.url, plugins=[journal]) as venue:
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    code = "from hk_adapter import Venue; Venue.recover = lambda *_, **__: press()"
    where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url, "--journal", str(path))
    process = start("recover", *where, *options, code=f"{PRESSED}{code}\n{RUN_MAIN}")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.count("\n")) == (130, "", 1)
    assert told in err
    assert "run it again" in err


HALF_WRITTEN = """
from pathlib import Path
written = Path.write_text
def write_text(path, text, **more):
    written(path, text[:9], **more)
    Path.write_text = written
    {struck}
    written(path, text, **more)
Path.write_text = write_text
"""


@pytest.mark.parametrize(("struck", "code"), [("press()", 0), ("os._exit(9)", 9)])
def test_files_of_ccxt_enable_are_whole(start: Start, tmp_path: Path, struck: str, code: int) -> None:
    """Every Python of the environment reads them: Ctrl-C waits for their end, and a kill leaves those of before."""
    enable(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    half = f"{PRESSED}{HALF_WRITTEN.format(struck=struck)}\n{RUN_MAIN}"
    process = start("ccxt", "enable", "--directory", str(tmp_path), code=half)
    _, err = process.communicate(timeout=20)
    after = {path.name: path.read_text() for path in tmp_path.iterdir() if path.name in before}
    assert (process.returncode, after, err) == (code, before, "")


STRUCK_EARLY = """
import os, signal
from multiprocessing import resource_tracker
from hk_adapter.testing.campaign.workers import in_workers
register = resource_tracker.register
def struck(*named):
    register(*named)
    os.kill(os.getpid(), signal.SIGINT)
resource_tracker.register = struck
if __name__ == "__main__":
    try:
        list(in_workers(abs, [1, 2], 2))
    except KeyboardInterrupt:
        print("struck")
"""


def test_ctrl_c_while_processes_begin_leaves_nothing() -> None:
    """It waits until they are there: no semaphore, of which Python complains at its end, is left of half a pool."""
    ended = subprocess.run([sys.executable, "-c", STRUCK_EARLY], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "struck\n", "")


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
            assert process.poll() is None, process.stderr.read()
            threading.Event().wait(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err) == (130, "hk-adapter: interrupted\n")


def _children_of(process: int) -> str:
    return Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")


WORKING = """
import multiprocessing, os, signal, threading, time
from hk_adapter.testing.campaign.workers import in_workers
def end():
    while len(multiprocessing.active_children()) < 2:
        time.sleep(0.005)
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    os.kill(os.getpid(), signal.{how})
if __name__ == "__main__":
    threading.Thread(target=end, daemon=True).start()
    list(in_workers(time.sleep, [60, 60], 2))
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not tell of processes by files")
@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_processes_of_a_campaign_end_with_it(start: Start, how: str) -> None:
    """Whatever ends the one that began them: none is left to wait for work."""
    process = start(code=WORKING.format(how=how))
    assert process.stdout is not None
    begun = [int(pid) for pid in process.stdout.readline().split()]
    assert process.wait(timeout=20) == -getattr(signal, how)
    try:
        end = time.monotonic() + 10
        while (left := [pid for pid in begun if _is_alive(pid)]) and time.monotonic() < end:
            threading.Event().wait(0.01)
        assert (len(begun), left) == (2, [])
    finally:
        for pid in filter(_is_alive, begun):
            os.kill(pid, signal.SIGKILL)


def _is_alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
