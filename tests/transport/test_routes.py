"""A request goes straight to the venue, or through the proxy that was asked for, and no other way."""

import contextlib
import socket
import threading

import pytest

from hk_adapter.errors import ConfigurationError, NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest


def answering(peer):
    """Answer every request."""
    while peer.read_request():
        peer.answer(b"reached")


def pump(source, sink):
    """Copy one direction of a tunnel until it ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def tunnelling(peer):
    """Be a proxy that grants CONNECT."""
    place = peer.read_request().split(b" ")[1].decode()
    host, _, port = place.rpartition(":")
    with socket.create_connection((host, int(port))) as venue:
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=pump, args=(venue, peer.sock), daemon=True)
        back.start()
        pump(peer.sock, venue)
        back.join(30)


async def test_a_plain_request_goes_through_the_proxy_unchanged(serve, connect):
    """The proxy gets the whole URL, byte for byte, and the password that its own URL holds."""
    proxy = serve(answering)
    client = connect(proxy=proxy.origin.replace("//", "//user:pass@"))
    url = "http://venue.example/a?ids=1,2%2c3&q={%20}"
    assert (await client.send(HttpRequest("DELETE", url, {"X-HK-APIKEY": "k"}))).body == b"reached"
    assert proxy.requests[0].startswith(f"DELETE {url} HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" in proxy.requests[0]


async def test_a_tls_request_goes_through_a_tunnel(serve, connect, cancel):
    """The proxy of an https venue sees where to, and nothing of the request."""
    venue = serve(answering, tls=True)
    proxy = serve(tunnelling)
    client = connect(proxy=proxy.origin)
    for _ in range(2):
        assert (await client.send(cancel(venue.origin))).body == b"reached"
    assert len(venue.requests) == 2
    assert len(proxy.requests) == 1
    assert proxy.requests[0].startswith(f"CONNECT 127.0.0.1:{venue.port} HTTP/1.".encode())
    assert b"signature" not in proxy.requests[0]
    assert b"APIKEY" not in proxy.requests[0]


async def test_a_cut_through_a_tunnel_is_unknown(serve, connect, cancel):
    """Once the tunnel stands, a byte of the request may have left."""
    venue = serve(lambda peer: peer.read_request(), tls=True)
    client = connect(proxy=serve(tunnelling).origin)
    with pytest.raises(OutcomeUnknown):
        await client.send(cancel(venue.origin))
    assert len(venue.requests) == 1


async def test_a_proxy_that_refuses_is_not_sent(serve, connect, cancel):
    """A proxy's no to CONNECT comes before any byte of the request, and its status is told."""

    def refuse(peer):
        peer.read_request()
        peer.answer(status="407 Proxy Authentication Required")

    client = connect(proxy=serve(refuse).origin)
    with pytest.raises(NotSent, match="407"):
        await client.send(cancel("https://venue.example"))


async def test_a_proxy_that_hangs_up_is_not_sent(serve, connect, cancel):
    """Nor was anything sent through a proxy that drops the CONNECT."""
    client = connect(proxy=serve(lambda peer: peer.read_request()).origin)
    with pytest.raises(NotSent):
        await client.send(cancel("https://venue.example"))


async def test_the_environment_is_ignored_unless_asked(serve, connect, monkeypatch, tmp_path):
    """HTTP_PROXY and netrc of the machine do not reroute or sign a bot's requests."""
    venue, proxy = serve(answering), serve(answering)
    (tmp_path / "netrc").write_text("default login me password canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.origin)
    await connect().send(HttpRequest("GET", f"{venue.origin}/a", {}))
    assert proxy.connections == 0
    assert b"authorization" not in venue.requests[0].lower()


async def test_the_environment_is_used_when_asked(serve, connect, monkeypatch, tmp_path):
    """With ``trust_env`` HTTP_PROXY counts, NO_PROXY too; netrc still does not."""
    venue, proxy = serve(answering), serve(answering)
    (tmp_path / "netrc").write_text("default login me password canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", proxy.origin)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    client = connect(trust_env=True)
    await client.send(HttpRequest("GET", "http://venue.example/a", {}))
    await client.send(HttpRequest("GET", f"{venue.origin}/a", {}))
    assert len(proxy.requests) == len(venue.requests) == 1
    assert b"authorization" not in proxy.requests[0].lower() + venue.requests[0].lower()


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://user:canary@127.0.0.1:1",
        "127.0.0.1:1",
        "http://",
        "http://user:canary\u20ac@127.0.0.1:1",
        "http://us\u0436r:canary@127.0.0.1:1",
        "http://user:canary\ud800@127.0.0.1:1",
        "http://user:canary%E2%82%AC@127.0.0.1:1",
        "http://user:canary@pr\u0436xy.example:1",
    ],
)
async def test_a_proxy_that_we_cannot_use_is_refused(connect, proxy):
    """Rather than go round it; its password is not repeated."""
    with pytest.raises(ConfigurationError) as failure:
        connect(proxy=proxy)
    assert "canary" not in str(failure.value)
