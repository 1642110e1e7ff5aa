"""A call that its caller gives up, or that a test tool stops, leaves the transport usable and is not translated."""

import asyncio
import contextvars
import gc
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import streams
from aiohttp.client_proto import ResponseHandler

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest
from hk_adapter.transport.aiohttp_transport import AiohttpTransport
from hk_adapter.transport.requests_transport import RequestsTransport


def silent_at_first(peer):
    """Leave the first request without an answer; answer those on later connections by their path."""
    if peer.server.connections == 1:
        peer.read_request()
        peer.server.acted.set()
        peer.wait_until_gone()
    while request := peer.read_request():
        peer.answer(request.split(b" ")[1])


def test_an_interrupted_call_drops_its_connection(serve, cancel, trust, tls):
    """After Ctrl-C the half-used connection is closed, so that its late answer meets no other call."""
    main = threading.get_ident()

    def talk(peer):
        if peer.server.connections == 1:
            peer.read_request()
            signal.pthread_kill(main, signal.SIGINT)
            peer.wait_until_gone()
        silent_at_first(peer)

    server = serve(talk, tls=tls)
    transport = RequestsTransport(ssl_context=trust)
    with pytest.raises(KeyboardInterrupt):
        transport.send(cancel(server.origin), time.monotonic() + 5)
    assert server.gone.wait(30)
    response = transport.send(HttpRequest("GET", f"{server.origin}/next", {}), time.monotonic() + 5)
    assert response.body == b"/next"
    assert server.connections == 2
    transport.close()


@pytest.mark.parametrize("library", ["aiohttp"], indirect=True)
async def test_a_canceled_task_drops_its_connection(serve, connect, cancel, tls):
    """The same for an asyncio task."""
    server = serve(silent_at_first, tls=tls)
    client = connect()
    task = asyncio.create_task(client.send(cancel(server.origin), 5.0))
    await asyncio.to_thread(server.acted.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.gone.wait, 30)
    assert (await client.send(HttpRequest("GET", f"{server.origin}/next", {}))).body == b"/next"
    assert server.connections == 2


async def test_a_call_may_be_closed_in_another_context(serve, cancel):
    """As the garbage collector closes what an interrupt left half-way: without an error of its own."""
    server = serve(silent_at_first)
    transport = AiohttpTransport()
    call = transport.send(cancel(server.origin), time.monotonic() + 5)
    contextvars.copy_context().run(call.send, None)
    call.close()
    await transport.close()


async def test_a_late_answer_meets_no_other_call(serve, client, cancel, tls):
    """The connection of a call that timed out is not used again."""

    def talk(peer):
        if not peer.server.acted.is_set() and peer.read_request():
            peer.server.acted.set()
            peer.wait_until_gone()
        while request := peer.read_request():
            peer.answer(request.split(b" ")[1])

    server = serve(talk, tls=tls)
    for seconds in (0.1, 1.0, 20.0):  # a busy machine may not get it out in the first
        with pytest.raises(Exception, match=r"no whole answer|before it was sent|no connection") as failure:
            await client.send(cancel(server.origin), seconds)
        if not isinstance(failure.value, NotSent):
            break
    assert "no whole answer" in str(failure.value)
    assert (await client.send(HttpRequest("GET", f"{server.origin}/next", {}))).body == b"/next"


async def test_a_blocked_network_is_told_by_the_tool_that_blocks_it(client, cancel):
    """pytest-recording's error passes through: a test must not mistake it for a venue that is down."""
    with pytest.raises(RuntimeError, match="Network is disabled"):
        await client.send(cancel("http://10.255.255.1"))


async def test_closing_is_idempotent_and_final(serve, client, cancel):
    """After close nothing is sent any more, and closing again is fine."""

    def talk(peer):
        while peer.read_request():
            peer.answer()
        peer.server.gone.set()

    server = serve(talk)
    await client.send(cancel(server.origin))
    await client.close()
    await client.close()
    assert await asyncio.to_thread(server.gone.wait, 30)
    with pytest.raises(NotSent, match="closed"):
        await client.send(cancel(server.origin))
    assert len(server.requests) == 1


async def test_a_transport_may_be_closed_unused(connect):
    """Nothing was opened, so there is nothing to close."""
    await connect().close()


def test_many_threads_share_a_transport(serve, trust, tls):
    """Each thread gets its own answer, and more threads than pooled connections do no harm."""

    def talk(peer):
        while request := peer.read_request():
            peer.answer(request.split(b" ")[1])

    server = serve(talk, tls=tls)
    transport = RequestsTransport(ssl_context=trust)

    def ask(number):
        request = HttpRequest("GET", f"{server.origin}/{number}", {})
        return transport.send(request, time.monotonic() + 10).body

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(ask, range(200)))
    transport.close()
    assert answers == [f"/{number}".encode() for number in range(200)]


@pytest.mark.parametrize("library", ["aiohttp"], indirect=True)
async def test_many_tasks_share_a_transport(serve, client):
    """The same for tasks of one loop."""

    def talk(peer):
        while request := peer.read_request():
            peer.answer(request.split(b" ")[1])

    origin = serve(talk).origin
    calls = (client.send(HttpRequest("GET", f"{origin}/{number}", {}), 10.0) for number in range(60))
    answers = await asyncio.gather(*calls)
    assert [answer.body for answer in answers] == [f"/{number}".encode() for number in range(60)]


@pytest.mark.parametrize("ended", [False, True])
def test_each_loop_has_connections_of_its_own(serve, cancel, trust, tls, ended):
    """Used from a second loop, a transport connects anew; what the first one left open is closed without a word."""

    def talk(peer):
        while peer.read_request():
            peer.answer()

    server = serve(talk, tls=tls)
    transport = AiohttpTransport(ssl_context=trust)
    request = cancel(server.origin)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert first.run(transport.send(request, time.monotonic() + 5)).status == 200
        if ended:
            first.close()
        assert second.run(transport.send(request, time.monotonic() + 5)).status == 200
        second.run(transport.close())
        if not ended:
            first.run(asyncio.sleep(0.01))
    assert len(server.requests) == 2
    gc.collect()


def test_the_blocking_path_imports_no_aiohttp_and_starts_no_thread():
    """An import of aiohttp is slow to import, and a thread started by an import would not survive a fork."""
    code = (
        "import sys, threading, hk_adapter.transport.requests_transport as p; transport = p.RequestsTransport();"
        "assert 'aiohttp' not in sys.modules; assert threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_closed_transport_leaves_no_socket_to_a_loop_that_ends(serve, cancel, trust, tls, monkeypatch):
    """A program that closes, and then its loop, has closed every socket, whichever release of aiohttp it runs with."""
    server = serve(silent_at_first, tls=tls)
    server.connections = 1  # so that the first is answered

    async def used():
        transport = AiohttpTransport(ssl_context=trust)
        await asyncio.gather(*(transport.send(cancel(server.origin), time.monotonic() + 5) for _ in range(3)))
        await transport.close()

    left = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: left.append(str(told.exc_value)))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(used())
    loop.close()
    gc.collect()  # what was left would warn of itself, which is an error here
    assert left == []


@pytest.mark.parametrize("struck", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize(
    "where", [(ResponseHandler, "data_received"), (streams, "set_result")], ids=["handed on", "the waiter taken off"]
)
def test_an_interrupt_in_the_middle_of_an_answer_ends_the_exchange(serve, cancel, monkeypatch, struck, where):
    """What asyncio was handing on is lost: a call that its loop goes on with waits for none of it."""

    def talk(peer):
        while request := peer.read_request():
            peer.answer(request.split(b" ")[1])

    def strike(*_):
        monkeypatch.undo()
        raise struck

    server = serve(talk)
    transport, loop = AiohttpTransport(), asyncio.new_event_loop()
    monkeypatch.setattr(*where, strike)
    call = loop.create_task(transport.send(cancel(server.origin), time.monotonic() + 60))
    with pytest.raises(struck):
        loop.run_until_complete(call)
    with pytest.raises(OutcomeUnknown, match="no whole answer came back"):
        loop.run_until_complete(asyncio.wait_for(call, 5))
    loop.run_until_complete(transport.close())
    loop.close()
