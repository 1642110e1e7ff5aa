"""A bot's side of a watchdog: it says that its loop lives, by ``beat``, and a thread carries that to the watchdog."""

from __future__ import annotations

import logging
import math
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from types import TracebackType
from typing import NoReturn

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.flow.log_line import write
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.threads import started

SOCKET_VARIABLE = "HK_ADAPTER_WATCHDOG"
"""Path of the watchdog's socket, for both sides."""
BEAT, GOODBYE = b"b", b"q"
HEARD, LET_GO = b"h", b"g"
"""A watchdog's answers: to a first beat, once its file says who is watched, and to a goodbye, once it says no more."""
LONGEST_PATH = 107
"""Bytes that a Unix socket's path may have, on Linux."""
_LOOK_AGAIN = 0.1
"""Seconds between two tries to reach a watchdog, and from one beat that is carried to the next."""
_FIND_AGAIN = 0.02
"""Seconds between two tries to say goodbye."""
UNHEARD = 1.0
"""Seconds in which no watchdog took a beat, after which the log says so."""
LAST_WORD = 2.0
"""Seconds in which a goodbye is to be answered; a watchdog that died may be followed by another."""

_LOG = logging.getLogger("hk_adapter")


@dataclass(slots=True, eq=False)
class _Link:
    """A connection to a watchdog, and whether that one has answered."""

    socket: socket.socket
    heard: bool = False


class Heartbeat:
    """Beats while a bot's loop calls ``beat``; a context manager.

    Call ``beat`` from where nothing would come if the bot hung: its main loop, after a round of work. A thread or timer
    that beats by itself proves nothing, and is why this one never does. A watchdog that is not there, or is started
    again, holds nobody up; it is reached as soon as it is there.

    Leaving the ``with`` block as usual says goodbye: the bot is not watched any more, and nothing is canceled. Leaving
    it by an exception, Ctrl-C among them, is the bot's end, as its death is. Outside that block nothing is carried: a
    line of the log says so once, as it does where no watchdog took a beat for a second.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """Keep the path of the watchdog's socket, ``~`` being the user's home; None is ``HK_ADAPTER_WATCHDOG``.

        Raises ConfigurationError without any, and for what can be no socket's path.
        """
        named = path if path is not None else os.environ.get(SOCKET_VARIABLE)
        if not named:
            raise ConfigurationError(f"name the watchdog's socket, or set {SOCKET_VARIABLE}")
        self._path = _checked_path(named)
        self._beaten, self._over = Event(), Event()
        self._link: _Link | None = None
        self._was_carried = False
        self._runs = self._has_begun = self._told_that_it_rests = False
        self._process = os.getpid()
        self._thread = Thread(target=self._carry, name="hk_adapter heartbeat", daemon=True)

    @property
    def is_heard(self) -> bool:
        """Whether a watchdog watches: it took a beat, and will know of this bot even if it is killed and started again.

        False before the first beat, and from the moment on where a beat met no watchdog. Never waits.
        """
        link = self._link
        if link is not None and not link.heard:
            with suppress(OSError):
                link.heard = bool(link.socket.recv(1))
        return link is not None and link.heard

    def beat(self) -> None:
        """Record that the loop lives, for the watchdog. Takes a microsecond, and never waits or raises."""
        self._beaten.set()
        if not (self._runs or self._told_that_it_rests):
            self._told_that_it_rests = True
            words = "a heartbeat carries beats in its with block alone: no watchdog hears of this bot"
            write(_LOG, logging.WARNING, words)

    def __enter__(self) -> Heartbeat:
        if self._has_begun:
            raise ConfigurationError("this heartbeat has begun before; make another one")
        if not started(self._thread):
            raise ConfigurationError("the interpreter ends: no heartbeat begins any more")
        self._runs = self._has_begun = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.getpid() != self._process:
            return  # a child's: the socket is its parent's
        self._runs = False
        self._over.set()
        self._beaten.set()
        self._thread.join()
        link, self._link = self._link, None
        if kind is None and self._was_carried:
            self._say_goodbye(link)
        elif link is not None:
            link.socket.close()

    def _say_goodbye(self, link: _Link | None) -> None:
        """Repeat it until a watchdog has answered: one that died takes what it had not read with it."""
        end = monotonic() + LAST_WORD
        while not self._was_let_go(link, end):
            link = None
            if monotonic() >= end:
                write(
                    _LOG,
                    logging.WARNING,
                    "no watchdog took this bot's goodbye: one that is started again may stop everything",
                )
                return
            Event().wait(_FIND_AGAIN)

    def _was_let_go(self, link: _Link | None, end: float) -> bool:
        try:
            with link.socket if link is not None else _connected(self._path) as told:
                told.settimeout(max(_FIND_AGAIN, end - monotonic()))
                told.sendall(GOODBYE)
                while said := told.recv(64):
                    if LET_GO in said:
                        return True
        except OSError:
            pass
        return False

    def _carry(self) -> None:
        unheard: float | None = None
        while self._beaten.wait() and not self._over.is_set():
            self._beaten.clear()
            if self._sent():
                unheard = None
            else:
                self._beaten.set()
                unheard = self._tell_unheard(monotonic() if unheard is None else unheard)
            self._over.wait(_LOOK_AGAIN)

    def _tell_unheard(self, since: float) -> float:
        """Log, once, that nobody has taken a beat for long; return since when, for ever once it is said."""
        if monotonic() - since < UNHEARD:
            return since
        words = "no watchdog takes this bot's beats at %s: nobody stops it until there is one"
        write(_LOG, logging.WARNING, words, self._path)
        return math.inf

    def _sent(self) -> bool:
        """Send one beat; False where no watchdog takes it."""
        try:
            if self._link is None:
                self._link = _Link(_connected(self._path))
            self._link.socket.send(BEAT)
        except BlockingIOError:
            return self._link is not None  # it hangs, and has more beats, or else more bots, than it can hold
        except OSError:
            if self._link is not None:
                self._link.socket.close()
            self._link = None
            return False
        self._was_carried = True
        return True

    def __repr__(self) -> str:
        return f"<Heartbeat at {self._path}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Heartbeat is of one process: open one in each")


def _checked_path(named: object) -> str:
    if not isinstance(named, str | os.PathLike):
        raise ConfigurationError(f"the watchdog's socket is a path, not {shown(named)}")
    path = os.fspath(named)
    path = os.path.expanduser(path) if isinstance(path, str) else path
    if not isinstance(path, str) or "\0" in path or len(os.fsencode(path)) > LONGEST_PATH or os.path.isdir(path):
        raise ConfigurationError(f"the watchdog's socket cannot be at {shown(path)}")
    return path


def _connected(path: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    try:
        made.setblocking(False)
        made.connect(path)
    except BaseException:
        made.close()
        raise
    return made
