"""A server of private streams that does next to nothing: it sends order events when it is told to, and as many.

    python -m benchmarks.fast_streams

It prints its URL, and ends when its standard input does. An account's listen key is its API key, so that who measures
can say whose turn it is: a text ``KEY N`` on the connection ``/tell`` sends that key's connection N events, each of an
order of its own, of the kind that the simulator tells when a limit order is filled.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from aiohttp import WSMsgType, web

from benchmarks.answers import filled_event

_ids = count(1_900_000_000_000_000_000)


class Streams:
    """The connections, by listen key."""

    def __init__(self) -> None:
        self._open: dict[str, web.WebSocketResponse] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v1/userDataStream", self._key)
        app.router.add_route("*", "/api/v1/ws/{key}", self._stream)
        app.router.add_get("/tell", self._tell)
        app.router.add_route("*", "/{rest:.*}", self._anything)
        return app

    async def _key(self, request: web.Request) -> web.Response:
        return web.json_response({"listenKey": request.headers["X-HK-APIKEY"]})

    async def _anything(self, request: web.Request) -> web.Response:
        return web.json_response({} if request.method == "DELETE" else [])

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open[request.match_info["key"]] = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT and "ping" in message.data:
                await socket.send_str(message.data.replace("ping", "pong"))
        return socket

    async def _tell(self, request: web.Request) -> web.WebSocketResponse:
        teller = web.WebSocketResponse()
        await teller.prepare(request)
        async for message in teller:
            key, number = message.data.split()
            for _ in range(int(number)):
                await self._open[key].send_str(filled_event(next(_ids)))
        return teller


async def serve() -> None:
    """Serve on a free port until the standard input ends."""
    runner = web.AppRunner(Streams().app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
