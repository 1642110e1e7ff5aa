"""The watchdog keeps the venues' countdowns running while a bot is watched, and takes them off at its goodbye."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hk_adapter.cli.command import command
from hk_adapter.errors import AdapterError
from hk_adapter.fleet import PoolAccount, VenuePool
from hk_adapter.fleet.countdown import Countdown
from hk_adapter.fleet.watchdog import Post, Watchdog
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, KrakenDesk, opened_desk

pytest.importorskip("ccxt")
pytestmark = pytest.mark.block_network(allowed_hosts=["watchdog", "127.0.0.1"])
PATIENT = 30.0
Told = list[tuple[str, AdapterError | None]]


@pytest.fixture
def desk() -> Iterator[KrakenDesk]:
    """An exchange that has one."""
    with opened_desk() as opened:
        yield opened


@pytest.fixture
def pool(desk: KrakenDesk) -> Iterator[VenuePool]:
    """An account there, and one at a venue that has none."""
    options = {"base_url": desk.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1}
    members = [PoolAccount("theirs", "ccxt:kraken", **options), PoolAccount("own", "hashkey", environment="simulator")]
    with VenuePool(members) as opened:
        yield opened


@pytest.fixture
def told() -> Told:
    """What was told of countdowns that are not as they should be."""
    return []


@pytest.fixture
def countdown(pool: VenuePool, told: Told) -> Iterator[Countdown]:
    """Keep them at a second, so that they are set anew three times in it."""
    made = Countdown(pool, 1.0, lambda account, fault: told.append((account, fault)))
    made.begin()
    yield made
    made.leave_running()


def until(holds: Callable[[], bool]) -> None:
    """Look until something holds."""
    end = time.monotonic() + PATIENT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_it_runs_while_somebody_is_watched(countdown: Countdown, desk: KrakenDesk, told: Told) -> None:
    """It is set anew again and again, taken off at a goodbye, and not touched before and after."""
    countdown.watches(False)
    countdown.watches(True)
    until(lambda: len(desk.countdowns) >= 2)
    countdown.watches(False)
    until(lambda: desk.countdowns[-1] == 0)
    countdown.take_off()
    assert set(desk.countdowns[:-1]) == {1}
    assert desk.countdowns.count(0) == 1
    assert told == []


def test_who_stops_watching_takes_it_off(countdown: Countdown, desk: KrakenDesk) -> None:
    """As a watchdog that is ended by SIGTERM; a stop leaves it running."""
    countdown.watches(True)
    until(lambda: bool(desk.countdowns))
    countdown.take_off()
    assert desk.countdowns[-1] == 0


def test_one_that_cannot_be_set_is_told(countdown: Countdown, desk: KrakenDesk, told: Told) -> None:
    """It is tried again, and told once more when it is as it should be."""
    desk.faults["CancelAllOrdersAfter"] = (200, b'{"error": ["EGeneral:Permission denied"]}')
    countdown.watches(True)
    until(lambda: len(told) >= 2)
    assert [(account, fault is None) for account, fault in told] == [("theirs", False), ("theirs", True)]


def test_a_bot_and_its_watchdog(
    countdown: Countdown, desk: KrakenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its first beat to its goodbye; the next bot's death ends the watch, and leaves it running."""
    monkeypatch.chdir(tmp_path)
    post = Post(Path("watchdog"))
    post.take()
    watch = Watchdog(Path("watchdog"), post, 60.0, tell=countdown.watches)
    ended: list[str] = []
    thread = threading.Thread(target=lambda: ended.append(watch.until_silent()), daemon=True)
    thread.start()
    until(Path("watchdog").exists)
    assert desk.countdowns == []
    for last_word in (b"q", b""):
        with socket.socket(socket.AF_UNIX) as bot:
            until(lambda bot=bot: bot.connect_ex("watchdog") == 0)
            before = len(desk.countdowns)
            bot.send(b"b")
            until(lambda before=before: len(desk.countdowns) > before)
            bot.send(last_word)
            if last_word:
                until(lambda: desk.countdowns[-1] == 0)
    thread.join(PATIENT)
    assert ended == ["the bot ended without a goodbye"]
    assert desk.countdowns[-1] == 1
    post.close()


def test_hashkey_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watchdog that is to keep one does not begin where no venue has any."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", DEFAULT_API_KEY)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", DEFAULT_SECRET)
    where = ["--venue", "hashkey", "--environment", "sandbox", "--base-url", "http://127.0.0.1:9"]
    how = ["--timeout", "1s", "--socket", "watchdog", "--countdown", "30s"]
    result = CliRunner(catch_exceptions=False).invoke(command, ["watchdog", *where, *how], prog_name="hk-adapter")
    assert result.exit_code == 2
    assert "none of these venues has a countdown of its own" in result.stderr
