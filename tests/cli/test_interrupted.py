"""Ctrl-C during a cancel: what was sent is unknown, and that is what is said."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest
from click.testing import Result

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
