"""What this machine has run out of is no word about the venue."""

from __future__ import annotations

import errno
import socket

import pytest

from hk_adapter.errors import NotSent


@pytest.mark.parametrize("code", ["EMFILE", "ENFILE", "ENOBUFS", "EADDRNOTAVAIL"])
async def test_no_socket_to_be_had(client, cancel, monkeypatch, code):
    """Nothing was sent for a reason of our own, which is named; the venue counts as reachable."""
    number = getattr(errno, code)

    def refuse(*args, **kwargs):
        raise OSError(number, code)

    request = cancel("http://127.0.0.1:9")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.create_connection", refuse)
    monkeypatch.setattr("asyncio.selector_events.BaseSelectorEventLoop.sock_connect", refuse)
    with pytest.raises(NotSent, match=code) as failure:
        await client.send(request)
    assert failure.value.unreachable is False


async def test_a_closed_port_is_the_other_sides(client, cancel):
    """A refused connection still says that the venue cannot be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotSent, match="ECONNREFUSED") as failure:
        await client.send(cancel(f"http://127.0.0.1:{port}"))
    assert failure.value.unreachable is True
