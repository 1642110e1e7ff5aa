"""A server that does next to nothing, so that what a client does is not hidden behind it.

    python -m benchmarks.fast_server

It prints its URL, and ends when its standard input does. Every order is known to it: a DELETE answers as the venue does
to a cancel of a working order, a GET with the same order canceled. No signature is looked at.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time

from benchmarks.answers import FIRST_ID, cancel_and_query

_ORDER_ID = re.compile(rb"orderId=(\d+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answering(asyncio.BufferedProtocol):
    """One connection, kept alive.

    It is read into a buffer of its own. For a ``Protocol`` asyncio makes one of 256 KiB for each reading, which the
    system hands out and takes back each time, or does not, by what else the process has: that is 30 µs a request.
    """

    def __init__(self) -> None:
        self._buffer = bytearray(65536)
        self._seen = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._seen += self._buffer[:nbytes]
        while (request := self._whole_request()) is not None:
            assert self._transport is not None
            self._transport.write(answer(request))

    def _whole_request(self) -> bytes | None:
        head = self._seen.find(b"\r\n\r\n")
        if head < 0:
            return None
        length = _LENGTH.search(self._seen, 0, head)
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self._seen) < end:
            return None
        request, self._seen = self._seen[:end], self._seen[end:]
        return request


def answer(request: bytes) -> bytes:
    """Answer one request."""
    canceled, queried = cancel_and_query()
    order_id = _ORDER_ID.search(request)
    if order_id is None:
        return _written(b'{"serverTime":%d}' % (time.time_ns() // 1_000_000))
    body = canceled if request.startswith(b"DELETE") else queried
    return _written(body.replace(b"%d" % FIRST_ID, order_id[1]))


def _written(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def serve() -> None:
    """Serve on a free port until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0, backlog=256)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
