"""Which process a call runs in, and whether it may still be under way there."""

from __future__ import annotations

import os
import secrets
import socket
import weakref
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

GRACE = 15_000
"""Ms after a call's own time limit, after which it cannot be under way any more, whatever its process does."""
SET_BACK = 60_000
"""Ms before its own beginning at which a call cannot be under way: the clock was set back since."""

_under_way: dict[str, weakref.ref[Any] | None] = {}
"""By the calls' ids; of some, what lives as long as the call: an interrupt may keep it from telling its end."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One process.

    Attributes:
        host: names the machine and, on Linux, the namespace in which ``pid`` counts.
        token: a random word and, on Linux, ``_start_of`` the process: a pid and a time are given again.
    """

    host: str
    pid: int
    token: str


def this_process() -> Owner:
    """Name the process that asks; a forked child is another one."""
    return _owner(os.getpid())


def begin(call: str, body: object = None) -> None:
    """Record that a call is under way in this process, until ``end``; where given, as long as ``body`` is there."""
    _under_way[call] = None if body is None else weakref.ref(body)


def end(call: str) -> None:
    """Record that a call has ended or was abandoned."""
    _under_way.pop(call, None)


def may_run(call: str, owner: Owner, until: int, now: int, *, started: int = 0) -> bool:
    """Whether a call may still be under way; ``until`` is the end of its time limit and grace, times in ms UTC.

    Where its process cannot be asked (another machine or container, or no POSIX) its time limit decides.
    """
    here = this_process()
    if owner == here:
        body = _under_way.get(call)
        return call in _under_way and (body is None or body() is not None)
    if owner.host == here.host and (owner.pid == here.pid or _is_gone(owner)):
        return False
    return started - SET_BACK <= now < until


@lru_cache(maxsize=1)
def _owner(pid: int) -> Owner:
    return Owner(_host(), pid, " ".join([secrets.token_hex(8), *_start_of(pid)]))


def _host() -> str:
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _is_gone(owner: Owner) -> bool:
    """Whether a process of this machine has ended, though its pid may be another one's by now."""
    if not _is_alive(owner.pid):
        return True
    _, *start = owner.token.split(" ")
    found = _start_of(owner.pid)
    return bool(start) and bool(found) and start != found


def _start_of(pid: int) -> list[str]:
    """Return which boot of the machine, and which tick of it, a process was started in; nothing where nobody says.

    A process that has ended and waits for its parent to notice was never started.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_bytes().decode().strip()
        told = Path(f"/proc/{pid}/stat").read_bytes().decode("latin-1")
    except OSError:
        return []
    state, *fields = told.rpartition(")")[2].split()  # a program's name may hold anything
    return [boot, "ended" if state in {"Z", "X"} else fields[18]]


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True  # there is no harmless way to ask; the time limit decides
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _begin_anew() -> None:
    _under_way.clear()
    _owner.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
