"""``hk-adapter kill``: what it cancels, what it tells, and that only a complete stop ends in 0."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from hk_adapter import Venue, connect
from hk_adapter.cli import interruption
from hk_adapter.cli.command import command
from hk_adapter.cli.kill_output import Known, shown_progress
from hk_adapter.fleet import StopProgress
from hk_adapter.simulator import Simulator, serve
from hk_adapter.simulator.server import Served
from hk_adapter.venue import per_key
from tests.cli.conftest import Invoke

Start = Callable[..., "subprocess.Popen[str]"]

KEYS = {"desk-1": ("key-of-1", "secret-of-1"), "desk-2": ("key-of-2", "secret-of-2")}
TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for what may still arrive, and between two tries: over sockets all time is real."""
    monkeypatch.setattr("hk_adapter.fleet.arrivals.LAG", 0.05)
    monkeypatch.setattr("hk_adapter.fleet.stop_account.FIRST_PAUSE", 0.02)
    monkeypatch.setattr("hk_adapter.execution.open_orders._PAUSE", 0.01)
    monkeypatch.setattr("hk_adapter.venues.hashkey.plugin.DEFAULT_RECV_WINDOW", 50)


@pytest.fixture
def exchange() -> Iterator[Served]:
    """Serve a venue that has two accounts."""
    with serve(simulator=Simulator(api_key=KEYS["desk-1"][0], secret=KEYS["desk-1"][1])) as server:
        server.control.open_account(*KEYS["desk-2"])
        yield server


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a profile for each account."""
    file = tmp_path / "config.toml"
    head = 'venue = "hashkey"\nenvironment = "sandbox"\nsettings.rate_limits = "2026"\n'
    text = [
        f'[profiles.{name}]\n{head}api_key = "{key}"\nsecret = "{secret}"\n' for name, (key, secret) in KEYS.items()
    ]
    file.write_text("".join(text))
    file.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(file))
    return file


@pytest.fixture
def desks(exchange: Served) -> Iterator[list[Venue]]:
    """Let an order rest on each account."""
    opened = [
        connect("hashkey", environment="sandbox", base_url=exchange.url, api_key=key, secret=secret, budget="unlimited")
        for key, secret in KEYS.values()
    ]
    for number, desk in enumerate(opened):
        desk.create_order(*TERMS, client_order_id=f"order-{number}")
    per_key._by_key.clear()  # the command is a process of its own, which has placed nothing
    yield opened
    for desk in opened:
        desk.close()


@pytest.fixture
def kill(invoke: Invoke, exchange: Served, profiles: Path) -> Invoke:
    """Run ``kill`` against the served venue."""
    return lambda *arguments: invoke("kill", "--base-url", exchange.url, *arguments)


def still_open(exchange: Served) -> list[str]:
    """Return the client ids of the orders on the book."""
    return [order.client_order_id for order in exchange.control.orders() if order.status == "NEW"]


def test_everything_of_every_profile(kill: Invoke, exchange: Served, desks: list[Venue]) -> None:
    """A table with a row an account goes to stdout, a line an account to stderr, and the exit code is 0."""
    result = kill("--every-profile", "--yes")
    assert (result.exit_code, still_open(exchange)) == (0, [])
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["account", "venue", "found", "late", "proven", "seconds"]
    assert [line.split()[:5] for line in lines[1:3]] == [[name, "hashkey", "1", "0", "1"] for name in KEYS]
    assert lines[3] == "complete: 2 of 2 orders proven off the book, 2 of 2 accounts complete"
    assert sorted(result.stderr.splitlines()) == [f"{name}: 1 of 1 proven off the book" for name in KEYS]


def test_json_is_one_object_with_a_report_an_order(kill: Invoke, exchange: Served, desks: list[Venue]) -> None:
    """One object on one line, with a report an order."""
    result = kill("--profile", "desk-2", "--yes", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stdout.count("\n"), still_open(exchange)) == (0, 1, ["order-0"])
    assert (told["complete"], told["creates_blocked"], told["block_error"]) == (True, True, None)
    [account] = told["accounts"]
    assert (account["account"], account["venue"], account["complete"], account["error"]) == (
        "desk-2",
        "hashkey",
        True,
        None,
    )
    [order] = account["orders"]
    assert (order["final"], order["late"], order["report"]["outcome"]) == (True, False, "canceled")
    assert order["order"]["client_order_id"] == "order-1"


def test_what_is_not_complete(kill: Invoke, exchange: Served, desks: list[Venue], profiles: Path) -> None:
    """A revoked key and a profile that cannot be used end in 6, by name and with the reason; the rest is done."""
    exchange.control.keys.disable("key-of-1")
    profiles.write_text(profiles.read_text() + "[profiles.odd]\nenvironment = 'sandbox'\n")
    result = kill("--every-profile", "--yes", "--json")
    told = {one["account"]: one for one in json.loads(result.stdout)["accounts"]}
    assert (result.exit_code, still_open(exchange)) == (6, ["order-0"])
    assert {name: one["complete"] for name, one in told.items()} == {"desk-1": False, "desk-2": True, "odd": False}
    assert told["desk-1"]["error"]["type"] == "AuthenticationError"
    assert "does not say which venue" in told["odd"]["error"]["message"]
    again = kill("--every-profile", "--yes")
    assert "NOT COMPLETE: could not be listed: AuthenticationError" in again.stdout
    assert "NOT COMPLETE: 0 of 0 orders" in again.stdout.splitlines()[-1]
    unlisted = "its open orders could not be listed; 0 of 0 proven off the book"
    assert {f"desk-1: {unlisted}", "desk-2: 0 of 0 proven off the book", f"odd: {unlisted}"} <= set(
        again.stderr.splitlines()
    )


@pytest.mark.parametrize("name", ["büro", "東京", "two words", "tab\\there"])
def test_profiles_of_any_name(kill: Invoke, exchange: Served, desks: list[Venue], profiles: Path, name: str) -> None:
    """A name of another script is an account's; one that can be none is told, and keeps no other from being stopped."""
    profiles.write_text(profiles.read_text().replace("[profiles.desk-2]", f'[profiles."{name}"]'))
    result = kill("--every-profile", "--yes", "--json")
    told = json.loads(result.stdout)
    usable = "tab" not in name
    assert (result.exit_code, still_open(exchange)) == ((0, []) if usable else (6, ["order-1"]))
    assert [one["complete"] for one in told["accounts"]] == [True, usable]
    assert told["accounts"][1]["account"] == (name if usable else repr("tab\there"))


def test_a_named_profile_that_says_no_venue(kill: Invoke, exchange: Served, desks: list[Venue], profiles: Path) -> None:
    """Beside --venue it may be meant, too: it is told, and the stop is not complete."""
    text = profiles.read_text().partition("[profiles.desk-2]")
    profiles.write_text("".join(text[:2]) + text[2].replace("venue =", "settings.venue =", 1))
    named = ("--profile", "desk-1", "--profile", "desk-2")
    result = kill(*named, "--venue", "hashkey", "--yes")
    assert (result.exit_code, still_open(exchange)) == (6, ["order-1"])
    assert "profile 'desk-2' does not say which venue it is for" in result.stdout


def test_a_dry_run(kill: Invoke, exchange: Served, desks: list[Venue], tmp_path: Path) -> None:
    """It shows each order that would be canceled, sends only reads, puts up no block, and ends in 0."""
    exchange.control.requests.clear()
    result = kill("--every-profile", "--dry-run", "--block-file", str(tmp_path / "stop"))
    assert (result.exit_code, still_open(exchange)) == (0, ["order-0", "order-1"])
    assert {request.method for request in exchange.control.requests} == {"GET"}
    assert "(order-0) ETH/USD buy 0.1 at 1000: would be canceled" in result.stdout
    assert result.stdout.splitlines()[-1] == "dry run: 2 orders would be canceled; 2 of 2 accounts were listed"
    assert sorted(result.stderr.splitlines()) == [f"{name}: 1 found open" for name in KEYS]
    assert not (tmp_path / "stop").exists()


def test_a_wrapper_for_all(kill: Invoke, exchange: Served, desks: list[Venue]) -> None:
    """--plugin stands around the calls of every account: dry_run lets no cancel out, and the stop is not complete."""
    exchange.control.requests.clear()
    began = time.monotonic()
    result = kill("--every-profile", "--yes", "--plugin", "dry_run")
    assert time.monotonic() - began < 60, "what is denied is not repeated until the time of 120 s is over"
    assert result.stdout.count("NOT COMPLETE: OrderDenied: 1 orders stay open, and no repeat would change why") == 2
    assert (result.exit_code, still_open(exchange)) == (6, ["order-0", "order-1"])
    assert {request.method for request in exchange.control.requests} == {"GET"}
    assert "not_sent" in result.stdout


def test_it_asks_first(exchange: Served, profiles: Path, desks: list[Venue], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --yes it lists and asks; no is no, in code 5, and where nobody can be asked nothing is done."""
    where = ("kill", "--base-url", exchange.url, "--every-profile")

    def answered(text: str, terminal: bool) -> tuple[int, str]:
        monkeypatch.setattr("hk_adapter.cli.kill.is_anybody_there", lambda: terminal)
        result = CliRunner().invoke(command, where, input=text, prog_name="hk-adapter")
        return result.exit_code, result.stdout

    assert answered("", terminal=False) == (2, "")
    code, shown = answered("n\n", terminal=True)
    assert (code, len(still_open(exchange))) == (5, 2)
    assert "2 orders would be canceled" in shown
    assert "dry run" not in shown
    # The end of the input is no answer; the runner of click 8.2.0 gives an empty line for it, which is a no.
    assert answered("", terminal=True)[0] in {130, 5}
    assert len(still_open(exchange)) == 2
    assert answered("y\n", terminal=True)[0] == 0
    assert still_open(exchange) == []


def test_the_block_file(kill: Invoke, exchange: Served, desks: list[Venue], tmp_path: Path) -> None:
    """It is there afterwards, for others to heed; --no-block leaves it alone."""
    path = tmp_path / "stop"
    assert kill("--profile", "desk-1", "--yes", "--block-file", str(path), "--no-block").exit_code == 0
    assert not path.exists()
    assert kill("--profile", "desk-1", "--yes", "--block-file", str(path)).exit_code == 0
    assert "by hk-adapter kill" in path.read_text()


@pytest.mark.parametrize("place", ["option", "empty option", "variable", "a profile's wrapper"])
def test_a_block_file_that_cannot_be_put_up(
    kill: Invoke, exchange: Served, desks: list[Venue], profiles: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is named, everything is canceled all the same; the file's fault is told, in code 6."""
    path = "" if place == "empty option" else "/nonexistent/dir/stop"
    named = ("--block-file", path) if "option" in place else ()
    if place != "option":
        monkeypatch.setenv("HK_ADAPTER_CREATE_BLOCK", "/nonexistent/dir/stop")
    if place == "a profile's wrapper":
        profiles.write_text(profiles.read_text().replace("settings.", 'plugins = ["create_block"]\nsettings.'))
    result = kill("--every-profile", "--yes", *named)
    assert (result.exit_code, still_open(exchange)) == (6, [])
    told = result.stdout.splitlines()[-1]
    assert told.startswith(
        "NOT COMPLETE: 2 of 2 orders proven off the book, 2 of 2 accounts complete; the create block"
    )
    assert kill("--every-profile", "--yes", "--no-block", *named).exit_code == 0  # it is not to be put up


def test_the_profiles_key_comes_first(
    kill: Invoke, exchange: Served, desks: list[Venue], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment does not stand in for those of all profiles; without a profile it is the account's."""
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", KEYS["desk-1"][0])
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", KEYS["desk-1"][1])
    assert kill("--profile", "desk-2", "--yes").exit_code == 0
    assert still_open(exchange) == ["order-0"]
    monkeypatch.setenv("HK_ADAPTER_PROFILE", "desk-2")  # which comes last, as for every command
    assert kill("--venue", "hashkey", "--environment", "sandbox", "--yes").exit_code == 0
    assert still_open(exchange) == []


@pytest.mark.parametrize(
    "arguments",
    [(), ("--venue", "hashkey"), ("--profile", "none"), ("--every-profile", "--profile", "desk-1"),
     ("--profile", "desk-1", "--venue", "ccxt:kraken"), ("--every-profile", "--environment", "production"),
     ("--profile", "desk-1", "--timeout", "0"), ("--every-profile", "--symbol", "ETHUSD"),
     ("--every-profile", "--budget", "unlimited"),
     ("--every-profile", "--plugin", "nosuch"), ("--every-profile", "--base-url", "http://example.com"),
     ("--venue", "nosuch", "--environment", "sandbox"), ("--profile", "desk-1", "--environment", "production"),
     ("--venue", "hashkey", "--venue", "ccxt:kraken", "--environment", "sandbox")],
    ids=" ".join,
)  # fmt: skip
def test_nothing_is_sent_where_it_is_open_which_accounts_are_meant(
    kill: Invoke, exchange: Served, desks: list[Venue], arguments: tuple[str, ...]
) -> None:
    """Where it is open which accounts are meant, nothing is sent, in code 2."""
    exchange.control.requests.clear()
    result = kill(*arguments, "--yes")
    assert (result.exit_code, result.stdout, exchange.control.requests) == (2, "", [])
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("url", ["http://:canary@10.0.0.5/0", "10.0.0.5:6379", "unlimited", ""])
def test_a_budget_that_is_no_redis(kill: Invoke, desks: list[Venue], url: str) -> None:
    """It is refused with an example of what is taken, and not shown."""
    result = kill("--every-profile", "--yes", "--budget", url)
    assert result.exit_code == 2
    assert "--budget must be the URL of a Redis, such as redis://localhost/0" in result.stderr
    assert "canary" not in result.stderr


def test_a_side_in_capitals(kill: Invoke, exchange: Served, desks: list[Venue]) -> None:
    """Who is in a hurry writes it as the venue does; the call takes it in any case, too."""
    result = kill("--every-profile", "--yes", "--side", "SELL")
    assert result.exit_code == 0
    assert len(still_open(exchange)) == len(desks)


def test_a_simulator_has_to_be_served(invoke: Invoke, profiles: Path) -> None:
    """An empty simulator of the command's own is no stop: without --base-url it is refused as wrong usage."""
    for accounts in (("--venue", "hashkey"), ("--every-profile",), ("--profile", "desk-1")):
        text = profiles.read_text().replace("sandbox", "simulator")
        profiles.write_text(text)
        for how in ("--yes", "--dry-run"):
            result = invoke("kill", *accounts, "--environment", "simulator", how)
            assert (result.exit_code, result.stdout) == (2, "")
            assert "simulator needs --base-url" in result.stderr


def test_what_is_wrong_comes_before_the_question(invoke: Invoke, profiles: Path) -> None:
    """Where nobody can be asked, wrong arguments are told first."""
    assert "name accounts by" in invoke("kill").stderr
    assert "name accounts by" in invoke("kill", "--venue", "hashkey").stderr
    assert "unified symbol" in invoke("kill", "--every-profile", "--symbol", "FOO").stderr
    two = invoke("kill", "--venue", "hashkey", "--venue", "ccxt:kraken", "--environment", "sandbox")
    assert "one --venue; two are given" in two.stderr


def test_one_profile_of_another_environment(kill: Invoke, exchange: Served, desks: list[Venue], profiles: Path) -> None:
    """It is told beside the others, which are stopped."""
    head, mark, rest = profiles.read_text().partition("[profiles.desk-2]")
    profiles.write_text(head + mark + rest.replace("sandbox", "simulator"))
    result = kill("--profile", "desk-1", "--profile", "desk-2", "--environment", "sandbox", "--yes")
    assert (result.exit_code, still_open(exchange)) == (6, ["order-1"])
    assert "is for environment 'simulator', not 'sandbox'" in result.stdout


def test_what_was_typed_before_the_list_answers_nothing(
    start: Start, exchange: Served, profiles: Path, desks: list[Venue]
) -> None:
    """A ``y`` that was meant for something else confirms no list that nobody has seen."""
    typed, terminal = os.openpty()
    os.write(typed, b"y\n")
    process = start(
        "kill", "--every-profile", "--base-url", exchange.url, HK_ADAPTER_CONFIG=str(profiles), stdin=terminal
    )
    shown = ""
    while not shown.endswith("[y/N]:") and (letter := process.stderr.read(1)):
        shown += letter
    os.write(typed, b"n\n")
    assert process.wait(60) == 5
    assert len(still_open(exchange)) == 2
    os.close(typed)
    os.close(terminal)


@pytest.mark.parametrize("sent", [False, True])
def test_what_an_interrupt_tells_of_what_was_sent(sent: bool) -> None:
    """That something may have been sent is said where a cancel may have left, and not where none did."""
    known = Known(["a", "b"], sends=True)
    known.learn(StopProgress(account="a", found=3, sent=sent))
    told = interruption._state.known
    assert ("what else was sent is unknown" in told, "no cancel was sent" in told) == (sent, not sent)


def test_a_terminal_shows_each_account_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a venue has answered anything: one that cannot be reached would be two minutes of nothing."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown_progress(["desk-1", "desk-2"], Known(["desk-1", "desk-2"], sends=True)):
        assert terminal.shown.wait(20)
    assert "desk-1" in terminal.getvalue()


class Terminal(StringIO):
    """What is written to it is shown once the second account is."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = threading.Event()

    def isatty(self) -> bool:
        """So it says."""
        return True

    def write(self, text: str) -> int:
        """Keep it, and look for the account."""
        written = super().write(text)
        if "desk-2" in text:
            self.shown.set()
        return written


def test_ctrl_c_tells_what_is_known(start: Start, exchange: Served, profiles: Path, desks: list[Venue]) -> None:
    """One line counts what is proven and what was found, and claims no more; nothing is on stdout, the code is 130."""
    exchange.control.fail_next("stall", method="DELETE", times=100)
    process = start(
        "kill", "--every-profile", "--yes", "--base-url", exchange.url, "--json", HK_ADAPTER_CONFIG=str(profiles)
    )
    end = time.monotonic() + 20
    while not any(one.method == "DELETE" for one in exchange.control.requests) and time.monotonic() < end:
        threading.Event().wait(0.005)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.count("\n")) == (130, "", 1)
    assert "0 of 2 accounts are done; what else was sent is unknown" in err
    assert re.search("0 of [12] orders that were found are proven", err)
    assert os.path.exists(profiles)


def test_a_stop_of_no_usable_account(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key there is nothing that could be stopped: wrong usage, and not an unknown end."""
    result = invoke("kill", "--venue", "hashkey", "--environment", "production", "--yes")
    assert (result.exit_code, "needs an API key" in result.stdout + result.stderr) == (2, True)
