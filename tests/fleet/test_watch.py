"""A watchdog and the bots that it watches: who beat once has to go on, and nobody is stopped who does."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.fleet import Heartbeat
from hk_adapter.fleet.watchdog import Post, Watchdog

pytestmark = pytest.mark.block_network(allowed_hosts=["watchdog"])
PATIENT = 30.0


class Guarded:
    """A watch in a thread of its own, and what it came to."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.post = Post(path)
        self.post.take()
        self.watch = Watchdog(path, self.post, timeout)
        self.why: str | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self.why = self.watch.until_silent()

    def ended(self) -> str | None:
        """Wait until it says why."""
        self._thread.join(PATIENT)
        return self.why

    def close(self) -> None:
        """Leave the post to another."""
        if not self._closed:
            self._closed = True
            self.post.close()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the watchdog's socket is; the path may be no longer than a hundred bytes."""
    monkeypatch.chdir(tmp_path)
    return Path("watchdog")


@pytest.fixture
def guard(path: Path) -> Iterator[Callable[..., Guarded]]:
    """Begin to watch; ended by a bot's end where nothing else ended it."""
    opened: list[Guarded] = []

    def begin(timeout: float = 60.0) -> Guarded:
        opened.append(Guarded(path, timeout))
        until(path.exists)
        return opened[-1]

    yield begin
    for one in opened:
        if one.why is None:
            silent_bot(path).close()
            one.ended()
        one.close()


def until(holds: Callable[[], bool]) -> None:
    """Look until something holds."""
    end = time.monotonic() + PATIENT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def linked(path: Path) -> socket.socket:
    """Connect by hand, as soon as somebody listens: the file is there a moment before."""
    made = socket.socket(socket.AF_UNIX)
    until(lambda: made.connect_ex(str(path)) == 0)
    return made


def silent_bot(path: Path) -> socket.socket:
    """Beat once, by hand."""
    made = linked(path)
    made.send(b"b")
    return made


def test_a_bot_that_falls_silent_is_stopped(guard: Callable[..., Guarded], path: Path) -> None:
    """A bot that beat, and whose process lives, is stopped when it was silent for as long as was said."""
    watched = guard(0.1)
    began = time.monotonic()
    bot = silent_bot(path)
    assert watched.ended() == "the bot was silent for 0.1 s"
    assert time.monotonic() - began >= 0.1
    bot.close()


def test_a_loop_that_hangs(guard: Callable[..., Guarded], path: Path) -> None:
    """The heartbeat's thread beats for nobody: a bot that is alive and calls ``beat`` no more is silent."""
    watched = guard(0.2)
    with Heartbeat(path) as heart:
        heart.beat()
        assert watched.ended() == "the bot was silent for 0.2 s"


def test_a_bot_that_beats(guard: Callable[..., Guarded], path: Path) -> None:
    """It is left alone for as long as it does, and after its goodbye for ever."""
    for silence in (0.3, 3.0, 30.0):  # a machine that stood still in the first makes a bot silent
        watched = guard(silence)
        with Heartbeat(path) as heart:
            gap = longest_gap(heart, 2 * silence)
            assert watched.why is None or gap > silence / 2
        if watched.why is None:
            break
        watched.close()
    until(lambda: watched.post.state == "")
    assert watched.why is None


def longest_gap(heart: Heartbeat, seconds: float) -> float:
    """Beat for so long; return the longest time between two beats."""
    begun = last = time.monotonic()
    gap = 0.0
    while last - begun < seconds:
        heart.beat()
        time.sleep(0.01)
        now = time.monotonic()
        gap, last = max(gap, now - last), now
    return gap


@pytest.mark.parametrize("how", [ValueError, KeyboardInterrupt])
def test_a_bot_that_leaves_by_an_exception_has_ended(
    guard: Callable[..., Guarded], path: Path, how: type[BaseException]
) -> None:
    """A bot that leaves its block by one has ended without a goodbye."""
    watched = guard()

    def work() -> None:
        with Heartbeat(path) as heart:
            heart.beat()
            until(lambda: watched.post.state.startswith("armed"))
            raise how

    with pytest.raises(how):
        work()
    assert watched.ended() == "the bot ended without a goodbye"


def test_a_bot_that_is_killed(guard: Callable[..., Guarded], path: Path) -> None:
    """Its end is told by the system, at once."""
    watched = guard()
    child = os.fork()
    if child == 0:
        heart = Heartbeat(path).__enter__()
        heart.beat()
        time.sleep(PATIENT)
        os._exit(1)
    try:
        until(lambda: watched.post.state.startswith("armed"))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert watched.ended() == "the bot ended without a goodbye"


def test_the_watchdog_was_held_up(guard: Callable[..., Guarded], path: Path) -> None:
    """What beat meanwhile is read before anybody is judged."""
    post = Post(path)
    post.take()
    watch = Watchdog(path, post, 0.05)
    with watch._listening() as listener:
        watch._selector.register(listener, 1, None)
        bot = silent_bot(path)
        watch._welcome(listener)
        watch._read(watch._bots[0])
        watch._bots[0].last = time.monotonic() - 10
        bot.send(b"b")
        for key, _ in watch._selector.select(watch._patience()):
            assert watch._read(key.data) is None
        assert watch._silence() is None
        bot.close()
    post.close()


def test_a_watchdog_that_is_started_again(path: Path) -> None:
    """It knows from its file that somebody was watched: whoever does not beat again is stopped."""
    post = Post(path)
    post.take()
    post.write("armed")
    post.close()
    watched = Guarded(path, 0.1)
    assert watched.ended() == "the bot was silent for 0.1 s"
    watched.post.close()


def test_a_bot_finds_the_next_watchdog(path: Path) -> None:
    """A heartbeat reaches a watchdog that comes later, or again; until then it holds nobody up."""
    with Heartbeat(path) as heart:
        heart.beat()
        watched = Guarded(path, 60.0)
        until(lambda: watched.post.state.startswith("armed"))
    until(lambda: watched.post.state == "")
    silent_bot(path).close()
    assert watched.ended() == "the bot ended without a goodbye"
    watched.post.close()


def test_the_second_watchdog_waits_and_learns_what_the_first_came_to(path: Path) -> None:
    """One of them is on the post; the other waits, and learns what the first came to."""
    first, second = Post(path), Post(path)
    assert not first.take()
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append((second.take(), second.state)), daemon=True)
    waiting.start()
    until(lambda: waits_for(first.path))
    first.write("stopped 6")
    first.close()
    waiting.join(PATIENT)
    assert found == [(True, "stopped 6")]
    second.close()


def waits_for(file: Path) -> bool:
    """Whether somebody waits for a lock on a file."""
    number = f":{file.stat().st_ino} "
    return any("->" in line and number in line for line in Path("/proc/locks").read_text().splitlines())


def test_a_path_that_cannot_be_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot without a path, and a watchdog whose path cannot be, are told at once."""
    monkeypatch.delenv("HK_ADAPTER_WATCHDOG", raising=False)
    with pytest.raises(hk.ConfigurationError, match="HK_ADAPTER_WATCHDOG"):
        Heartbeat()
    with pytest.raises(hk.ConfigurationError, match="cannot be opened"):
        Post(tmp_path / "none" / "socket")
    post = Post(tmp_path / ("x" * 120))
    post.take()
    with pytest.raises(hk.ConfigurationError, match="cannot be"):
        Watchdog(tmp_path / ("x" * 120), post, 1.0).until_silent()
    post.close()


def test_who_speaks_another_language_is_no_bot(guard: Callable[..., Guarded], path: Path) -> None:
    """A probe that writes something and goes arms nothing, and stops nobody; nor does it hide a bot's end."""
    guarded = guard()
    with linked(path) as probe:
        probe.send(b"\xff\0GET / HTTP/1.1")
    bot = silent_bot(path)
    until(lambda: guarded.post.state.startswith("armed"))
    assert guarded.why is None
    bot.send(b"?")
    bot.close()
    assert guarded.ended() == "the bot ended without a goodbye"


@pytest.mark.parametrize("named", [5, "a" * 200, "nul\0", ".", Path("/tmp")])
def test_what_can_be_no_sockets_path(named: object) -> None:
    """It is refused as the heartbeat is made: nobody is to believe that he is watched."""
    with pytest.raises(hk.ConfigurationError, match="the watchdog's socket"):
        Heartbeat(named)  # type: ignore[arg-type]


def test_a_bot_can_ask_whether_it_is_heard(guard: Callable[..., Guarded], path: Path) -> None:
    """Not before a watchdog has taken a beat."""
    with Heartbeat(path) as heart:
        assert not heart.is_heard
        guard()
        heart.beat()
        until(lambda: heart.is_heard)
    assert not heart.is_heard


def test_it_is_heard_once_the_next_watchdog_would_know_of_it(guard: Callable[..., Guarded], path: Path) -> None:
    """A bot that waits for that before its first order is stopped whichever dies first, it or its watchdog."""
    guarded = guard()
    with Heartbeat(path) as heart:
        heart.beat()
        until(lambda: heart.is_heard)
        assert guarded.post.state == f"armed {os.getpid()}"
    assert guarded.post.state == ""


def test_who_connects_and_goes_without_a_word_is_no_bot(guard: Callable[..., Guarded], path: Path) -> None:
    """A probe of the socket stops nobody: only who beat has to say goodbye."""
    guarded = guard()
    linked(path).close()
    with Heartbeat(path) as heart:
        heart.beat()
        until(lambda: heart.is_heard or guarded.why is not None)
        until(lambda: len(guarded.watch._bots) == 1)
        assert guarded.why is None


def test_who_connected_and_never_beat_is_left_to_no_next_watchdog(guard: Callable[..., Guarded], path: Path) -> None:
    """It would wait for a beat of a probe's that nobody promised, and stop everything."""
    guarded = guard()
    with linked(path), Heartbeat(path) as heart:
        heart.beat()
        until(lambda: heart.is_heard)
        assert guarded.post.state == f"armed {os.getpid()}"


def test_a_goodbye_that_no_watchdog_read(path: Path) -> None:
    """It is said to the next one, which knew of the bot from its file and would have stopped everything."""
    post = Post(path)
    post.take()
    first = Watchdog(path, post, 60.0)
    heart = Heartbeat(path).__enter__()
    with first._listening() as listener:
        heart.beat()
        first._welcome(listener)
        until(lambda: first._read(first._bots[0]) is None and post.state != "")
        first._bots[0].link.settimeout(PATIENT)
        leaving = threading.Thread(target=heart.__exit__, args=(None, None, None), daemon=True)
        leaving.start()
        assert first._bots[0].link.recv(9, socket.MSG_PEEK) == b"q"
    post.close()  # killed with the goodbye unread
    watched = Guarded(path, 60.0)
    leaving.join(PATIENT)
    assert watched.post.state == ""
    silent_bot(path).close()
    assert watched.ended() == "the bot ended without a goodbye"
    watched.post.close()


def test_nobody_takes_the_goodbye(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried for a moment, and the log says what may come of it. A bot that nobody watched goes at once."""
    monkeypatch.setattr("hk_adapter.fleet.heartbeat.LAST_WORD", 0.05)
    with Heartbeat(path) as heart:
        heart.beat()
    assert caplog.text == ""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        with Heartbeat(path) as heart:
            heart.beat()
            link, _ = listener.accept()
            assert link.recv(1) == b"b"
            link.close()
            listener.close()
    assert "goodbye" in caplog.text


def test_a_path_below_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable, or a text of the bot's own, is read by no shell: a bot would beat where no watchdog ever is."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HK_ADAPTER_WATCHDOG", "~/by-variable")
    assert repr(Heartbeat()) == f"<Heartbeat at {tmp_path}/by-variable>"
    assert repr(Heartbeat("~/by-hand")) == repr(Heartbeat(Path("~/by-hand"))) == f"<Heartbeat at {tmp_path}/by-hand>"


def test_beats_that_nobody_carries(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Before the block and after it: a line of the log says once that no watchdog hears of the bot."""
    heart = Heartbeat(path)
    heart.beat()
    heart.beat()
    [line] = caplog.records
    assert "in its with block alone" in line.message
    with heart:
        pass
    heart.beat()
    assert len(caplog.records) == 1
    after = Heartbeat(path)
    with after:
        after.beat()
    assert len(caplog.records) == 1
    after.beat()
    assert len(caplog.records) == 2


def test_a_heartbeat_begins_once(path: Path) -> None:
    """A second block of the same one is refused in words of ours."""
    with Heartbeat(path) as heart, pytest.raises(hk.ConfigurationError, match="make another one"):
        heart.__enter__()
    with pytest.raises(hk.ConfigurationError, match="make another one"):
        heart.__enter__()


def test_no_watchdog_for_long(path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The log says once where nobody takes the beats, and again when a watchdog that did is gone for long."""
    monkeypatch.setattr("hk_adapter.fleet.heartbeat.UNHEARD", 0.0)
    monkeypatch.setattr("hk_adapter.fleet.heartbeat._LOOK_AGAIN", 0.001)
    monkeypatch.setattr("hk_adapter.fleet.heartbeat.LAST_WORD", 0.0)
    with Heartbeat(path) as heart:
        heart.beat()
        until(lambda: len(caplog.records) == 1)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            link, _ = listener.accept()
            link.send(b"h")
            until(lambda: heart.is_heard)
            [line] = caplog.records
            assert line.message == "no watchdog takes this bot's beats at watchdog: nobody stops it until there is one"
            link.close()
        path.unlink()
        until(lambda: heart.beat() is None and len(caplog.records) == 2)
    assert "goodbye" in caplog.records[2].message


def test_a_watchdog_that_takes_nobody_any_more(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One that hangs, with as many bots before its door as may wait there, hears of no further one: the log says so."""
    monkeypatch.setattr("hk_adapter.fleet.heartbeat.UNHEARD", 0.05)
    monkeypatch.setattr("hk_adapter.fleet.heartbeat.LAST_WORD", 0.05)
    with socket.socket(socket.AF_UNIX) as listener, ExitStack() as waiting:
        listener.bind(str(path))
        listener.listen(0)
        full = False
        while not full:
            one = waiting.enter_context(socket.socket(socket.AF_UNIX))
            one.setblocking(False)
            full = one.connect_ex(str(path)) == errno.EAGAIN
        with Heartbeat(path) as heart:
            until(lambda: heart.beat() or "no watchdog takes this bot's beats" in caplog.text)
            assert not heart.is_heard


def test_of_two_bots_one_died_without_a_watchdog(path: Path) -> None:
    """The other's beats do not stand in for it: each that was watched has to be heard of again."""
    post = Post(path)
    post.take()
    post.write(f"armed {os.getpid()} 999999999")
    post.close()
    watched = Guarded(path, 0.2)
    with Heartbeat(path) as heart:
        heart.beat()
        end = time.monotonic() + PATIENT
        while watched.why is None:
            heart.beat()
            assert time.monotonic() < end
            time.sleep(0.01)
        assert watched.ended() == "the bot was silent for 0.2 s"
    watched.post.close()


@pytest.mark.parametrize("step", ["pwrite", "ftruncate"])
def test_a_watchdog_that_is_killed_as_it_writes(path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The next one reads the old word or the new one, and never that nothing is known."""
    post = Post(path)
    post.write("armed 12345 12346")

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"hk_adapter.fleet.watchdog.os.{step}", killed)
        with pytest.raises(KeyboardInterrupt):
            post.write("stopping")
    assert post.state in {"armed 12345 12346", "stopping"}
    post.close()


@pytest.mark.parametrize("is_named", [False, True])
def test_a_bot_stands_in_for_no_other(path: Path, is_named: bool) -> None:
    """Two bots that nothing tells apart, of other containers or of one process: both have to be heard of again."""
    process = os.getpid() if is_named else 0
    post = Post(path)
    post.take()
    post.write(f"armed {process} {process}")
    post.close()
    watched = Guarded(path, 0.2)
    with Heartbeat(path) as heart:
        end = time.monotonic() + PATIENT
        while watched.why is None:
            heart.beat()
            assert time.monotonic() < end
            time.sleep(0.01)
        assert watched.ended() == "the bot was silent for 0.2 s"
    watched.post.close()


def test_two_bots_that_nothing_tells_apart_come_back(guard: Callable[..., Guarded], path: Path) -> None:
    """Each is heard of, and stands for one: nobody is stopped, and who says goodbye leaves the other watched."""
    post = Post(path)
    post.take()
    post.write("armed 0 0")
    post.close()
    watched = guard()
    one, other = silent_bot(path), silent_bot(path)
    until(lambda: watched.post.state == f"armed {os.getpid()} {os.getpid()}")
    one.send(b"q")
    until(lambda: watched.post.state == f"armed {os.getpid()}")
    one.close()
    assert watched.why is None
    other.close()
    assert watched.ended() == "the bot ended without a goodbye"


def test_a_disk_that_takes_nothing(
    guard: Callable[..., Guarded], path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who beats is watched all the same, is told that it is only once that is written, and is stopped when it dies."""
    watched = guard()
    with monkeypatch.context() as full:
        full.setattr("hk_adapter.fleet.watchdog.os.pwrite", _no_space)
        bot = silent_bot(path)
        until(lambda: "would not know who is watched: No space left" in caplog.text)
    assert watched.why is None
    bot.send(b"b")
    assert bot.recv(1) == b"h"
    bot.close()
    assert watched.ended() == "the bot ended without a goodbye"


def test_no_file_is_left_for_one_more_bot(
    guard: Callable[..., Guarded], path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who is watched already is watched on; the other one is, as soon as there is a file."""
    watched = guard()
    bot = silent_bot(path)
    assert bot.recv(1) == b"h"
    with monkeypatch.context() as short:
        short.setattr(socket.socket, "accept", _no_space)
        late = silent_bot(path)
        until(lambda: "cannot be listened to: No space left" in caplog.text)
    assert late.recv(1) == b"h"
    assert watched.why is None
    bot.close()
    assert watched.ended() == "the bot ended without a goodbye"
    late.close()


def _no_space(*given: object) -> int:
    raise OSError(errno.ENOSPC, "No space left")
