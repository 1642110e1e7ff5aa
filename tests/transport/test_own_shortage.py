"""What this machine has run out of is no word about the venue."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import socket
from ssl import SSLCertVerificationError

import pytest

import hk_adapter as hk
from hk_adapter.errors import NotSent


@contextlib.contextmanager
def no_file_left():
    """Let this process open no file, nor socket, till the block ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(int(one) for one in os.listdir("/dev/fd")) + 2, hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for one in taken:
            os.close(one)


@pytest.mark.parametrize("code", ["EMFILE", "ENFILE", "ENOBUFS", "EADDRNOTAVAIL", "EPERM", "EACCES", "EAFNOSUPPORT"])
async def test_no_socket_to_be_had(client, library, cancel, monkeypatch, code):
    """Nothing was sent for a reason of our own, which is named; the venue counts as reachable."""
    number = getattr(errno, code)

    def refuse(*args, **kwargs):
        raise OSError(number, code)

    request = cancel("http://127.0.0.1:9")
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    if library == "aiohttp":
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


@pytest.mark.parametrize(
    "caught", [OSError(errno.EMFILE, "of its own"), MemoryError(), SSLCertVerificationError()], ids=repr
)
def test_what_the_caller_has_caught_before_is_not_the_calls(caught):
    """Where a bot cancels as it handles an error of its own, a closed port alone is told, as the other side's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with hk.connect("hashkey", environment="simulator", base_url=url) as venue:
        try:
            raise caught
        except Exception:  # noqa: BLE001 - whatever a bot has caught
            report = venue.try_cancel("1", timeout=1)
    assert report.outcome == "venue_down"
    assert type(caught).__name__ not in str(report.error).replace("ConnectionRefusedError", "")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:9", "https://venue.invalid"])
async def test_no_file_left_to_be_opened(client, cancel, origin):
    """Nor is a name unknown because the system's own look-up could not open its files."""
    with contextlib.suppress(NotSent):
        await client.send(cancel("http://127.0.0.1:9"))  # what is loaded and opened once
    with no_file_left(), pytest.raises(NotSent) as failure:
        await client.send(cancel(origin))
    assert failure.value.unreachable is False


@pytest.mark.parametrize("told", [socket.EAI_NONAME, socket.EAI_AGAIN])
async def test_a_name_that_nobody_knows_is_the_venues(client, cancel, monkeypatch, told):
    """With files left, a name that is not found says that the venue cannot be reached."""

    def unknown(*args, **kwargs):
        raise socket.gaierror(told, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent, match="name not found") as failure:
        await client.send(cancel("https://venue.invalid"))
    assert failure.value.unreachable is True


async def test_one_kind_of_address_that_this_machine_lacks(client, cancel, monkeypatch):
    """An address that it cannot speak to hides no refusal by another one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    whole = socket.socket.connect

    def addresses(host, asked, *args, **kwargs):
        families = ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port, 0, 0)))
        return [(kin, socket.SOCK_STREAM, 6, "", place) for kin, place in families]

    def connect(self, place):
        if self.family == socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "no such address here")
        return whole(self, place)

    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(NotSent) as failure:
        await client.send(cancel(f"http://localhost:{port}"))
    assert failure.value.unreachable is True
