"""An answer that does not say plainly where it ends is no answer: a doubt, and the end of its connection."""

from __future__ import annotations

import gzip

import pytest

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.flow.http import HttpRequest

CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"
HEADS = {
    "both": (b"Content-Length: 2\r\nTransfer-Encoding: chunked", CHUNKED),
    "both the other way round": (b"Transfer-Encoding: chunked\r\ncontent-length: 13", CHUNKED),
    "two lengths": (b"Content-Length: 2\r\nContent-Length: 3", b"{} "),
    "the same twice": (b"Content-Length: 2\r\nContent-Length: 2", b"{}"),
    "a list of lengths": (b"Content-Length: 2, 2", b"{}"),
    "negative": (b"Content-Length: -2", b"{}"),
    "signed": (b"Content-Length: +2", b"{}"),
    "underscored": (b"Content-Length: 0_2", b"{}"),
    "a fraction": (b"Content-Length: 2.0", b"{}"),
    "hexadecimal": (b"Content-Length: 0x2", b"{}"),
    "no number": (b"Content-Length: two", b"{}"),
    "empty": (b"Content-Length:", b"{}"),
    "beyond all": (b"Content-Length: 99999999999999999999999", b"{}"),
    "chunks named twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", CHUNKED),
    "another coding": (b"Transfer-Encoding: identity", b"{}"),
    "a coding beneath": (b"Transfer-Encoding: gzip, chunked", CHUNKED),
    "a blank before the colon": (b"Content-Length : 2", b"{}"),
    "a folded coding": (b"Transfer-Encoding:\r\n chunked", CHUNKED),
    "a name that is none": (b"X(y): z\r\nContent-Length: 2", b"{}"),
    "a line that is no header": (b"no header\r\nContent-Length: 2", b"{}"),
}


def _get(origin: str, path: str) -> HttpRequest:
    return HttpRequest("GET", f"{origin}{path}", {})


async def _connections_of_two(client, server):
    """Count the connections of two requests that are answered with the same body."""
    for _ in range(2):
        assert (await client.send(_get(server.origin, "/x"))).body == b"{}"
    return server.connections


@pytest.mark.parametrize("name", HEADS)
async def test_a_length_that_cannot_be_told(serve, client, name):
    """Whether the answer came is not known, the reason is no proxy's, and the next request goes its own way."""
    head, body = HEADS[name]

    def talk(peer):
        while request := peer.read_request():
            if b"/first" in request:
                peer.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)
            else:
                peer.answer(b"second")

    server = serve(talk)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send(_get(server.origin, "/first"), 1.0)
    assert "proxy" not in str(caught.value)
    assert (await client.send(_get(server.origin, "/second"))).body == b"second"
    assert server.connections == 2


@pytest.mark.parametrize("head", [b"HTTP/1.1 099 Odd", b"HTTP/1.1 1000 Odd", b"HTTP/2.0 100 Continue", b"HTTP/1.1 1xx"])
async def test_an_odd_word_before_the_answer(serve, client, head):
    """Where no proxy is in use, none is blamed for an answer that cannot be read."""

    def talk(peer):
        while peer.read_request():
            peer.send(head + b"\r\n\r\n")
            peer.answer(b"{}")

    server = serve(talk)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.send(_get(server.origin, "/x"), 1.0)
    assert "proxy" not in str(caught.value)


@pytest.mark.parametrize(
    "status",
    [
        b"HTTP/1.1 +200 OK",
        b"HTTP/1.1 2_00 OK",
        b"HTTP/1.1 0200 OK",
        b"HTTP/1.1\t200 OK",
        b"HTTP/1.1 200\xa0OK",
        b"HTTP/1.5 200 OK",
        b"HTTP/1.10 200 OK",
        b"HTTP/1.1 200 O\rK",
        b"\r\nHTTP/1.1 200 OK",
        b"\n\nHTTP/1.1 200 OK",
    ],
)
async def test_a_status_that_cannot_be_told(serve, client, status):
    """A status line is read as it is meant to be, not as some reader can make something of it."""

    def talk(peer):
        peer.read_request()
        peer.send(status + b"\r\nContent-Length: 2\r\n\r\n{}")
        peer.wait_until_gone()

    with pytest.raises(OutcomeUnknown):
        await client.send(_get(serve(talk).origin, "/x"), 1.0)


@pytest.mark.parametrize(
    "head", [b"Connection: keep-alive\r\nConnection: close", b"connection: x\r\nConnection: Close"]
)
async def test_a_connection_that_is_to_be_closed(serve, client, head):
    """It is not used again, in whichever line the venue says so."""

    def talk(peer):
        while peer.read_request():
            peer.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\nContent-Length: 2\r\n\r\n{}")

    assert await _connections_of_two(client, serve(talk)) == 2


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
@pytest.mark.parametrize("head", [b"Transfer-Encoding: chunked", b"Content-Length: 2", b"X: y"])
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_an_answer_that_has_no_body(serve, client, status, head, body):
    """It ends with its head, whatever that says; what comes with it belongs to nothing, and ends the connection."""

    def talk(peer):
        while request := peer.read_request():
            if b"/first" in request:
                peer.send(b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n\r\n" + body)
            else:
                peer.answer(b"second")

    server = serve(talk)
    first = await client.send(_get(server.origin, "/first"), 1.0)
    assert (first.status, first.body) == (int(status[:3]), b"")
    assert (await client.send(_get(server.origin, "/second"))).body == b"second"
    assert server.connections == (2 if body else 1)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length:2", b"{}"),
        (b"CONTENT-LENGTH: \t2 ", b"{}"),
        (b"Content-Length: 00000002", b"{}"),
        (b"transfer-encoding: Chunked", CHUNKED),
        (b"X: y\r\nConnection: close", b"{}"),
    ],
)
async def test_a_length_that_is_plain(serve, client, head, body):
    """One length, chunks, or the end of the connection: the answer stands."""

    def talk(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)
        peer.sock.close()

    assert (await client.send(_get(serve(talk).origin, "/x"))).body == b"{}"


async def test_a_folded_header(serve, client):
    """A line that goes on in the next one is one header, and what follows it is read."""

    def talk(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nX-Long: one\r\n  two\r\nContent-Length: 2\r\n\r\n{}")

    response = await client.send(_get(serve(talk).origin, "/x"))
    assert response.headers["x-long"].split() == ["one", "two"]
    assert response.body == b"{}"


@pytest.mark.parametrize("line", [b"X-Long: " + b"x" * 70000, b"X: y\r\n" * 20000], ids=["a line", "many lines"])
async def test_a_head_without_end(serve, client, line):
    """A head is not read beyond what any venue says in one."""

    def talk(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nContent-Length: 2\r\n\r\n{}")

    with pytest.raises(OutcomeUnknown):
        await client.send(_get(serve(talk).origin, "/x"), 2.0)


async def test_a_break_within_a_line(serve, client):
    """A bare carriage return ends no line, as some readers have it: what follows it would be another header."""

    def talk(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nX: y\rContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}")

    with pytest.raises(OutcomeUnknown):
        await client.send(_get(serve(talk).origin, "/x"), 2.0)


@pytest.mark.parametrize("size", ["-1", "-2", "+2", "0x2", "0_2", "two", "", "f" * 17])
async def test_a_chunk_whose_size_cannot_be(serve, client, size):
    """It is not read on, not even where Python's own reader would take the size for a number."""

    def talk(peer):
        peer.read_request()
        peer.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n0\r\n\r\n".encode())
        peer.wait_until_gone()

    with pytest.raises(OutcomeUnknown):
        await client.send(_get(serve(talk).origin, "/x"), 1.0)


@pytest.mark.parametrize(
    "rest",
    [b"XX0\r\n\r\n", b"\r\n0\r\nno header\r\n\r\n", b"\r\n0\r\nContent-Length: 5\r\n\r\n", b"\r\n0\r\n", b"\r\n0"],
    ids=["no end of a chunk", "a line that is no header", "a length", "no end", "half a size"],
)
async def test_chunks_that_do_not_end_as_they_should(serve, client, rest):
    """What follows a chunk, or all of them, is read as strictly as the head."""

    def talk(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}" + rest)
        peer.sock.close()

    with pytest.raises(OutcomeUnknown):
        await client.send(_get(serve(talk).origin, "/x"), 1.0)


async def test_headers_after_the_chunks(serve, client):
    """They are passed over, and the connection is kept."""

    def talk(peer):
        while peer.read_request():
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 7\r\n\r\n")

    assert await _connections_of_two(client, serve(talk)) == 1


@pytest.mark.parametrize("chunk", [b"2\r\n{}", b"02 ;x=y\r\n{}", b"1\r\n{\r\n1;x\r\n}"])
async def test_chunks_that_are_plain(serve, client, chunk):
    """Extensions are passed over, and the connection is kept."""

    def talk(peer):
        while peer.read_request():
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + b"\r\n0\r\n\r\n")

    assert await _connections_of_two(client, serve(talk)) == 1


async def test_an_answer_that_is_packed_unasked(serve, client):
    """It is unpacked, and the connection kept: what a proxy does on its own does not spoil an answer."""

    def talk(peer):
        while peer.read_request():
            peer.answer(gzip.compress(b"{}"), headers=("Content-Encoding: gzip",))

    assert await _connections_of_two(client, serve(talk)) == 1
