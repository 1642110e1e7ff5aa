"""Pools of connections that a child finds after a fork: its copies of the sockets are closed, and nothing else."""

from __future__ import annotations

import os

import urllib3
from urllib3.connection import HTTPConnection


def let_go(pool: urllib3.HTTPConnectionPool) -> None:
    """Empty a pool without a lock and without a byte to the other side: the connections are the parent's.

    Closing the copy of a descriptor shuts nothing down, in TLS neither. The queue gets new locks, for urllib3 empties
    it once more when the interpreter ends, and a thread of the parent may have held the old ones.
    """
    queue = pool.pool
    if queue is None:
        return
    idle = list(queue.queue)
    queue.__init__(queue.maxsize)  # type: ignore[misc]
    for connection in idle:
        if connection is not None:
            connection.close()


def drop_copy(connection: HTTPConnection) -> None:
    """Close the child's copy of a connection's socket, and touch nothing else of it.

    A thread of the parent may have been in the middle of reading it, with locks of its buffer that nobody here holds.
    """
    sock = connection.sock
    if sock is not None and sock.fileno() >= 0:
        os.close(sock.detach())
