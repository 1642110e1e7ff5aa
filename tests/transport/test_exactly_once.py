"""A request is written once: no library repeats it, follows a redirect with it, or uses a dead connection for it."""

import inspect
import threading

import aiohttp
import pytest

from hk_adapter.errors import OutcomeUnknown


@pytest.mark.parametrize("method", ["DELETE", "GET", "PUT", "POST"])
async def test_a_cut_on_a_reused_connection_is_not_repeated(serve, client, cancel, tls, method):
    """The venue acts on the second request and cuts: it must see that request exactly once."""

    def talk(peer):
        if peer.read_request() and len(peer.server.requests) == 1:
            peer.answer()
            peer.read_request()

    server = serve(talk, tls=tls)
    await client.send(cancel(server.origin, method=method))
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(server.origin, path="/second", method=method))
    assert sum(b"/second" in request for request in server.requests) == 1


async def test_a_reset_on_a_reused_connection_is_not_repeated(serve, client, cancel, tls):
    """As above, with a TCP reset."""

    def talk(peer):
        if peer.read_request() and len(peer.server.requests) == 1:
            peer.answer()
            peer.read_request()
            peer.reset()

    server = serve(talk, tls=tls)
    await client.send(cancel(server.origin))
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(server.origin))
    assert len(server.requests) == 2


async def test_aiohttp_still_has_the_switch_for_its_own_repeats():
    """No public option stops aiohttp's repeats; this fails when the private name that does goes away."""
    source = inspect.getsource(aiohttp.ClientSession._request)
    assert "self._retry_connection" in source
    async with aiohttp.ClientSession() as session:
        assert session._retry_connection is True


@pytest.mark.parametrize("library", ["aiohttp behind a tool"], indirect=True)
async def test_without_the_switch_aiohttp_would_repeat_and_is_stopped(serve, connect, cancel):
    """Even with aiohttp's repeats on, a call is given one connection only."""

    def talk(peer):
        if peer.read_request() and len(peer.server.requests) == 1:
            peer.answer()
            peer.read_request()

    server = serve(talk)
    client = connect()
    await client.send(cancel(server.origin))
    client.transport._sessions.running()._retry_connection = True
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(server.origin))
    assert len(server.requests) == 2


async def test_a_connection_that_the_venue_closed_is_not_used(serve, client, cancel, tls):
    """A kept-alive connection that ended in between is noticed, and a fresh one opened."""
    closed = threading.Event()

    def talk(peer):
        peer.read_request()
        peer.answer()
        peer.sock.close()
        closed.set()

    server = serve(talk, tls=tls)
    await client.send(cancel(server.origin))
    assert closed.wait(30)
    assert (await client.send(cancel(server.origin))).status == 200
    assert server.connections == 2


async def test_a_connection_is_kept_alive(serve, client, cancel, tls):
    """Calls one after the other share a connection: a handshake each would be slow."""

    def talk(peer):
        while peer.read_request():
            peer.answer()

    server = serve(talk, tls=tls)
    for _ in range(3):
        await client.send(cancel(server.origin))
    assert server.connections == 1


async def test_a_connection_idle_for_long_is_not_trusted(serve, connect, cancel, monkeypatch, library):
    """What lies between may have dropped it without a word; a fresh one costs less than a doubtful send."""

    def talk(peer):
        while peer.read_request():
            peer.answer()

    monkeypatch.setattr(f"hk_adapter.transport.{library}_transport.KEEP_ALIVE", 0.0)
    server = serve(talk)
    client = connect()
    for _ in range(2):
        await client.send(cancel(server.origin))
    assert server.connections == 2


async def test_a_venue_that_closes_after_each_answer_is_served_anew(serve, client, cancel, tls):
    """``Connection: close`` ends the connection, not the service."""

    def talk(peer):
        peer.read_request()
        peer.answer(b"bye", headers=("Connection: close",))

    server = serve(talk, tls=tls)
    for _ in range(2):
        assert (await client.send(cancel(server.origin))).body == b"bye"
    assert server.connections == 2


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_an_answer(serve, client, cancel, status):
    """The key goes to no other host, whatever the venue says."""
    other = serve(lambda peer: peer.read_request())

    def talk(peer):
        peer.read_request()
        peer.answer(status=status, headers=(f"Location: {other.origin}/stolen",))

    response = await client.send(cancel(serve(talk).origin))
    assert response.status == int(status[:3])
    assert response.headers["location"] == f"{other.origin}/stolen"
    assert other.connections == 0
