"""Where the pools of urllib3 keep idle connections: without a lock, which an interrupt could leave taken for ever."""

from __future__ import annotations

import queue
from collections import deque
from functools import cache
from typing import Any

import urllib3


class IdleConnections:
    """What a pool needs of ``queue.LifoQueue``. Each move is one step of the interpreter; nobody waits for another."""

    def __init__(self, maxsize: int = 0) -> None:
        self._kept: deque[Any] = deque()
        self._most = maxsize

    def put(self, connection: Any, block: bool = True, timeout: float | None = None) -> None:
        """Keep a connection, or None for one that is yet to be opened. Raises Full where there are too many."""
        if 0 < self._most <= len(self._kept):
            raise queue.Full
        self._kept.append(connection)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Return what was kept last. Raises Empty where nothing is."""
        try:
            return self._kept.pop()
        except IndexError:
            raise queue.Empty from None

    def qsize(self) -> int:
        """Return how many are kept."""
        return len(self._kept)


def keep_without_locks(manager: Any) -> None:
    """Let a manager's pools, of whatever kind, keep their connections so."""
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _without_locks(pool) for scheme, pool in classes.items()}


@cache
def _without_locks(pool: type[urllib3.HTTPConnectionPool]) -> type[urllib3.HTTPConnectionPool]:
    if issubclass(pool.QueueCls, IdleConnections):
        return pool
    return type(pool.__name__, (pool,), {"QueueCls": IdleConnections})
