"""A WebSocket server of raw bytes: it shakes hands, and then does what no venue should."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(payload: bytes, opcode: int = 1, *, last: bool = True, rsv: int = 0) -> bytes:
    """Write a frame as servers do, without a mask."""
    return header(len(payload), opcode, last=last, rsv=rsv) + payload


def header(length: int, opcode: int = 1, *, last: bool = True, rsv: int = 0) -> bytes:
    """Write what a frame begins with."""
    first = bytes([(128 if last else 0) | rsv << 4 | opcode])
    if length < 126:
        return first + bytes([length])
    return first + (b"\x7e" + length.to_bytes(2) if length < 2**16 else b"\x7f" + length.to_bytes(8))


class Hostile:
    """What was asked of the server: the paths, and how many connections there were."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.paths: list[str] = []


@asynccontextmanager
async def hostile(behave: Behave, *, accept: bool = True) -> AsyncIterator[Hostile]:
    """Serve on a free port. Without ``accept``, ``behave`` answers the handshake itself."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            seen.paths.append(request.split()[1].decode())
            if accept:
                (key,) = (
                    line[19:] for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:")
                )
                word = base64.b64encode(hashlib.sha1(key.strip() + _GUID).digest())
                writer.write(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Accept: " + word + b"\r\n\r\n"
                )
            await behave(reader, writer)
        with suppress(ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    seen = Hostile(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield seen
    finally:
        server.close()


async def for_ever(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send the same again and again, as fast as it is taken."""
    while not writer.is_closing():
        writer.write(data)
        await writer.drain()


async def until_gone(reader: asyncio.StreamReader) -> None:
    """Read until the client has hung up."""
    while await reader.read(2**16):
        pass
