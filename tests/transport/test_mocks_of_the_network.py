"""Whatever a test puts between itself and the network, on whichever floor: nothing of ours goes out past it."""

from __future__ import annotations

import functools
import http.client
import socket
from time import monotonic
from unittest import mock

import pytest

from hk_adapter.errors import NotSent
from hk_adapter.transport.deadline_socket import _socket_class
from hk_adapter.transport.requests_transport import RequestsTransport


class BlockedError(RuntimeError):
    """What a guard raises; it is told to the test as it is."""


class Guarded(socket.socket):
    """As pytest-socket guards."""

    def __new__(cls, *given, **named):
        """Refuse."""
        raise BlockedError


class Fake:
    """As httpretty and mocket answer: no kind of Python's socket."""

    connect = send = sendall = recv = None


def refuse(*given, **named):
    """Refuse."""
    raise BlockedError


async def refuse_later(*given, sock=None, **named):
    """Refuse."""
    if sock is not None:  # which aiohttp leaves to it
        sock.close()
    raise BlockedError


def answering(peer):
    """Answer every request."""
    while peer.read_request():
        peer.answer(b"reached")


GUARDS = {
    "socket.socket": Guarded,
    "socket.socket.connect": refuse,
    "urllib3.connection.HTTPConnection.connect": refuse,
    "asyncio.base_events.BaseEventLoop.create_connection": refuse_later,
    "aiohttp.connector.TCPConnector._create_connection": refuse_later,
    "aiohttp.connector.BaseConnector.connect": refuse_later,
    "aiohttp.client.ClientSession._request": refuse_later,
    "aiohttp.client_reqrep.ClientRequest.send": refuse_later,
    "http.client.HTTPConnection.endheaders": refuse,
    "http.client.HTTPConnection.send": refuse,
    "urllib3.connection.HTTPConnection.request": refuse,
}
"""What a connection is opened through, or a request sent, by one library or by both."""


@pytest.mark.parametrize("name", GUARDS)
@pytest.mark.parametrize("warm", [False, True])
async def test_a_guard_is_not_passed(serve, client, cancel, name, warm):
    """What it refuses is refused, by itself or by us, on a kept connection too; sent again once it is gone."""
    venue = serve(answering)
    if warm:
        await client.send(cancel(venue.origin))
    before = len(venue.requests)
    with mock.patch(name, GUARDS[name]), pytest.raises((NotSent, BlockedError)):
        await client.send(cancel(venue.origin))
    assert len(venue.requests) == before
    assert (await client.send(cancel(venue.origin))).body == b"reached"


@pytest.mark.parametrize("put", [mock.DEFAULT, refuse])
@pytest.mark.parametrize(
    "name",
    [
        "http.client.HTTPConnection",
        "http.client.HTTPConnection.request",
        "socket.create_connection",
        "urllib.request.urlopen",
        "urllib3.PoolManager",
        "urllib3.connectionpool.HTTPConnectionPool.urlopen",
        "urllib3.util.connection.create_connection",
        "requests.Session.patch",
        "aiohttp.ClientSession.ws_connect",
        "asyncio.open_connection",
    ],
)
async def test_a_mock_of_another_way_is_not_passed(serve, client, cancel, name, put):
    """A test that mocks a way that is none of ours believes itself offline, too; the way is named."""
    venue = serve(answering)
    await client.send(cancel(venue.origin))
    with mock.patch(name, put), pytest.raises(NotSent, match=name.rpartition(".")[2]) as failure:
        await client.send(cancel(venue.origin))
    assert (len(venue.requests), failure.value.unreachable) == (1, False)
    assert (await client.send(cancel(venue.origin))).body == b"reached"


@pytest.mark.parametrize("put", [mock.DEFAULT, refuse, Fake])
async def test_what_is_no_socket(serve, client, cancel, put):
    """Where ``socket.socket`` is a mock, a function or a tool's own class, nothing leaves by a socket of Python's."""
    venue = serve(answering)
    await client.send(cancel(venue.origin))
    with mock.patch("socket.socket", put), pytest.raises((NotSent, TypeError, AttributeError, BlockedError)):
        await client.send(cancel(venue.origin))
    assert len(venue.requests) == 1


async def test_a_mock_of_one_library_stops_the_other(serve, client, cancel):
    """A tool that answers for ``requests`` is no answer to what aiohttp would send, and the other way round."""
    venue = serve(answering)
    names = "requests.adapters.HTTPAdapter.send", "aiohttp.client.ClientSession._request"
    for name in names:
        with mock.patch(name, autospec=True, side_effect=BlockedError), pytest.raises((NotSent, BlockedError)):
            await client.send(cancel(venue.origin))
    assert venue.requests == []


def test_a_socket_that_goes_another_way():
    """A program whose sockets go through a proxy has ours go there as well; a runtime's are left alone."""

    class Proxied(socket.socket):
        pass

    with _socket_class(Proxied)(socket.AF_INET) as made:
        assert isinstance(made, Proxied)
    assert not issubclass(_socket_class(Fake), Fake)
    assert issubclass(_socket_class(socket.socket), socket.socket)


async def test_a_runtime_is_no_mock(serve, client, cancel, monkeypatch):
    """What gevent and its like put there to wait in their own way stops nothing."""
    venue = serve(answering)

    def create_connection(*given, **named):
        """Connect."""

    create_connection.__module__ = "gevent._socketcommon"
    monkeypatch.setattr("socket.create_connection", create_connection)
    assert (await client.send(cancel(venue.origin))).body == b"reached"


@pytest.mark.parametrize("name", ["putrequest", "getresponse"])
def test_a_tracer_of_pythons_own_client_sees_the_request(serve, cancel, monkeypatch, name):
    """What stands there to watch, as Sentry's does, is gone through: it may add a header, too."""
    venue, seen, real = serve(answering), [], getattr(http.client.HTTPConnection, name)

    @functools.wraps(real)
    def watched(connection, *given, **named):
        seen.append(name)
        return real(connection, *given, **named)

    monkeypatch.setattr(http.client.HTTPConnection, name, watched)
    transport = RequestsTransport()
    assert transport.send(cancel(venue.origin), monotonic() + 2).body == b"reached"
    assert seen == [name]
    transport.close()
