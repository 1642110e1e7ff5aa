"""``hk-adapter watchdog``: it stops everything when a bot's beats end, once, and ends as ``kill`` does."""

from __future__ import annotations

import errno
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.fleet.watchdog import Post
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.simulator.server import Served
from tests.cli.conftest import Invoke
from tests.shared_budget.conftest import served_redis

pytestmark = pytest.mark.block_network(allowed_hosts=["watchdog", "127.0.0.1"])
PATIENT = 30.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wait less for what may still arrive; a socket's path may have no more than a hundred bytes."""
    monkeypatch.setattr("hk_adapter.fleet.arrivals.LAG", 0.05)
    monkeypatch.setattr("hk_adapter.fleet.stop_account.FIRST_PAUSE", 0.02)
    monkeypatch.setattr("hk_adapter.venues.hashkey.plugin.DEFAULT_RECV_WINDOW", 50)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", DEFAULT_API_KEY)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", DEFAULT_SECRET)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def watchdog(invoke: Invoke, served: Served) -> Invoke:
    """Run ``watchdog`` for the served account."""
    where = ("--venue", "hashkey", "--environment", "sandbox", "--base-url", served.url, "--socket", "watchdog")
    return lambda *arguments: invoke("watchdog", *where, *arguments)


@pytest.fixture
def resting(served: Served) -> Iterator[str]:
    """Let an order rest."""
    with hk.connect("hashkey", environment="sandbox", base_url=served.url, budget="unlimited") as bot:
        bot.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine-1")
        yield "mine-1"


def still_open(served: Served) -> list[str]:
    """Return the client ids of the orders on the book."""
    return [order.client_order_id for order in served.control.orders() if order.status == "NEW"]


def until(holds: Callable[[], bool]) -> None:
    """Look until something holds."""
    end = time.monotonic() + PATIENT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.fixture
def bot() -> Iterator[Callable[[bytes], None]]:
    """Say something as a bot, as soon as there is a watchdog, and go on living."""
    made = socket.socket(socket.AF_UNIX)

    def say(said: bytes) -> None:
        until(Path("watchdog").exists)
        until(lambda: made.connect_ex("watchdog") == 0)
        made.send(said)

    yield lambda said: threading.Thread(target=say, args=(said,), daemon=True).start()
    made.close()


def test_a_silent_bot(watchdog: Invoke, served: Served, resting: str, bot: Callable[[bytes], None]) -> None:
    """All is canceled, as ``kill`` does it, in its words and its code; the next start says that it was so."""
    bot(b"b")
    result = watchdog("--timeout", "0.1s")
    assert (result.exit_code, still_open(served)) == (0, [])
    assert "complete: 1 of 1 orders proven off the book" in result.stdout
    assert result.stderr.splitlines()[:2] == [
        "hk-adapter: watches at watchdog from a bot's first beat on; a silence of 0.1 s stops hashkey",
        "hk-adapter: the bot was silent for 0.1 s: stopping everything",
    ]
    again = watchdog("--timeout", "0.1s")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "stopped already" in again.stderr


def test_what_cannot_be_proven_ends_in_6(
    watchdog: Invoke, served: Served, resting: str, bot: Callable[[bytes], None]
) -> None:
    """What cannot be proven ends in 6."""
    served.control.fail_next("stall", method="DELETE", times=100)
    bot(b"b")
    result = watchdog("--timeout", "0.1s", "--stop-timeout", "0.3", "--json")
    assert (result.exit_code, json.loads(result.stdout)["complete"]) == (6, False)
    assert Path("watchdog.lock").read_text() == "stopped 6\n"


@pytest.mark.parametrize("step", ["pwrite", "fsync"])
def test_a_disk_that_takes_nothing(
    watchdog: Invoke,
    served: Served,
    resting: str,
    bot: Callable[[bytes], None],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    """All is canceled when the bot falls silent, whatever cannot be written for another watchdog."""

    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"hk_adapter.fleet.watchdog.os.{step}", full)
    bot(b"b")
    result = watchdog("--timeout", "0.1s")
    assert (result.exit_code, still_open(served)) == (0, [])
    assert "cannot be written (No space left on device)" in result.stderr


def test_one_report_of_two(watchdog: Invoke, served: Served, resting: str) -> None:
    """A second watchdog, which waited, does nothing when the first has stopped everything; it ends in its code."""
    first = Post(Path("watchdog"))
    first.take()
    results = []
    second = threading.Thread(target=lambda: results.append(watchdog("--timeout", "30s")), daemon=True)
    second.start()
    number = f":{first.path.stat().st_ino} "
    until(lambda: any("->" in one and number in one for one in Path("/proc/locks").read_text().splitlines()))
    first.write("stopped 6")
    first.close()
    second.join(PATIENT)
    [result] = results
    assert (result.exit_code, result.stdout, still_open(served)) == (6, "", [resting])
    assert "another watchdog is at watchdog: this one waits until it ends" in result.stderr


def test_the_first_died_at_it(watchdog: Invoke, served: Served, resting: str) -> None:
    """Where a watchdog ended while it stopped everything, the next one does so at once."""
    post = Post(Path("watchdog"))
    post.take()
    post.write("stopping")
    post.close()
    result = watchdog("--timeout", "30s")
    assert (result.exit_code, still_open(served)) == (0, [])


@pytest.mark.parametrize("timeout", ["0", "-1s", "30h", "nan", "2000m", "", "30sec", "1m30s"])
def test_a_time_that_is_none_is_refused_at_once(watchdog: Invoke, timeout: str) -> None:
    """A time that is none is refused before anybody is watched."""
    result = watchdog("--timeout", timeout)
    assert result.exit_code == 2
    assert "such as 30s" in result.stderr


def test_no_accounts_are_refused_at_once(invoke: Invoke) -> None:
    """It has to be said at once whose orders are meant."""
    result = invoke("watchdog", "--timeout", "30s", "--socket", "watchdog")
    assert result.exit_code == 2
    assert "name accounts by" in result.stderr


def test_what_is_at_the_sockets_place_is_left_there(watchdog: Invoke) -> None:
    """Only a socket is taken away, that of a watchdog that was killed: a mistyped path costs nobody a file."""
    Path("watchdog").write_text("precious", encoding="utf-8")
    result = watchdog("--timeout", "1s")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "something else than a socket is there" in result.stderr
    assert Path("watchdog").read_text(encoding="utf-8") == "precious"


def test_one_that_could_cancel_nothing_does_not_begin(watchdog: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, or with a block that could not be put up, it says so at once, and not at the bot's death."""
    result = watchdog("--timeout", "1s", "--block-file", "/no/such/folder/stop")
    assert (result.exit_code, "/no/such/folder/stop" in result.stderr) == (2, True)
    monkeypatch.delenv("HK_ADAPTER_HASHKEY_API_KEY")
    monkeypatch.delenv("HK_ADAPTER_HASHKEY_SECRET")
    result = watchdog("--timeout", "1s")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "needs an API key" in result.stderr
    assert not Path("watchdog").exists()


def test_a_start_that_is_refused_leaves_nothing_behind(invoke: Invoke, watchdog: Invoke) -> None:
    """No file is there that would let the next one believe in a watchdog, and the message names the option."""
    result = watchdog("--timeout", "1s", "--stop-timeout", "0")
    assert (result.exit_code, "'--stop-timeout': '0' must be a time above 0" in result.stderr) == (2, True)
    where = ("--venue", "hashkey", "--environment", "sandbox", "--base-url", "http://127.0.0.1:9", "--timeout", "1s")
    for path in ("x" * 120, "."):
        result = invoke("watchdog", *where, "--socket", path)
        assert (result.exit_code, "cannot be" in result.stderr) == (2, True)
    assert [one.name for one in Path().iterdir() if one.name.endswith(".lock")] == []


def test_a_redis_that_refuses(watchdog: Invoke, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A wrong password is told as it begins, and not as everything has to be stopped; it is in no message."""
    for server in served_redis(tmp_path_factory.mktemp("redis"), password="right"):
        result = watchdog("--timeout", "1s", "--budget", f"redis://:very-wrong@127.0.0.1:{server.port}/0")
        assert result.exit_code == 2
        assert "new orders could not be blocked by hk-adapter:create-block" in result.stderr
        assert "password" in result.stderr
        assert "very-wrong" not in result.stderr
        assert list(Path().glob("*.lock")) == []


def test_the_one_before_it_died(watchdog: Invoke, served: Served, resting: str) -> None:
    """Who watches for its bots says so; where none of them is heard again everything is stopped."""
    post = Post(Path("watchdog"))
    post.take()
    post.write("armed 1")
    post.close()
    result = watchdog("--timeout", "0.1s")
    assert (result.exit_code, still_open(served)) == (0, [])
    assert "watches at watchdog for the bots of the watchdog before it; a silence of 0.1 s stops" in result.stderr


def test_a_socket_below_the_users_home(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A variable that no shell has read may begin with ``~``; a directory that is not there is named once."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HK_ADAPTER_WATCHDOG", "~/none/watchdog")
    result = invoke("watchdog", "--timeout", "1s", "--venue", "hashkey", "--environment", "sandbox")
    assert result.exit_code == 2
    assert str(tmp_path)[:20] in result.stderr
    assert result.stderr.endswith("none/watchdog.lock' cannot be opened: there is no such directory\n")
