"""Streams over WebSockets: each frame goes out as soon as it is due, and faults are carried out on the socket.

Like the HTTP server that it is part of it reads a clock and needs aiohttp. Nothing is compressed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiohttp import ClientError, WSMsgType, web

from hk_adapter.simulator.core import Simulator
from hk_adapter.simulator.streams.connection import StreamConnection
from hk_adapter.simulator.streams.hub import SWITCHED
from hk_adapter.simulator.streams.server_connection import CUT, Frame

Clock = Callable[[], int]

_CLOSE_TIMEOUT = 0.1
_LONGEST_WAIT = 3600.0
_TEXT, _LAST_PART = 0x01, 0x80
_GONE = (ClientError, ConnectionError)
"""What a write meets once the other side has gone."""
_ENDS = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})


class StreamServer:
    """Serve a simulator's streams from the running loop."""

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self._simulator = simulator
        self._clock = clock
        self._transports: set[asyncio.Transport] = set()

    @staticmethod
    def is_meant_by(request: web.BaseRequest) -> bool:
        """Return whether a request asks for a WebSocket."""
        return request.headers.get("Upgrade", "").lower() == "websocket"

    def close(self) -> None:
        """Cut every connection."""
        for transport in self._transports:
            transport.close()

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """Open a stream, and serve it until it ends from either side."""
        socket = web.WebSocketResponse(compress=False, autoping=False, timeout=_CLOSE_TIMEOUT)
        transport = request.transport
        if transport is None or not socket.can_prepare(request):
            return web.Response(status=400)
        connection = self._simulator.open_stream(request.raw_path, self._clock())
        if connection.status != SWITCHED:
            if not connection.status:
                transport.close()
            return web.Response(status=connection.status or 400)
        self._transports.add(transport)
        try:
            await socket.prepare(request)
            await self._serve(socket, transport, connection)
        finally:
            self._transports.discard(transport)
            connection.on_ready = None
            connection.close(self._clock())
        return socket

    async def _serve(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, connection: StreamConnection
    ) -> None:
        sender = asyncio.create_task(_Sender(self._clock, socket, transport, connection).run())
        try:
            with suppress(*_GONE):
                while (message := await socket.receive()).type not in _ENDS:
                    if message.type is WSMsgType.TEXT:
                        connection.send(message.data, self._clock())
                    elif message.type is WSMsgType.PING and not connection.is_stalled:
                        await socket.pong(message.data)
        finally:
            if connection.closed is None:
                sender.cancel()
            with suppress(asyncio.CancelledError, *_GONE):
                await sender


class _Sender:
    """Send what arrives on one connection, until it ends."""

    def __init__(
        self,
        clock: Clock,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        connection: StreamConnection,
    ) -> None:
        self._clock = clock
        self._socket = socket
        self._transport = transport
        self._connection = connection
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        self._connection.on_ready = self._wake_soon
        while True:
            self._ready.clear()
            for frame in self._connection.take(self._clock()):
                await self._send(frame)
            end = self._connection.closed
            if end is None:
                await self._wait()
            elif end.code == CUT:
                self._transport.close()
                return
            else:
                await self._socket.close(code=end.code, message=end.reason.encode())
                return

    def _wake_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._ready.set()
        if self._connection.is_overrun:
            # The client reads nothing: what is written to it already would wait for ever.
            self._transport.abort()

    async def _wait(self) -> None:
        at = self._connection.next_at()
        seconds = _LONGEST_WAIT if at is None else min(max(at - self._clock(), 0) / 1000, _LONGEST_WAIT)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ready.wait()

    async def _send(self, frame: Frame) -> None:
        if not frame.in_two and not frame.half:
            await self._socket.send_str(frame.text)
            return
        raw = frame.text.encode()
        middle = len(raw) // 2
        self._transport.write(_part(_TEXT, raw[:middle]))
        if frame.in_two:
            await asyncio.sleep(0)
            self._transport.write(_part(_LAST_PART, raw[middle:]))


def _part(first_byte: int, payload: bytes) -> bytes:
    # A server's frame is not masked; aiohttp itself writes none that is only a part of a message.
    size = len(payload)
    if size < 126:
        length = bytes([size])
    elif size < 1 << 16:
        length = bytes([126]) + size.to_bytes(2, "big")
    else:
        length = bytes([127]) + size.to_bytes(8, "big")
    return bytes([first_byte]) + length + payload
