"""A simulator in a process that forks: the child's copy is whole, and nobody holds its lock."""

from __future__ import annotations

import os
from threading import RLock, get_ident
from typing import Any, Protocol
from weakref import WeakSet

PATIENCE = 1.0
"""Seconds that a fork waits for a request to be answered; one takes far less than a millisecond."""


class Lockable(Protocol):
    """Is changed only by whoever holds its ``lock``."""

    lock: Any


_known: WeakSet[Lockable] = WeakSet()
_held: dict[int, list[Any]] = {}
"""By the threads that fork: the locks that they have taken for it."""


def keep_whole(one: Lockable) -> None:
    """Let each fork find it between two requests, and give each child a lock that is free."""
    _known.add(one)


def _take_all() -> None:
    held = _held[get_ident()] = []
    for one in list(_known):
        lock = one.lock
        if lock.acquire(timeout=PATIENCE):
            held.append(lock)


def _give_back() -> None:
    for lock in _held.pop(get_ident(), ()):
        lock.release()


def _renew_all() -> None:
    _held.clear()
    for one in list(_known):
        one.lock = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take_all, after_in_parent=_give_back, after_in_child=_renew_all)
