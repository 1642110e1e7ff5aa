"""``hk-adapter recover``: lists what was in flight, settles what is proven, and says whether anything is left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from hk_adapter import connect, wraps_flow
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator.server import Served

Invoke = Callable[..., Result]


class CtrlC:
    """Ctrl-C before a cancel or a create is sent."""

    @wraps_flow
    async def create_order(self, flow: Any) -> Any:
        """Be interrupted."""
        signal.raise_signal(signal.SIGINT)

    @wraps_flow
    async def cancel_order(self, flow: Any, request: Any) -> Any:
        """Be interrupted."""
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def path(tmp_path: Path, served: Served, order_id: str) -> Path:
    """Give a journal with one cancel that was cut off before it was sent."""
    file = tmp_path / "journal.sqlite"
    plugins = [Journal(file, cancel_patience=20), CtrlC]
    with (
        connect("hashkey", environment="simulator", base_url=served.url, plugins=plugins) as venue,
        pytest.raises(KeyboardInterrupt),
    ):
        venue.cancel_order(order_id)
    return file


@pytest.fixture
def recover(invoke: Invoke, served: Served, path: Path) -> Invoke:
    """Run ``recover`` against the simulated venue."""

    def run(*arguments: str) -> Result:
        where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
        return invoke("recover", *where, "--journal", str(path), *arguments)

    return run


def test_what_is_proven_is_settled(recover: Invoke, order_id: str, served: Served) -> None:
    """An order that has ended is told as settled, ends in 0, and is in flight no more."""
    served.control.fill(order_id, "1")
    result = recover()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("settled ")
    for words in (order_id, "too_late_filled", "closed, 1 filled"):
        assert words in result.stdout
    assert recover().stdout == "nothing is in flight\n"


def test_what_is_not_proven_ends_in_6(recover: Invoke, order_id: str, served: Served) -> None:
    """An order that is still open stays in flight, and nothing was canceled."""
    result = recover()
    assert result.exit_code == 6
    assert result.stdout.startswith("in flight ")
    assert served.control.order(order_id).status == "NEW"


def test_a_create_that_is_not_found_is_told_so(invoke: Invoke, served: Served, tmp_path: Path) -> None:
    """It was looked for, and that it was not found proves nothing; --list-only, which looks nowhere, says less."""
    file = tmp_path / "creates.sqlite"
    place: dict[str, Any] = {"environment": "simulator", "base_url": served.url, "plugins": [Journal(file), CtrlC]}
    with connect("hashkey", **place) as venue, pytest.raises(KeyboardInterrupt):
        venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url, "--journal", str(file))
    said = "; the venue shows no such order, which proves nothing ["
    assert said in invoke("recover", *where).stdout
    assert said not in invoke("recover", *where, "--list-only").stdout


def test_what_may_be_under_way_is_told_so(invoke: Invoke, served: Served, tmp_path: Path, order_id: str) -> None:
    """A call of a process that lives is not looked into, and the line says what to do."""
    file = tmp_path / "of-another.sqlite"
    program = f"""
import sys
from hk_adapter import connect
from hk_adapter.plugins.journal import Journal
journal = Journal({str(file)!r}, cancel_patience=20)
with connect("hashkey", environment="simulator", base_url={served.url!r}, plugins=[journal]) as venue:
    venue.try_cancel({order_id!r}, timeout=1.5)
    print("done", flush=True)
    sys.stdin.read()
"""
    served.control.fail_next("cut", method="DELETE")
    served.control.fail_next("stall", method="GET", times=9)
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], **pipes) as bot:
        try:
            assert bot.stdout is not None
            assert bot.stdout.readline() == "done\n"
            where = ("--venue", "hashkey", "--environment", "simulator", "--base-url", served.url)
            result = invoke("recover", *where, "--journal", str(file))
        finally:
            bot.kill()
    assert result.exit_code == 6
    assert result.stdout.startswith("running ")
    assert "its call may still be under way: look again later [" in result.stdout


def test_resend_cancels_anew(recover: Invoke, order_id: str, served: Served) -> None:
    """--resend cancels what is still open, and ends in 0."""
    assert recover("--resend").exit_code == 0
    assert served.control.order(order_id).status == "CANCELED"


def test_list_only_asks_nobody(invoke: Invoke, path: Path, order_id: str, served: Served) -> None:
    """--list-only needs no keys and no venue, sends nothing and settles nothing."""
    asked = len(served.control.requests)
    where = ("--venue", "hashkey", "--environment", "simulator", "--journal", str(path))
    for _ in range(2):
        result = invoke("recover", *where, "--list-only")
        assert result.exit_code == 6
        assert f"{order_id}: 1 request may have left; " in result.stdout
    assert len(served.control.requests) == asked
    other = invoke("recover", "--venue", "hashkey", "--environment", "sandbox", "--journal", str(path), "--list-only")
    assert (other.exit_code, other.stdout) == (0, "nothing is in flight\n")


def test_json_has_the_promised_keys(recover: Invoke, order_id: str, served: Served) -> None:
    """--json prints one list; each item tells its entry and what is known now."""
    served.control.fill(order_id, "1")
    result = recover("--json")
    (item,) = json.loads(result.stdout)
    assert set(item) == {"settled", "entry", "outcome", "order", "error"}
    assert (item["settled"], item["outcome"], item["error"]) == (True, "too_late_filled", None)
    assert (item["entry"]["order_id"], item["entry"]["operation"]) == (order_id, "cancel_order")
    assert item["order"]["filled"] == "1"
    assert recover("--json").stdout == "[]\n"


def test_the_path_comes_from_the_environment(
    invoke: Invoke, path: Path, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --journal it is HK_ADAPTER_JOURNAL."""
    monkeypatch.setenv("HK_ADAPTER_JOURNAL", str(path))
    result = invoke("recover", "--venue", "hashkey", "--environment", "simulator", "--list-only")
    assert order_id in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--journal", "no/such/file", "--list-only"),
        ("--list-only", "--resend"),
        ("--base-url", "http://exchange.example"),
        (),
    ],
    ids=" ".join,
)
def test_what_cannot_be_used_ends_in_2(arguments: tuple[str, ...], invoke: Invoke, path: Path) -> None:
    """A missing journal, options that contradict each other and unusable hosts end in 2, and make no file."""
    given = arguments if "--journal" in arguments else ("--journal", str(path), *arguments)
    result = invoke("recover", "--venue", "hashkey", "--environment", "simulator", *given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()
    assert not Path("no").exists()


def test_a_file_that_is_no_journal_ends_in_2(recover: Invoke, path: Path) -> None:
    """Its error is one line that names the file."""
    for file in path.parent.glob("journal.sqlite*"):
        file.unlink()
    path.write_bytes(b"this is no database " * 500)
    result = recover()
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert str(path) in result.stderr


def test_a_journal_that_cannot_be_looked_at(invoke: Invoke, tmp_path: Path) -> None:
    """It is not told as one that is not there: a file may be behind what stands in the way."""
    where = ("--venue", "hashkey", "--environment", "sandbox", "--list-only", "--journal")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop", tmp_path / ("x" * 300)):
        result = invoke("recover", *where, str(path))
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert f"the journal {path} cannot be read: " in result.stderr
    result = invoke("recover", *where, str(tmp_path / "none"))
    assert "there is no journal" in result.stderr
    assert result.stderr.endswith(". See: hk-adapter recover --help\n")
