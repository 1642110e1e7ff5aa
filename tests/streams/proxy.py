"""A proxy that grants CONNECT or refuses it, and a TLS front before a plain server; both in one background thread."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_ENDS = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)
"""How a connection ends, the last one with the whole proxy."""


@dataclass
class Proxy:
    """What the proxy heard: the head of each request.

    Attributes:
        arrived: how many connections the front behind it had, whoever opened them.
        port: where it listens.
        refusal: the status line with which it refuses; empty: it grants. None: it hangs up.
        password: ``user:password`` that it wants; empty: none.
    """

    port: int = 0
    refusal: str | None = ""
    password: str = ""
    heads: list[str] = field(default_factory=list)
    arrived: int = 0

    @property
    def url(self) -> str:
        """Its address, with the password that it wants."""
        return f"http://{self.password}{'@' if self.password else ''}127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with closing(writer), suppress(*_ENDS):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if self.refusal is None:
                return
            wanted = f"Proxy-Authorization: Basic {base64.b64encode(self.password.encode()).decode()}"
            refusal = self.refusal or ("" if not self.password or wanted in head else "407 Who are you")
            if refusal:
                writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n".encode())
                return
            method, target, _ = head.split(" ", 2)
            host, port = target.rsplit(":", 1) if method == "CONNECT" else _place(target)
            there = await asyncio.open_connection(host, int(port))
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                there[1].write(head.encode())
            await _joined((reader, writer), there)


def _place(target: str) -> tuple[str, int]:
    parts = urlsplit(target)
    return parts.hostname or "", parts.port or 80


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _joined(one: Ends, other: Ends) -> None:
    with closing(one[1]), closing(other[1]):
        await asyncio.gather(_pumped(one[0], other[1]), _pumped(other[0], one[1]))


async def _pumped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
    with suppress(OSError):
        sink.close()


@contextmanager
def proxied(behind: str, context: ssl.SSLContext, **terms: str | None) -> Iterator[tuple[Proxy, str]]:
    """Run a proxy, and a TLS front before a plain server's URL; give the proxy, and the front's URL."""
    proxy, loop, place = Proxy(**terms), asyncio.new_event_loop(), urlsplit(behind)  # type: ignore[arg-type]
    servers: list[asyncio.Server] = []

    async def front(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        proxy.arrived += 1
        with closing(writer), suppress(*_ENDS):
            await _joined((reader, writer), await asyncio.open_connection(place.hostname, place.port))

    async def begin() -> str:
        servers.append(await asyncio.start_server(proxy.serve, "127.0.0.1", 0))
        servers.append(await asyncio.start_server(front, "127.0.0.1", 0, ssl=context))
        proxy.port, port = (server.sockets[0].getsockname()[1] for server in servers)
        return f"https://127.0.0.1:{port}"

    async def end() -> None:
        for server in servers:
            server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await loop.shutdown_asyncgens()

    thread = threading.Thread(target=loop.run_forever, name="proxy of a test", daemon=True)
    thread.start()
    try:
        yield proxy, asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
