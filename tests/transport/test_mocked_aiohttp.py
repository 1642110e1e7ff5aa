"""Tools that mock ``aiohttp`` answer our requests or refuse them; what would not see them lets none out."""

from __future__ import annotations

from time import monotonic
from unittest import mock

import aiohttp
import pytest

from hk_adapter.errors import AdapterError, NotSent
from hk_adapter.transport.aiohttp_transport import AiohttpTransport


def answering(peer):
    """Answer every request."""
    while peer.read_request():
        peer.answer(b"reached")


@pytest.fixture
async def transport():
    """One transport, used once before the mock comes where ``warm``."""
    one = AiohttpTransport()
    yield one
    await one.close()


def of_no_use(*given, **named):
    """Stand where a method was."""


MOCKS = {
    "delete": lambda: mock.patch.object(aiohttp.ClientSession, "delete"),
    "request": lambda: mock.patch.object(aiohttp.ClientSession, "request", autospec=True),
    "the class": lambda: mock.patch("aiohttp.ClientSession"),
    "the function": lambda: mock.patch("aiohttp.request"),
    "by hand": lambda: mock.patch.object(aiohttp.ClientSession, "delete", of_no_use),
}


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("patch", MOCKS.values(), ids=MOCKS)
async def test_nothing_goes_out_behind_a_mock(serve, cancel, transport, patch, warm):
    """Refused by name before a byte leaves, on a kept connection too; sent again once the mock is gone."""
    venue, far = serve(answering), monotonic() + 5
    if warm:
        await transport.send(cancel(venue.origin), far)
    before = len(venue.requests)
    with patch(), pytest.raises(NotSent, match="aiohttp") as failure:
        await transport.send(cancel(venue.origin), far)
    assert failure.value.unreachable is False
    assert len(venue.requests) == before
    assert (await transport.send(cancel(venue.origin), far)).body == b"reached"


async def test_a_tool_that_sees_our_requests(serve, cancel, transport):
    """What has no answer there is refused by the tool, and nothing goes out."""
    tool = pytest.importorskip("aioresponses").aioresponses
    venue = serve(answering)
    with tool(), pytest.raises(AdapterError, match="ClientConnectionError"):
        await transport.send(cancel(venue.origin), monotonic() + 5)
    assert venue.requests == []
