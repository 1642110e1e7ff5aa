"""A bot's side of a watchdog: it says that its loop lives, by ``beat``, and a thread carries that to the watchdog."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import NoReturn

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.flow.threads import started

SOCKET_VARIABLE = "HK_ADAPTER_WATCHDOG"
"""Path of the watchdog's socket, for both sides."""
BEAT, GOODBYE = b"b", b"q"
_LONGEST_PATH = 107
"""Bytes that a Unix socket's path may have, on Linux."""
_LOOK_AGAIN = 0.1
"""Seconds between two tries to reach a watchdog, and from one beat that is carried to the next."""


class Heartbeat:
    """Beats while a bot's loop calls ``beat``; a context manager.

    Call ``beat`` from where nothing would come if the bot hung: its main loop, after a round of work. A thread or timer
    that beats by itself proves nothing, and is why this one never does. A watchdog that is not there, or is started
    again, holds nobody up; it is reached as soon as it is there.

    Leaving the ``with`` block as usual says goodbye: the bot is not watched any more, and nothing is canceled. Leaving
    it by an exception, Ctrl-C among them, is the bot's end, as its death is.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """Name the watchdog's socket; None is ``HK_ADAPTER_WATCHDOG``.

        Raises ConfigurationError without any, and for what can be no socket's path.
        """
        named = path if path is not None else os.environ.get(SOCKET_VARIABLE)
        if not named:
            raise ConfigurationError(f"name the watchdog's socket, or set {SOCKET_VARIABLE}")
        self._path = _checked_path(named)
        self._beaten, self._over = Event(), Event()
        self._socket: socket.socket | None = None
        self._process = os.getpid()
        self._thread = Thread(target=self._carry, name="hk_adapter heartbeat", daemon=True)

    @property
    def is_heard(self) -> bool:
        """Whether a watchdog took the last beat that was carried; False before the first."""
        return self._socket is not None

    def beat(self) -> None:
        """Let the watchdog know that the loop lives. Takes a microsecond, and never waits or raises."""
        self._beaten.set()

    def __enter__(self) -> Heartbeat:
        if not started(self._thread):
            raise ConfigurationError("the interpreter ends: no heartbeat begins any more")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.getpid() != self._process:
            return  # a child's: the socket is its parent's
        self._over.set()
        self._beaten.set()
        self._thread.join()
        link, self._socket = self._socket, None
        if link is None:
            return
        if kind is None:
            with suppress(OSError):
                link.sendall(GOODBYE)
        link.close()

    def _carry(self) -> None:
        while self._beaten.wait() and not self._over.is_set():
            self._beaten.clear()
            if not self._sent():
                self._beaten.set()
            self._over.wait(_LOOK_AGAIN)

    def _sent(self) -> bool:
        """Carry one beat; False where no watchdog takes it."""
        try:
            if self._socket is None:
                self._socket = _connected(self._path)
            self._socket.send(BEAT)
        except BlockingIOError:
            return True  # it hangs, and has more beats than it can hold
        except OSError:
            if self._socket is not None:
                self._socket.close()
            self._socket = None
            return False
        return True

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Heartbeat is of one process: open one in each")


def _checked_path(named: object) -> str:
    if not isinstance(named, str | os.PathLike):
        raise ConfigurationError(f"the watchdog's socket is a path, not {shown(named)}")
    path = os.fspath(named)
    if not isinstance(path, str) or "\0" in path or len(os.fsencode(path)) > _LONGEST_PATH or os.path.isdir(path):
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
