"""What arrives unasked on a connection of a bot's session is not taken for the answer to a cancel of ours."""

from __future__ import annotations

import asyncio
import inspect
from importlib import import_module
from time import monotonic

import pytest

from hk_adapter.flow.http import HttpRequest

pytest.importorskip("ccxt")

UNASKED = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked"


@pytest.fixture(params=["ccxt", "ccxt.async_support"])
async def send(request, authority, tmp_path):
    """Send by the session of one of ccxt's two kinds."""
    from hk_adapter.ccxt_facade.aiohttp_transport import AsyncSessionTransport  # noqa: PLC0415 - they need ccxt
    from hk_adapter.ccxt_facade.bots_session import furnish  # noqa: PLC0415
    from hk_adapter.ccxt_facade.requests_transport import SessionTransport  # noqa: PLC0415

    bot = import_module(request.param).hashkey({"timeout": 2000})
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    if request.param == "ccxt":
        furnish(bot.session, str(path))
        transport = SessionTransport(bot)
    else:
        bot.cafile = str(path)
        transport = AsyncSessionTransport(bot)

    async def run(url):
        told = transport.send(HttpRequest("DELETE", url, {}), monotonic() + 2)
        return (await told if inspect.isawaitable(told) else told).body

    yield run
    if request.param == "ccxt":
        bot.session.close()
    else:
        await bot.close()


async def test_an_answer_that_lies_on_an_idle_connection(serve, send, tls):
    """It is no answer to what is asked next, which goes over another connection."""

    def talk(peer):
        while request := peer.read_request():
            peer.answer(request.split(b" ")[1])
            if peer.server.connections == 1:
                peer.server.stopped.wait(0.05)
                peer.send(UNASKED)
                peer.server.acted.set()

    server = serve(talk, tls=tls)
    assert await send(f"{server.origin}/first") == b"/first"
    assert await asyncio.to_thread(server.acted.wait, 30)
    assert await send(f"{server.origin}/second") == b"/second"
    assert server.connections == 2


async def test_a_connection_that_the_venue_has_closed(serve, send, tls):
    """It is not used, even where the loop has not been told yet."""

    def talk(peer):
        peer.answer(peer.read_request().split(b" ")[1])
        peer.sock.close()
        peer.server.acted.set()

    server = serve(talk, tls=tls)
    assert await send(f"{server.origin}/first") == b"/first"
    assert server.acted.wait(30)
    assert await send(f"{server.origin}/second") == b"/second"


async def test_an_answer_that_tls_holds_unpacked(serve, send):
    """Where an answer fills a reader's buffer to the brim, what came with it is in no buffer, and not in the socket."""

    def talk(peer):
        while request := peer.read_request():
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
            if b"/first" in request:
                fill = 8192 - len(head % 8192)
                peer.send(head % fill + b"x" * fill + UNASKED)
            else:
                peer.answer(b"second")

    server = serve(talk, tls=True)
    assert len(await send(f"{server.origin}/first")) > 8000
    assert await send(f"{server.origin}/second") == b"second"
    assert server.connections == 2
