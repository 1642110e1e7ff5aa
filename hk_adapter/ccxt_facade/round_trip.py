"""One request without a body, and its answer, over a connection that a bot's session keeps."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any

import urllib3
from requests.exceptions import InvalidHeader
from requests.utils import check_header_validity

from hk_adapter.flow.http import Response
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport.http_rules import MAX_BODY, UnusableAnswer, split
from hk_adapter.transport.one_answer import OneAnswer
from hk_adapter.transport.packed_bodies import unpacked, unpacker_for

CHUNK = 65536


def exchange(
    pool: urllib3.HTTPConnectionPool, method: str, url: str, headers: Mapping[str, Any], timeout: float, deadline: float
) -> Response:
    """Send a request over an idle connection of a pool, or a new one, and return the whole answer.

    ``timeout``: seconds for the connection and for each step of writing. Raises what urllib3 and sockets raise, and
    requests' InvalidHeader before anything is sent.
    """
    whole = _written(method, url, headers)
    connection: Any = pool._get_conn()
    if _has_more(connection):
        connection.close()
    keep = False
    try:
        connection.timeout = timeout
        if connection.is_closed:
            connection.connect()
        connection.sock.settimeout(timeout)
        all_written = _write(connection, whole)
        with closing(OneAnswer(connection.sock, method=method)) as answer:
            bound(answer.fp.raw, deadline)
            answer.begin()
            check_final(answer.status)
            response = Response(answer.status, answer.named, read_whole(_parts(answer, method), deadline))
        keep = all_written and not answer.will_close and not answer.surplus and not _has_more(connection)
    finally:
        if not keep:
            connection.close()
        pool._put_conn(connection)
    return response


def check_final(status: int) -> None:
    """Raise UnusableAnswer for a status after which another answer is to come."""
    if status < 200:
        raise UnusableAnswer(f"HTTP status {status} is no final answer")


def read_whole(arriving: Iterable[bytes], deadline: float) -> bytes:
    """Return a body. Raises UnusableAnswer where it is too long, or is not whole by the deadline."""
    parts: list[bytes] = []
    size = 0
    for part in arriving:
        size += len(part)
        if size > MAX_BODY:
            raise UnusableAnswer(f"the answer is longer than {MAX_BODY} bytes")
        if monotonic() >= deadline:
            raise UnusableAnswer("the answer was not whole by the deadline")
        parts.append(part)
    return b"".join(parts)


def bound(stream: Any, deadline: float) -> None:
    """Have each read of what is still to come of an answer end by the deadline.

    The lines that tell lengths of chunks, and those after the last one, are read until they are whole, however they
    trickle in, and nothing of them is handed on that could be watched.
    """
    if not isinstance(stream, socket.SocketIO):  # a test tool's own, or a connection that ended with the answer
        return
    sock, read_into = stream._sock, stream.readinto  # type: ignore[attr-defined]

    def readinto(buffer: Any) -> int | None:
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the call is over")
        before = sock.gettimeout()  # the next request of the bot's sets its own, but only after it was written
        sock.settimeout(left)
        try:
            return read_into(buffer)
        finally:
            sock.settimeout(before)

    stream.readinto = readinto  # type: ignore[assignment,method-assign]


def _has_more(connection: Any) -> bool:
    """Whether TLS has unpacked more than was read, which nobody asked for, and urllib3 does not look for."""
    return isinstance(connection.sock, ssl.SSLSocket) and connection.sock.pending() > 0


def _written(method: str, url: str, headers: Mapping[str, Any]) -> bytes:
    origin, target = split(url)
    lines = [f"{method} {target} HTTP/1.1", f"Host: {origin.partition('//')[2]}"]
    for name, value in headers.items():
        if value is not None:  # requests leaves such a header out
            check_header_validity((name, value))
            lines.append(f"{_text(name)}: {_text(value)}")
    try:
        return "\r\n".join((*lines, "", "")).encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidHeader("a header has letters that HTTP cannot carry") from None


def _text(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else part


def _write(connection: Any, request: bytes) -> bool:
    """Write the request; False if the venue stopped reading, which may still mean that it answered first."""
    try:
        connection.send(request)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _parts(answer: OneAnswer, method: str) -> Iterator[bytes]:
    read: Any = answer.read
    headers = answer.named
    unpacker = unpacker_for(headers)
    if unpacker is not None:
        yield from unpacked(iter(partial(read, CHUNK), b""), unpacker)
    elif "content-encoding" in headers:
        read = urllib3.HTTPResponse(
            answer, headers, answer.status, preload_content=False, original_response=answer, request_method=method
        ).read
    while part := read(CHUNK):
        yield part
    if answer.length:  # Python's own reader takes the end of the stream for the end of the body
        raise UnusableAnswer("the answer ended before its end")
