"""What was signed is what is sent, byte for byte, and nothing is added but what HTTP needs."""

import re

import pytest

from hk_adapter.flow.http import HttpRequest


def answering(peer):
    """Answer every request and try to set a cookie."""
    while peer.read_request():
        peer.answer(headers=("Set-Cookie: session=1; Path=/",))


def headers_of(request: bytes) -> dict[str, str]:
    """Return the headers of a raw request as they were written."""
    head = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in head)


@pytest.mark.parametrize(
    "target",
    [
        "/a?ids=1,2,3",
        "/a?ids=1%2C2%2c3",
        "/a?x=%20+%2B~-._",
        "/a?x=a%zz&y=%",
        "/a%2Fb/../c/./d?q",
        "/a?x=1&x=2&&y==&z",
        "/a?b[]={\"k\":'v'}|^`\\<>",
        "/a?u=http://h/p?q=1",
        "//a//b/?x",
    ],
)
async def test_the_target_is_sent_as_given(serve, client, target):
    """Neither escapes, nor their case, nor dots are tidied: the signature covers them."""
    server = serve(answering)
    await client.send(HttpRequest("DELETE", server.origin + target, {}))
    assert server.requests[0].split(b"\r\n")[0] == f"DELETE {target} HTTP/1.1".encode()


async def test_a_query_without_a_path_gets_the_root(serve, client):
    """HTTP has no empty path; the query stays as it was."""
    server = serve(answering)
    await client.send(HttpRequest("GET", f"{server.origin}?a=1%2c", {}))
    assert server.requests[0].startswith(b"GET /?a=1%2c HTTP/1.1\r\n")


@pytest.mark.parametrize("body", [b"a=1&b=%2c", b'{"\xff":\x00}', b"", b"x" * 300_000])
async def test_the_body_is_sent_as_given(serve, client, tls, body):
    """The body's bytes are signed too."""
    server = serve(answering, tls=tls)
    await client.send(HttpRequest("POST", f"{server.origin}/a", {"Content-Type": "application/x-test"}, body))
    assert server.requests[0].partition(b"\r\n\r\n")[2] == body
    assert headers_of(server.requests[0])["Content-Type"] == "application/x-test"


async def test_a_delete_may_carry_a_body(serve, client):
    """Some venues sign the body of a DELETE."""
    server = serve(answering)
    await client.send(HttpRequest("DELETE", f"{server.origin}/a", {}, b"orderId=1"))
    assert server.requests[0].endswith(b"\r\n\r\norderId=1")


async def test_no_header_is_invented(serve, client):
    """The libraries' own Accept, User-Agent and Content-Type stay out; our User-Agent names us."""
    server = serve(answering)
    await client.send(HttpRequest("POST", f"{server.origin}/a", {"X-HK-APIKEY": "k", "x-lower": "v"}, b"{}"))
    headers = headers_of(server.requests[0])
    assert re.fullmatch(r"hk-adapter(/[\w.+]+)?", headers.pop("User-Agent"))
    assert headers == {
        "Host": server.origin.partition("//")[2],
        "X-HK-APIKEY": "k",
        "x-lower": "v",
        "Accept-Encoding": "identity",
        "Content-Length": "2",
    }


async def test_given_headers_win(serve, client):
    """A User-Agent or Accept-Encoding of the plugin's own is left alone."""
    server = serve(answering)
    await client.send(HttpRequest("GET", f"{server.origin}/a", {"user-agent": "mine", "accept-encoding": "gzip"}))
    headers = headers_of(server.requests[0])
    assert headers["user-agent"] == "mine"
    assert headers["accept-encoding"] == "gzip"
    assert "User-Agent" not in headers


async def test_no_cookie_is_kept(serve, client):
    """A cookie that one answer sets is not sent with the next request."""
    server = serve(answering)
    for _ in range(2):
        await client.send(HttpRequest("GET", f"{server.origin}/a", {}))
    assert all(b"cookie" not in request.lower() for request in server.requests)


async def test_repeated_answer_headers_are_joined(serve, client):
    """Of several headers of one name none is lost."""

    def talk(peer):
        peer.read_request()
        peer.answer(headers=("X-Limit: 1", "x-limit: 2"))

    response = await client.send(HttpRequest("GET", f"{serve(talk).origin}/a", {}))
    assert response.headers["x-limit"] == "1, 2"
