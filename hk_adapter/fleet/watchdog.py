"""Watches bots over a Unix socket: who beat once has to go on, until it says goodbye. One watchdog of several acts."""

from __future__ import annotations

import logging
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Event

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.fleet.heartbeat import BEAT, GOODBYE, HEARD, LET_GO, LONGEST_PATH
from hk_adapter.flow.log_line import write
from hk_adapter.flow.real_time import monotonic

_MOST_READ = 65536
_UNKNOWN = 0
"""Stands for the process of a bot that the system does not name."""
_ACCEPT_AGAIN = 0.05
"""Seconds to rest where no file is left for one more connection."""
_LOG = logging.getLogger("hk_adapter")


@dataclass(slots=True, eq=False)
class _Bot:
    """One that beat. ``last`` is when it did so last, in seconds of the monotonic clock; None before.

    Without a ``link`` it is one that the watchdog before this one watched, and that has to be heard of again.
    ``answered``: it was told that it is watched.
    """

    link: socket.socket | None
    process: int = _UNKNOWN
    last: float | None = None
    answered: bool = False


class Post:
    """The place of the watchdogs of one socket, of which one at a time is on it: a file that it has locked.

    What is written in it outlives a watchdog that is killed: ``armed`` with the processes of the bots that beat and
    have not said goodbye; ``stopping``; and ``stopped`` with the exit code. Empty, nothing is known.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; nobody is on it yet. Raises ConfigurationError where it cannot be."""
        try:
            import fcntl  # noqa: PLC0415 - not on every system
        except ImportError:
            raise ConfigurationError("a watchdog needs a system with Unix sockets and file locks") from None
        self._lock = fcntl.flock
        self._whole, self._at_once = fcntl.LOCK_EX, fcntl.LOCK_EX | fcntl.LOCK_NB
        self.path = path.with_name(f"{path.name}.lock")
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            why = "there is no such directory" if isinstance(error, FileNotFoundError) else said
            raise ConfigurationError(f"the watchdog's file {shown(str(self.path))} cannot be opened: {why}") from None

    def take(self, *, waits: Callable[[], object] = lambda: None) -> bool:
        """Wait until no other watchdog is on it; return whether one was. ``waits`` is called before such a wait."""
        try:
            self._lock(self._file, self._at_once)
        except BlockingIOError:
            waits()
            self._lock(self._file, self._whole)
            return True
        return False

    @property
    def state(self) -> str:
        """What is written there."""
        return os.pread(self._file, _MOST_READ, 0).decode("ascii", "replace").partition("\n")[0].strip()

    def write(self, state: str) -> None:
        """Write, and wait until it is on the disk. Who is killed meanwhile leaves the old word or the new one."""
        line = f"{state}\n".encode("ascii")
        os.pwrite(self._file, line, 0)
        os.ftruncate(self._file, len(line))
        os.fsync(self._file)

    def close(self) -> None:
        """Leave it to the next."""
        os.close(self._file)


def check_place(path: Path) -> None:
    """Raise ConfigurationError where a watchdog's socket cannot be, before anything is written there."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise _no_place(path, "the path is too long")
    if os.path.lexists(path) and not stat.S_ISSOCK(os.lstat(path).st_mode):
        raise _no_place(path, "something else than a socket is there")


def _no_place(path: Path, why: object) -> ConfigurationError:
    return ConfigurationError(f"the watchdog's socket {shown(str(path))} cannot be: {why}")


class Watchdog:
    """Listens at a socket for beats."""

    def __init__(
        self, path: Path, post: Post, timeout: float, *, tell: Callable[[bool], None] = lambda somebody: None
    ) -> None:
        """Watch for a silence of ``timeout`` seconds, from now on where ``post`` is armed, else from the first beat.

        ``tell`` is told whether somebody is watched, as often as that may be another; it must return at once.
        """
        self._path, self._post, self._timeout, self._tell = path, post, timeout, tell
        self._selector = DefaultSelector()
        self._bots: list[_Bot] = []
        self._faults: set[str] = set()
        state, _, processes = post.state.partition(" ")
        if state == "armed":
            named = [int(one) if one.isdecimal() else _UNKNOWN for one in processes.split()]
            self._bots += [_Bot(None, one, monotonic()) for one in named or [_UNKNOWN]]
        self._tell(bool(self._bots))

    def until_silent(self, *, ready: Callable[[], object] = lambda: None) -> str:
        """Return in words why the bots have to be stopped, as soon as that is so. Blocks until then.

        ``ready`` is called once bots are listened to.

        Raises ConfigurationError where there can be no such socket.
        """
        with self._listening() as listener:
            self._selector.register(listener, EVENT_READ, None)
            ready()
            while True:
                # What has come is read before anything is judged: this process may have been held up itself.
                for key, _ in self._selector.select(self._patience()):
                    if key.data is None:
                        self._welcome(listener)
                    elif (ended := self._read(key.data)) is not None:
                        return ended
                if not self._selector.select(0) and (silent := self._silence()) is not None:
                    return silent

    def _patience(self) -> float | None:
        times = [bot.last for bot in self._bots if bot.last is not None]
        return max(0.0, min(times) + self._timeout - monotonic()) if times else None

    def _silence(self) -> str | None:
        now = monotonic()
        if any(bot.last is not None and now >= bot.last + self._timeout for bot in self._bots):
            return f"the bot was silent for {self._timeout:g} s"
        return None

    def _welcome(self, listener: socket.socket) -> None:
        try:
            link, _ = listener.accept()
        except OSError as error:  # who is watched already is watched on
            self._tell_fault(f"a bot that wants to be watched cannot be listened to: {error.strerror}")
            Event().wait(_ACCEPT_AGAIN)
            return
        link.setblocking(False)
        bot = _Bot(link, _process_behind(link))
        self._bots.append(bot)
        self._selector.register(link, EVENT_READ, bot)

    def _read(self, bot: _Bot) -> str | None:
        """Record what a bot said. Returns why it has to be stopped, None where it has not."""
        link = bot.link
        if link is None:
            return None
        try:
            said = link.recv(_MOST_READ)
        except BlockingIOError:
            return None
        except OSError:  # its process was killed with something unread
            said = b""
        if said.strip(BEAT + GOODBYE):
            if bot.last is None:
                self._bots.remove(bot)  # whoever that is, it is no bot of ours
                self._close(link)
            return None
        if said and bot.last is None:
            self._find_again(bot)
        if said and GOODBYE not in said:
            bot.last = monotonic()
            if not bot.answered and self._note():
                bot.answered = True
                _answer(link, HEARD)
            return None
        watched = bot.last is not None
        self._bots.remove(bot)
        if said and self._note():
            _answer(link, LET_GO)
        self._close(link)
        return "the bot ended without a goodbye" if watched and not said else None

    def _find_again(self, bot: _Bot) -> None:
        """Forget one of those that the watchdog before knew: a bot stands for itself, and for no other."""
        before = [one for one in self._bots if one.link is None]
        same = [one for one in before if one.process == bot.process]
        may_be = same or [one for one in before if _UNKNOWN in {one.process, bot.process}]
        if may_be:
            self._bots.remove(may_be[0])

    def _note(self) -> bool:
        """Write down for the next watchdog whom this one watches; return whether that stands there now."""
        watched = sorted(one.process for one in self._bots if one.last is not None)
        state = f"armed {' '.join(map(str, watched))}" if watched else ""
        self._tell(bool(watched))
        try:
            if self._post.state != state:
                self._post.write(state)
        except OSError as error:  # this one watches all the same
            self._tell_fault(f"a watchdog after this one would not know who is watched: {error.strerror}")
            return False
        return True

    def _tell_fault(self, words: str) -> None:
        if words not in self._faults:
            self._faults.add(words)
            write(_LOG, logging.WARNING, "%s", words)

    def _close(self, link: socket.socket) -> None:
        self._selector.unregister(link)
        link.close()

    @contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        listener = socket.socket(socket.AF_UNIX)
        try:
            if os.path.lexists(self._path):
                if not stat.S_ISSOCK(os.lstat(self._path).st_mode):
                    raise ValueError("something else than a socket is there")
                os.unlink(self._path)  # of a watchdog that was killed: who is on its post is the only one
            before = os.umask(0o177)
            try:
                listener.bind(str(self._path))
            finally:
                os.umask(before)
            listener.listen()
        except (OSError, ValueError) as error:
            listener.close()
            raise _no_place(self._path, error) from None
        try:
            yield listener
        finally:
            for bot in self._bots:
                if bot.link is not None:
                    bot.link.close()
            self._selector.close()
            listener.close()
            with suppress(OSError):
                os.unlink(self._path)


def _answer(link: socket.socket, word: bytes) -> None:
    with suppress(OSError):  # it has gone meanwhile, or reads nothing
        link.send(word)


def _process_behind(link: socket.socket) -> int:
    """Return the number of the process that connected, by the system's word; unknown where there is none."""
    told = getattr(socket, "SO_PEERCRED", None)
    if told is None:
        return _UNKNOWN
    return int.from_bytes(link.getsockopt(socket.SOL_SOCKET, told, 12)[:4], sys.byteorder)
