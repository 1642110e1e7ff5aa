"""``hk-adapter cancel`` at a venue that cannot be opened: always a report, in a code that says nothing was sent."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace

import pytest

from hk_adapter.simulator import serve
from hk_adapter.simulator.server import Served
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, KrakenDesk
from tests.lateness import on_time

CliRunner = pytest.importorskip("click.testing").CliRunner
command = pytest.importorskip("hk_adapter.cli.command").command

At = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def cancel_at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Run ``cancel`` for Kraken at an address; its code, stdout and stderr."""
    monkeypatch.setenv("HK_ADAPTER_CCXT_KRAKEN_API_KEY", API_KEY)
    monkeypatch.setenv("HK_ADAPTER_CCXT_KRAKEN_SECRET", SECRET)

    def run(url: str, *more: str) -> tuple[int, str, str]:
        where = ("--venue", "ccxt:kraken", "--symbol", "ETH/USD", "--environment", "production", "--base-url", url)
        result = CliRunner(catch_exceptions=False).invoke(command, ("cancel", "1", *where, *more))
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def elsewhere() -> object:
    """Serve another venue, which answers each path of Kraken's with a page of HTML."""
    with serve() as server:
        yield server


@pytest.fixture
def nowhere() -> str:
    """Name an address at which nobody listens."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


def test_markets_that_cannot_be_loaded_are_a_cancel_that_was_not_sent(cancel_at: At, elsewhere: Served) -> None:
    """One object on stdout, code 5, and no page of HTML in the line."""
    code, out, err = cancel_at(elsewhere.url, "--json")
    report = json.loads(out)
    assert (code, out.count("\n"), err.count("\n")) == (5, 1, 1)
    assert (report["outcome"], report["attempts"], report["error"]["type"]) == ("not_sent", 0, "NotSent")
    assert "could not be opened: kraken" in err
    assert "<" not in out + err


def test_an_address_where_nobody_listens_is_a_venue_that_is_down(cancel_at: At, nowhere: str) -> None:
    """As it is for a venue that loads nothing first."""
    code, out, err = cancel_at(nowhere, "--json")
    report = json.loads(out)
    assert (code, report["outcome"], report["attempts"]) == (5, "venue_down", 0)
    assert "no connection could be opened" in err


def test_in_words_too(cancel_at: At, nowhere: str) -> None:
    """Without ``--json`` the same is told in words."""
    code, out, _ = cancel_at(nowhere)
    assert (code, out.startswith("venue_down: ")) == (5, True)


def test_opening_the_venue_is_part_of_the_time(cancel_at: At, kraken: KrakenDesk) -> None:
    """Where the list of markets does not come, ``--timeout`` bounds that too, and the report tells what it took."""
    kraken.faults = {"AssetPairs": "stall"}
    with on_time(0.5, tolerance=2.0):  # of its default of 10 s
        code, out, _ = cancel_at(kraken.url, "--timeout", "0.5", "--json")
    report = json.loads(out)
    assert (code, report["outcome"], report["attempts"]) == (5, "not_sent", 0)
    assert report["elapsed"] >= 0.5
    assert "CancelOrder" not in kraken.seen


def test_what_loading_ccxt_took_is_not_left_for_the_markets(
    cancel_at: At, kraken: KrakenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--timeout`` is for all of it: ccxt alone is loaded for seconds where a machine is slow."""
    kraken.faults = {"Assets": "stall", "AssetPairs": "stall"}
    monkeypatch.setattr("hk_adapter.venue.connect_for.time", SimpleNamespace(monotonic=iter((0.0, 59.8)).__next__))
    with on_time(0.2, tolerance=5.0):  # and not 60 s
        code, out, _ = cancel_at(kraken.url, "--timeout", "1m", "--json")
    assert (code, json.loads(out)["outcome"]) == (5, "not_sent")


def test_wrong_settings_stay_code_2(cancel_at: At, nowhere: str) -> None:
    """What is to be mended first has no report: stdout is empty."""
    code, out, _ = cancel_at(nowhere, "--set", "no_such=1", "--json")
    assert (code, out) == (2, "")
