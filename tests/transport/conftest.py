"""Raw loopback servers that misbehave on command, and one face for both transports."""

from __future__ import annotations

import contextlib
import inspect
import socket
import ssl
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import aiohttp
import pytest
import trustme
import urllib3.connection

from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.transport.aiohttp_transport import AiohttpTransport
from hk_adapter.transport.requests_transport import RequestsTransport

KEY, SIGNATURE = "canary-key-4711", "canary-signature-0815"


class Peer:
    """The server's end of one connection, spoken to byte by byte."""

    def __init__(self, sock: socket.socket, server: RawServer) -> None:
        self.sock = sock
        self.server = server

    def read_request(self) -> bytes:
        """Read one whole request and note it; empty once the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := self.sock.recv(65536)):
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            body += self.sock.recv(65536)
        self.server.requests.append(head + b"\r\n\r\n" + body)
        return self.server.requests[-1]

    def answer(self, body: bytes = b"{}", *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> None:
        """Send one whole answer that keeps the connection alive."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def send(self, data: bytes) -> None:
        """Send these bytes and no others."""
        self.sock.sendall(data)

    def trickle(self, data: bytes) -> None:
        """Send a byte every 50 ms, until done or the client has gone."""
        for position in range(len(data)):
            self.send(data[position : position + 1])
            if self.server.stopped.wait(0.05):
                return

    def reset(self) -> None:
        """Cut the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def wait_until_gone(self) -> None:
        """Note in ``server.gone`` that the client has let go of the connection."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass
        self.server.gone.set()


class RawServer:
    """Runs ``talk`` in a thread of its own for each connection."""

    def __init__(self, talk: Callable[[Peer], None], context: ssl.SSLContext | None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self.gone = threading.Event()
        self.acted = threading.Event()
        self._talk = talk
        self.context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.append(sock)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
                self._sockets.append(sock)
            with sock:
                self._talk(Peer(sock, self))

    def stop(self) -> None:
        """Cut everything and wait for the threads."""
        self.stopped.set()
        for sock in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(30)


class Client:
    """Either transport, awaited alike; the blocking one blocks the test's loop, which nothing else needs."""

    def __init__(self, transport: RequestsTransport | AiohttpTransport) -> None:
        self.transport = transport

    async def send(self, request: HttpRequest, seconds: float = 2.0) -> Response:
        """Send with a deadline so many seconds from now."""
        answer = self.transport.send(request, time.monotonic() + seconds)
        return await answer if inspect.isawaitable(answer) else answer

    async def close(self) -> None:
        """Close the transport."""
        closing = self.transport.close()
        if inspect.isawaitable(closing):
            await closing


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Sign certificates for the loopback servers."""
    return trustme.CA()


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    """Trust the authority, and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    """Run the test over a plain socket, then over TLS."""
    return bool(request.param == "tls")


@pytest.fixture(scope="session")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """Be 127.0.0.1, by the authority's word."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def serve(server_context: ssl.SSLContext) -> Iterator[Callable[..., RawServer]]:
    """Start servers: ``serve(talk, tls=False)``."""
    servers: list[RawServer] = []

    def start(talk: Callable[[Peer], None], *, tls: bool = False) -> RawServer:
        servers.append(RawServer(talk, server_context if tls else None))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


_WRITE, _REQUEST = urllib3.connection.HTTPConnection.request, aiohttp.ClientSession._request


def _written_by(connection: urllib3.connection.HTTPConnection, *given: Any, **named: Any) -> None:
    _WRITE(connection, *given, **named)


async def _sent_by(session: aiohttp.ClientSession, *given: Any, **named: Any) -> aiohttp.ClientResponse:
    return await _REQUEST(session, *given, **named)


@pytest.fixture(params=["requests", "requests behind a tool", "aiohttp", "aiohttp behind a tool"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with one transport, then with the other; and with each where a tool such as vcrpy stands."""
    library, _, tool = str(request.param).partition(" ")
    if tool and library == "requests":
        monkeypatch.setattr(urllib3.connection.HTTPConnection, "request", _written_by)
    elif tool:
        monkeypatch.setattr(aiohttp.ClientSession, "_request", _sent_by)
    return library


@pytest.fixture
async def connect(library: str, trust: ssl.SSLContext) -> AsyncIterator[Callable[..., Client]]:
    """Make clients of the library under test, with the transports' own arguments."""
    clients: list[Client] = []

    def make(**options: Any) -> Client:
        transport = RequestsTransport if library == "requests" else AiohttpTransport
        clients.append(Client(transport(ssl_context=trust, **options)))
        return clients[-1]

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    """Make one client with the transport's defaults."""
    return connect()


@pytest.fixture
def cancel() -> Callable[..., HttpRequest]:
    """Build a signed cancel for a server's origin."""

    def build(origin: str, path: str = "/api/v1/spot/order", method: str = "DELETE") -> HttpRequest:
        url = f"{origin}{path}?orderId=1&signature={SIGNATURE}"
        return HttpRequest(method, url, {"X-HK-APIKEY": KEY})

    return build
