"""A call comes back within 0.25 s of its absolute deadline, whatever the other side does."""

import contextlib
import socket
import threading

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest
from tests.lateness import on_time

SECONDS = 0.12


async def leave_in_doubt(client, request):
    """Send with little time, and, where a busy machine has opened no connection in that, with more."""
    for seconds in (SECONDS, 4 * SECONDS, 16 * SECONDS):
        with on_time(seconds):
            try:
                await client.send(request, seconds)
            except OutcomeUnknown:
                return
            except NotSent:
                continue
        pytest.fail("it was answered")
    pytest.fail("it was never sent")


def trickled_header(peer):
    """Send a header that takes a minute."""
    peer.read_request()
    peer.trickle(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1200)


def trickled_body(peer):
    """Send a body that takes a minute."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n")
    peer.trickle(b"x" * 1200)


def trickled_body_without_length(peer):
    """Send a body that ends with the connection, and does not end."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    peer.trickle(b"x" * 1200)


def no_answer(peer):
    """Take the request and say nothing."""
    peer.read_request()
    peer.wait_until_gone()


@pytest.mark.parametrize("talk", [trickled_header, trickled_body, trickled_body_without_length, no_answer])
async def test_a_slow_answer_ends_at_the_deadline(serve, client, cancel, tls, talk):
    """Bytes that keep coming do not keep the call alive, and the outcome is unknown."""
    server = serve(talk, tls=tls)
    await leave_in_doubt(client, cancel(server.origin))


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_venue_that_does_not_read_ends_at_the_deadline(serve, client, tls):
    """A body that fills every buffer is not waited for."""
    server = serve(lambda peer: peer.server.stopped.wait(5), tls=tls)
    request = HttpRequest("POST", f"{server.origin}/a", {}, bytes(6_000_000))
    await leave_in_doubt(client, request)


async def test_a_slow_answer_on_a_reused_connection_ends_at_the_deadline(serve, client, cancel, tls):
    """The deadline of the second call holds on a connection that the first one opened."""

    def talk(peer):
        peer.read_request()
        peer.answer()
        trickled_header(peer)

    server = serve(talk, tls=tls)
    await client.send(cancel(server.origin), 5.0)
    await leave_in_doubt(client, cancel(server.origin))
    assert server.connections == 1


async def test_a_stalled_handshake_ends_at_the_deadline(serve, client, cancel):
    """A server that accepts and never says a word of TLS has not seen the request."""
    server = serve(lambda peer: peer.wait_until_gone())
    with on_time(SECONDS), pytest.raises(NotSent):
        await client.send(cancel(server.origin.replace("http", "https")), SECONDS)


async def test_a_stalled_proxy_ends_at_the_deadline(serve, connect, cancel):
    """A proxy that trickles its answer to CONNECT has not seen the request."""

    def talk(peer):
        peer.read_request()
        peer.trickle(b"HTTP/1.1 200 Connection established\r\nX: " + b"x" * 1200)

    client = connect(proxy=serve(talk).origin)
    with on_time(SECONDS), pytest.raises(NotSent):
        await client.send(cancel("https://venue.example"), SECONDS)


async def test_a_handshake_after_a_late_tunnel_ends_at_the_deadline(serve, connect, cancel):
    """The handshake gets what the proxy left of the call's time, not as much again."""

    def talk(peer):
        peer.read_request()
        peer.server.stopped.wait(0.4)
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        peer.wait_until_gone()

    client = connect(proxy=serve(talk).origin)
    with on_time(0.5), pytest.raises(NotSent):
        await client.send(cancel("https://venue.example"), 0.5)


async def test_a_connection_that_does_not_open_ends_at_the_deadline(client, cancel):
    """A listener whose queue is full answers no SYN; nothing was sent."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        with on_time(SECONDS), pytest.raises(NotSent):
            await client.send(cancel(f"http://127.0.0.1:{listener.getsockname()[1]}"), SECONDS)


async def test_a_name_that_does_not_resolve_ends_at_the_deadline(client, cancel, monkeypatch):
    """A resolver that hangs cannot be interrupted, but it is not waited for; nothing was sent."""
    release = threading.Event()
    asked = []

    def hang(*args, **_options):
        asked.append(args)
        release.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        for _ in range(2):
            with on_time(SECONDS), pytest.raises(NotSent):
                await client.send(cancel("http://venue.example"), SECONDS)
    finally:
        release.set()
    assert len(asked) == 1, "callers share the lookup that hangs: a thread each would pile up"


async def test_a_dead_address_leaves_time_for_the_next(serve, client, cancel, monkeypatch):
    """When the first address of a name refuses, the second is tried within the same call."""

    def talk(peer):
        while peer.read_request():
            peer.answer(b"second")

    server = serve(talk)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dead = listener.getsockname()
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in (dead, ("127.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    assert (await client.send(cancel(f"http://localhost:{server.port}"))).body == b"second"
