"""The simulator's core behind a bare socket, plain or TLS, on which any byte can be the last one."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from http import HTTPStatus

from hk_adapter.simulator import SimRequest, SimResponse, Simulator, SimulatorControl
from tests.sockets.mishaps import Ending, Exchange, Framing, Mishap

LAST_CHUNK = b"\r\n0\r\n\r\n"


class Listener:
    """Serves each connection in a thread of its own."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self.stopped = threading.Event()
        self.turned_away = 0
        """How many of the next connections are reset as soon as they are accepted."""
        self.accepted = 0
        self.sockets: set[socket.socket] = set()
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Cut everything and wait for the threads."""
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self.sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(30)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.turned_away:
                self.turned_away -= 1
                reset(sock)
                continue
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._threads.append(threading.Thread(target=self._serve, args=(sock,), daemon=True))
            self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        self.sockets.add(sock)
        try:
            with sock, contextlib.suppress(OSError):
                self._talk(sock)
        finally:
            self.sockets.discard(sock)


class Front:
    """HashKey's simulator on a socket. Mishaps are used up by exchanges in the order in which these begin."""

    def __init__(self, simulator: Simulator, context: ssl.SSLContext | None) -> None:
        self.simulator = simulator
        self.control = SimulatorControl(simulator)
        self.mishaps: deque[Mishap | None] = deque()
        self.exchanges: list[Exchange] = []
        self.request_length = self.answer_length = 0
        """Of the last whole cancel, and of the longest answer to one."""
        self._context = context
        self._idle: set[socket.socket] = set()
        self.listener = Listener(self._talk)

    def arm(self, mishaps: Iterable[Mishap | None]) -> None:
        """Say what befalls the next exchanges, and forget those before."""
        self.exchanges = []
        self.mishaps = deque(mishaps)

    def drop_idle(self) -> None:
        """Close the connections that are kept alive."""
        for sock in list(self._idle):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _talk(self, sock: socket.socket) -> None:
        if self._context is not None:
            sock = wrapped(self._context, sock)
        with sock:
            while self._await_request(sock) and self._exchange(sock, self._next_mishap()):
                pass

    def _await_request(self, sock: socket.socket) -> bool:
        self._idle.add(sock)
        try:
            return bool(socket.socket.recv(sock, 1, socket.MSG_PEEK))  # of the ciphertext under TLS
        finally:
            self._idle.discard(sock)

    def _next_mishap(self) -> Mishap | None:
        try:
            return self.mishaps.popleft()
        except IndexError:
            return None

    def _exchange(self, sock: socket.socket, mishap: Mishap | None) -> bool:
        """Carry one exchange out; False once the connection is of no more use."""
        exchange = Exchange()
        self.exchanges.append(exchange)
        limit = None if mishap is None else mishap.request
        data = self._read(sock, exchange, limit)
        if limit is not None or not data.endswith(b"\r\n\r\n"):
            self._end(sock, mishap.ending if mishap else Ending.CLOSE)
            return False
        exchange.acted = True
        framing = Framing.LENGTH if mishap is None else mishap.framing
        answer = encoded(self._handle(data), framing)
        if exchange.is_cancel:
            self.request_length, self.answer_length = len(data), max(self.answer_length, len(answer))
        if mishap is None or mishap.answer is None:
            exchange.told = True
            sock.sendall(answer)
            return framing is not Framing.END
        cut = min(mishap.answer, len(answer) - 1)
        sock.sendall(answer[:cut])
        if framing is Framing.CHUNKED and cut >= len(answer) - len(LAST_CHUNK):
            exchange.told = None
        self._end(sock, mishap.ending, answer[cut:])
        if mishap.ending is Ending.TRICKLE:
            exchange.told = True
        return False

    def _read(self, sock: socket.socket, exchange: Exchange, limit: int | None) -> bytes:
        data = b""
        while not data.endswith(b"\r\n\r\n") and (limit is None or len(data) < limit):
            more = sock.recv(65536 if limit is None else limit - len(data))
            if not more:
                break
            data += more
            exchange.read, exchange.first = len(data), data[:1]
        return data

    def _handle(self, data: bytes) -> SimResponse:
        head, *lines = data.decode("ascii").split("\r\n")
        method, target, _ = head.split(" ")
        path, _, query = target.partition("?")
        headers = dict(line.split(": ", 1) for line in lines if line)
        return self.simulator.handle(SimRequest(method, path, query, headers), int(time.time() * 1000))

    def _end(self, sock: socket.socket, ending: Ending, rest: bytes = b"") -> None:
        match ending:
            case Ending.RESET:
                reset(sock)
                return
            case Ending.TRICKLE:
                for position in range(len(rest)):
                    sock.sendall(rest[position : position + 1])
                    if self.listener.stopped.wait(0.04):
                        return
            case Ending.FAREWELL if isinstance(sock, ssl.SSLSocket):
                sock.settimeout(0.0)
                with contextlib.suppress(OSError):
                    sock.unwrap()  # its own word goes out; the client's is not waited for
        if ending is not Ending.STALL:
            socket.socket.shutdown(sock, socket.SHUT_WR)
        if ending in {Ending.HALF, Ending.STALL}:
            while socket.socket.recv(sock, 65536):
                pass


def wrapped(context: ssl.SSLContext, sock: socket.socket) -> ssl.SSLSocket:
    """Speak TLS. Where the client has gone already, Python raises and leaves what it has made open: that is closed."""
    try:
        return context.wrap_socket(sock, server_side=True)
    except OSError as error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            made = frame.f_locals.get("self")
            if isinstance(made, ssl.SSLSocket):
                made.close()
        raise


def encoded(answer: SimResponse, framing: Framing) -> bytes:
    """Write an answer as HTTP."""
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    body = answer.body
    match framing:
        case Framing.LENGTH:
            lines.append(f"Content-Length: {len(body)}")
        case Framing.CHUNKED:
            lines.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))
        case Framing.END:
            lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reset(sock: socket.socket) -> None:
    """Cut a connection with a TCP reset."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
