"""NotSent is said only where no byte of the request can have left; every other failure is OutcomeUnknown."""

import gzip
import http.client
import select
import socket
import ssl
import zlib

import aiohttp
import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "400 Bad Request", "429 Too Many", "503 Gone"])
async def test_any_status_is_a_response(serve, client, cancel, tls, status):
    """Whatever the status, the answer comes back with its header names in lower case."""

    def talk(peer):
        while peer.read_request():
            peer.answer(b"" if status.startswith("204") else b'{"code":1}', status=status, headers=("Retry-After: 7",))

    server = serve(talk, tls=tls)
    response = await client.send(cancel(server.origin))
    assert response.status == int(status[:3])
    assert response.headers["retry-after"] == "7"
    assert response.body == (b"" if status.startswith("204") else b'{"code":1}')


def reset(peer):
    """Take the request and cut with a TCP reset."""
    peer.read_request()
    peer.reset()


def silence_and_close(peer):
    """Take the request and hang up."""
    peer.read_request()


def half_a_head(peer):
    """Hang up within the headers."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-")


def garbage(peer):
    """Answer with what is not HTTP."""
    peer.read_request()
    peer.send(b"\x00\xffnot http at all\r\n\r\n")


def whole_header_lines_only(peer):
    """Hang up between two headers, where a lenient reader sees an answer without a body."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nServer: x\r\n")


def truncated_body(peer):
    """Hang up within a body of known length."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")


def truncated_chunks(peer):
    """Hang up within a chunk."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}")


def broken_gzip(peer):
    """Claim a compression that the body does not have."""
    peer.read_request()
    peer.answer(b"this is not gzip", headers=("Content-Encoding: gzip",))


def switching_protocols(peer):
    """Answer with a status that is no final answer."""
    peer.read_request()
    peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
    peer.wait_until_gone()


@pytest.mark.parametrize(
    "talk",
    [
        reset,
        silence_and_close,
        half_a_head,
        whole_header_lines_only,
        garbage,
        truncated_body,
        truncated_chunks,
        broken_gzip,
        switching_protocols,
    ],
)
async def test_a_failure_after_the_request_left_is_unknown(serve, client, cancel, tls, talk):
    """A venue that has the request and gives no whole answer leaves the outcome unknown, under TLS too."""
    server = serve(talk, tls=tls)
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(server.origin))
    assert len(server.requests) == 1


def reset_unread(peer):
    """Wait until something has arrived, and cut without having read it."""
    select.select([peer.sock], [], [], 5)
    peer.reset()


async def test_a_cut_before_anything_is_read_is_unknown(serve, client, cancel, tls):
    """The client cannot know that the venue never read what was written, so it does not say so."""
    server = serve(reset_unread, tls=tls)
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(server.origin, method="POST"))


async def test_a_refused_connection_is_not_sent(client, cancel):
    """Nothing listens, so nothing was sent; the cause tells this apart from a reason of ours."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent) as failure:
        await client.send(cancel(f"http://127.0.0.1:{port}"))
    assert "ECONNREFUSED" in str(failure.value)
    assert failure.value.__cause__ is not None


async def test_an_unknown_name_is_not_sent(client, cancel, monkeypatch):
    """A host that no resolver knows was not reached."""

    def unknown(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent, match="gaierror"):
        await client.send(cancel("http://venue.example"))


async def test_a_failed_handshake_is_not_sent(serve, client, cancel):
    """A server that does not speak TLS has seen no byte of the request."""
    server = serve(lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(NotSent):
        await client.send(cancel(server.origin.replace("http", "https")))


async def test_a_certificate_nobody_vouches_for_is_not_sent(serve, client, cancel, trust):
    """With a certificate we do not trust, no byte of the request is written."""
    server = serve(lambda peer: peer.read_request(), tls=True)
    client.transport = type(client.transport)()
    with pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
        await client.send(cancel(server.origin))
    await client.close()
    assert server.requests == []


async def test_a_certificate_for_another_host_is_not_sent(serve, client, cancel, authority):
    """The name in the certificate is checked before a byte of the request is written."""
    server = serve(lambda peer: peer.read_request(), tls=True)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.example").configure_cert(server.context)
    with pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
        await client.send(cancel(server.origin))
    assert server.requests == []


async def test_a_deadline_that_is_over_is_not_sent(serve, client, cancel):
    """Nothing is even connected for a call whose time has passed, and the reason is ours: no cause."""
    server = serve(lambda peer: peer.read_request())
    with pytest.raises(NotSent) as failure:
        await client.send(cancel(server.origin), seconds=-0.01)
    assert failure.value.__cause__ is None
    assert server.connections == 0


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("DELETE", "/a b", {}),
        ("DELETE", "/a\r\nX: y", {}),
        ("DELETE", "/ünïcode", {}),
        ("DELETE", "/a#fragment", {}),
        ("DE LETE", "/a", {}),
        ("delete", "/a", {}),
        ("DELETE", "/a", {"X-Key": "a\r\nX-Other: b"}),
        ("DELETE", "/a", {"X Key": "a"}),
    ],
)
async def test_what_http_cannot_carry_unchanged_is_not_sent(serve, client, method, path, headers):
    """A request that would have to be altered, or could smuggle a second one, is refused."""
    server = serve(lambda peer: peer.read_request())
    with pytest.raises(NotSent):
        await client.send(HttpRequest(method, server.origin + path, headers))
    assert server.connections == 0


@pytest.mark.parametrize(
    "origin",
    ["http://h:0", "http://h:65536", "http://h:x", "http://[::", "http://[zz]", "http://u:p@h", "ftp://h", "h"],
)
async def test_a_url_that_leads_nowhere_is_not_sent(client, cancel, origin):
    """A base URL with a slip in it is told as such, and not as a failure of some library."""
    with pytest.raises(NotSent):
        await client.send(cancel(origin))


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_an_oversize_body_is_refused(serve, connect, cancel, encoding):
    """A body over the limit, also one that only grows when decompressed, is not taken in."""
    bomb = gzip.compress(bytes(40_000_000)) if encoding == "gzip" else bytes(200_000)

    def talk(peer):
        peer.read_request()
        peer.answer(bomb, headers=(f"Content-Encoding: {encoding}",))

    server = serve(talk)
    client = connect(max_body=100_000)
    with pytest.raises(OutcomeUnknown, match="longer than 100000 bytes"):
        await client.send(cancel(server.origin))


async def test_a_compressed_body_within_the_limit_is_decompressed(serve, client, cancel):
    """A venue that compresses unasked is understood."""

    def talk(peer):
        peer.read_request()
        peer.answer(gzip.compress(b"[1]" * 1000), headers=("Content-Encoding: gzip",))

    response = await client.send(cancel(serve(talk).origin))
    assert response.body == b"[1]" * 1000


@pytest.mark.parametrize("size", [100_000, 5_000_000])
async def test_a_compressed_body_before_a_close_is_whole_or_unknown(serve, client, cancel, size):
    """A venue that closes as soon as it has answered: the answer is taken whole, or the outcome is unknown."""

    def talk(peer):
        peer.read_request()
        peer.answer(gzip.compress(b" " * size, 1), headers=("Content-Encoding: gzip", "Connection: close"))

    server = serve(talk)
    try:
        response = await client.send(cancel(server.origin))
    except OutcomeUnknown:
        return
    assert response.body == b" " * size


def cut_gzip(cut):
    """Pack a body, and leave out its end."""
    return lambda peer: (
        peer.read_request(),
        peer.answer(gzip.compress(b'"1700000000000"')[:-cut], headers=("Content-Encoding: gzip",)),
    )


@pytest.mark.parametrize("cut", [1, 8, 9, 12])
async def test_a_packed_body_that_is_cut_is_unknown(serve, client, cancel, cut):
    """Its length is that of what came, so only its packing tells that there was more."""
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(serve(cut_gzip(cut)).origin))


PACKED = [
    pytest.param("gzip", gzip.compress(b"whole"), id="gzip"),
    pytest.param("X-GZIP", gzip.compress(b"wh") + gzip.compress(b"ole"), id="two members"),
    pytest.param("gzip", gzip.compress(b"whole") + bytes(4), id="zeros after it"),
    pytest.param("deflate", zlib.compress(b"whole"), id="deflate"),
    pytest.param("deflate", zlib.compress(b"whole")[2:-4], id="deflate without its frame"),
]


@pytest.mark.parametrize(("coding", "packed"), PACKED)
@pytest.mark.parametrize("cut", [False, True])
async def test_a_packed_body_is_whole_or_unknown(serve, client, cancel, coding, packed, cut):
    """Whatever the packing; what follows the last member is none of it."""

    def talk(peer):
        peer.read_request()
        whole = packed.rstrip(b"\0") if cut and packed.endswith(bytes(4)) else packed
        peer.answer(whole[:-1] if cut else whole, headers=(f"Content-Encoding: {coding}",))

    origin = serve(talk).origin
    if cut:
        with pytest.raises(OutcomeUnknown):
            await client.send(cancel(origin))
    else:
        assert (await client.send(cancel(origin))).body == b"whole"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "identity"])
async def test_a_packing_that_nobody_asked_for_is_a_doubt(serve, client, cancel, coding):
    """Whether all of it came could not be told; ``identity`` is no packing."""

    def talk(peer):
        peer.read_request()
        peer.answer(b"{}", headers=(f"Content-Encoding: {coding}",))

    origin = serve(talk).origin
    if coding == "identity":
        assert (await client.send(cancel(origin))).body == b"{}"
        return
    with pytest.raises(OutcomeUnknown, match="not asked for"):
        await client.send(cancel(origin))


async def test_an_empty_body_that_says_it_is_packed_is_empty(serve, client, cancel):
    """There is nothing that could lack an end."""

    def talk(peer):
        peer.read_request()
        peer.answer(b"", headers=("Content-Encoding: gzip",))

    assert (await client.send(cancel(serve(talk).origin))).body == b""


async def test_an_interim_answer_is_not_the_answer(serve, client, cancel):
    """A 100 Continue that nobody asked for is skipped; the final answer counts."""

    def talk(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.answer(b"done")

    assert (await client.send(cancel(serve(talk).origin))).body == b"done"


@pytest.mark.parametrize("library", ["requests", "requests behind a tool"], indirect=True)
async def test_a_venue_that_stops_reading_has_answered(serve, client, cancel, monkeypatch):
    """Where writing breaks off, what the venue said before stands; the connection is not used again."""
    write = http.client.HTTPConnection.send

    def breaks_off(connection, data):
        write(connection, data)
        raise BrokenPipeError

    def talk(peer):
        while peer.read_request():
            peer.answer(b"too long", status="413 Too Large")

    server = serve(talk)
    monkeypatch.setattr(http.client.HTTPConnection, "send", breaks_off)
    for connections in (1, 2):
        assert (await client.send(cancel(server.origin))).body == b"too long"
        assert server.connections == connections


@pytest.mark.parametrize("library", ["aiohttp"], indirect=True)
async def test_a_connection_that_is_gone_as_it_is_handed_over(serve, client, cancel, monkeypatch):
    """Nothing is written to it, and nobody waits for an answer."""
    connect = aiohttp.TCPConnector.connect

    async def gone(connector, *given):
        connection = await connect(connector, *given)
        connection.close()
        return connection

    server = serve(lambda peer: peer.read_request())
    monkeypatch.setattr(aiohttp.TCPConnector, "connect", gone)
    with pytest.raises(OutcomeUnknown, match="ClientConnectionError"):
        await client.send(cancel(server.origin))
    assert server.requests == []
