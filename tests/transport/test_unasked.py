"""What arrives unasked is nobody's answer: the connection that it came on is not used again."""

from __future__ import annotations

import asyncio

import pytest

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.flow.http import HttpRequest
from hk_adapter.transport.http_rules import MOST_INTERIM


def _get(origin: str, path: str) -> HttpRequest:
    return HttpRequest("GET", f"{origin}{path}", {})


async def test_an_answer_that_nobody_asked_for(serve, client, tls):
    """An answer that lies on an idle connection is not taken for that of the next request."""

    def talk(peer):
        while request := peer.read_request():
            peer.answer(request.split(b" ")[1])
            if peer.server.connections == 1:
                peer.server.stopped.wait(0.05)
                peer.answer(b"unasked")
                peer.server.acted.set()

    server = serve(talk, tls=tls)
    assert (await client.send(_get(server.origin, "/first"))).body == b"/first"
    assert await asyncio.to_thread(server.acted.wait, 30)
    assert (await client.send(_get(server.origin, "/second"))).body == b"/second"
    assert server.connections == 2


async def test_an_early_hint_is_no_answer(serve, client, tls):
    """A number of 1xx words before the answer is skipped."""

    def talk(peer):
        while peer.read_request():
            peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * MOST_INTERIM)
            peer.answer(b"the answer")

    server = serve(talk, tls=tls)
    assert (await client.send(_get(server.origin, "/x"))).body == b"the answer"
    assert len(server.requests) == 1


async def test_nothing_but_early_hints_is_no_answer(serve, client, tls):
    """Whoever says 1xx words without end is not read on: each takes time, and asyncio's loop would stand still."""

    def talk(peer):
        while peer.read_request():
            peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * (MOST_INTERIM + 1))
            peer.answer(b"the answer")

    server = serve(talk, tls=tls)
    with pytest.raises(OutcomeUnknown, match="interim answers"):
        await client.send(_get(server.origin, "/x"))


async def test_bytes_beyond_the_answer_end_the_connection(serve, client, tls):
    """The answer stands as its Content-Length says; what follows it is thrown away with the connection."""

    def talk(peer):
        while request := peer.read_request():
            body = request.split(b" ")[1]
            surplus = b"surplus" if peer.server.connections == 1 else b""
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s" % (len(body), body, surplus))

    server = serve(talk, tls=tls)
    assert (await client.send(_get(server.origin, "/first"))).body == b"/first"
    assert (await client.send(_get(server.origin, "/second"))).body == b"/second"
    assert server.connections == 2


@pytest.mark.parametrize("lasts", ["keep-alive", "close"])
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_an_answer_before_the_request_is_read(serve, client, library, tls, lasts):
    """What is asked next does not wait behind the rest of a body that the venue never reads."""
    if library == "requests":
        pytest.skip("a thread that writes reads nothing meanwhile: it is a doubt")

    def talk(peer):
        if peer.server.connections == 1:
            peer.sock.recv(65536)
            peer.answer(b"too large", status="413 Too Large", headers=(f"Connection: {lasts}",))
            peer.server.stopped.wait(5)
        elif peer.read_request():
            peer.answer(b"second")

    server = serve(talk, tls=tls)
    first = HttpRequest("POST", f"{server.origin}/first", {}, b"x" * 12_000_000)
    assert (await client.send(first)).body == b"too large"
    assert (await client.send(_get(server.origin, "/second"))).body == b"second"
