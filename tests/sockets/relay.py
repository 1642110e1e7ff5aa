"""A wire between client and server that breaks after any number of bytes, TLS's own among them."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from collections import deque
from dataclasses import dataclass

from tests.sockets.front import Listener, reset


@dataclass(frozen=True, slots=True)
class Break:
    """Where one connection breaks, in bytes of its own: towards the server, or towards the client."""

    up: int | None = None
    down: int | None = None


class Relay:
    """Hands bytes on between a client and a port, and counts them. Breaks are used up by connections."""

    def __init__(self, port: int) -> None:
        self.breaks: deque[Break] = deque()
        self.carried: list[tuple[int, int]] = []
        """Of each connection that has ended: bytes towards the server, and towards the client."""
        self._port = port
        self._open: set[socket.socket] = set()
        self.listener = Listener(self._talk)

    async def cut_all(self) -> None:
        """End every connection, and wait until that is done."""
        while self._open:
            for sock in list(self._open):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            await asyncio.sleep(0.001)

    def _talk(self, client: socket.socket) -> None:
        self._open.add(client)
        where = self.breaks.popleft() if self.breaks else Break()
        with socket.create_connection(("127.0.0.1", self._port)) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.listener.sockets.add(server)
            left = {client: where.up, server: where.down}
            carried = dict.fromkeys(left, 0)
            try:
                with contextlib.suppress(OSError):
                    self._carry({client: server, server: client}, left, carried)
            finally:
                self.listener.sockets.discard(server)
                self.carried.append((carried[client], carried[server]))
                reset(server)
                reset(client)
                self._open.discard(client)

    def _carry(
        self,
        other: dict[socket.socket, socket.socket],
        left: dict[socket.socket, int | None],
        carried: dict[socket.socket, int],
    ) -> None:
        while not self.listener.stopped.is_set():
            for sock in select.select(list(other), [], [], 5.0)[0]:
                limit = left[sock]
                data = sock.recv(65536 if limit is None else max(1, limit - carried[sock]))
                if not data or limit == 0:
                    return
                other[sock].sendall(data)
                carried[sock] += len(data)
                if carried[sock] == limit:
                    return
