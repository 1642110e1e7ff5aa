"""Which process a call runs in, and whether it may still be under way there."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from functools import lru_cache

GRACE = 15_000
"""Ms after a call's own time limit, after which it cannot be under way any more, whatever its process does."""

_under_way: set[str] = set()


@dataclass(frozen=True, slots=True)
class Owner:
    """One process. ``host`` names the machine and, on Linux, the namespace in which ``pid`` counts."""

    host: str
    pid: int
    token: str


def this_process() -> Owner:
    """Name the process that asks; a forked child is another one."""
    return _owner(os.getpid())


def begin(call: str) -> None:
    """Take that a call is under way in this process."""
    _under_way.add(call)


def end(call: str) -> None:
    """Take that a call has ended or was abandoned."""
    _under_way.discard(call)


def may_run(call: str, owner: Owner, until: int, now: int) -> bool:
    """Whether a call may still be under way; ``until`` is the end of its time limit and grace, times in ms UTC.

    Where its process cannot be asked (another machine or container, or no POSIX) its time limit decides.
    """
    here = this_process()
    if owner == here:
        return call in _under_way
    if owner.host == here.host and (owner.pid == here.pid or not _is_alive(owner.pid)):
        return False
    return now < until


@lru_cache(maxsize=1)
def _owner(pid: int) -> Owner:
    return Owner(_host(), pid, secrets.token_hex(8))


def _host() -> str:
    try:
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True  # there is no harmless way to ask; the time limit decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
