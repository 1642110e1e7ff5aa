"""A bot's test that believes itself offline never cancels at a venue."""

from __future__ import annotations

import socket
from unittest import mock

import ccxt
import ccxt.async_support
import pytest


def tools(name):
    """Make a tool that answers what it was told, which is nothing."""
    if name == "responses":
        return pytest.importorskip("responses").RequestsMock()
    if name == "requests_mock":
        return pytest.importorskip("requests_mock").Mocker()
    return pytest.importorskip("aioresponses").aioresponses()


@pytest.mark.parametrize("tool", ["responses", "requests_mock", "aioresponses"])
async def test_a_tool_that_has_no_answer(make_bot, tool):
    """What it does not answer is refused by it, in our words or its own, and the order rests."""
    one = await make_bot(timeout=600)
    if one.exchange.synchronous is (tool == "aioresponses"):
        pytest.skip("the tool mocks the other library")
    order_id = await one.place()
    with tools(tool), pytest.raises(Exception, match=r"(?i)mock|connection"):
        await one.cancel(order_id)
    assert (one.sent(), one.sent("GET"), one.status(order_id)) == (0, 0, "NEW")


@pytest.mark.parametrize("name", ["fetch", "fetch2", "request"])
@pytest.mark.parametrize("new", [None, lambda *given, **named: {}])
async def test_a_mock_in_the_instance(make_bot, name, new):
    """Bots' tests replace ccxt's own way out; a cancel that does not go through it is not sent."""
    one = await make_bot(timeout=600)
    order_id = await one.place()
    with mock.patch.object(one.exchange, name, new or mock.Mock()), pytest.raises(ccxt.NetworkError, match="mock"):
        await one.cancel(order_id)
    assert (one.sent(), one.status(order_id)) == (0, "NEW")
    assert (await one.cancel(order_id))["status"] == "canceled"


@pytest.mark.parametrize("new", [mock.DEFAULT, lambda *given, **named: {}])
async def test_a_mock_in_ccxts_class(make_bot, new):
    """The same where the test replaces it in the class that all exchanges have."""
    one = await make_bot(timeout=600)
    order_id = await one.place()
    base = ccxt.Exchange if one.exchange.synchronous else ccxt.async_support.Exchange
    with mock.patch.object(base, "fetch", new), pytest.raises(ccxt.NetworkError, match="mock"):
        await one.cancel(order_id)
    assert (one.sent(), one.status(order_id)) == (0, "NEW")


class Guarded(socket.socket):
    """As pytest-socket guards."""

    def __new__(cls, *given, **named):
        """Refuse."""
        raise ConnectionRefusedError


@pytest.mark.parametrize(
    ("name", "new"),
    [("socket.socket", Guarded), ("urllib.request.urlopen", mock.DEFAULT), ("socket.create_connection", mock.DEFAULT)],
)
async def test_a_guard_on_another_floor(make_bot, name, new):
    """A kept connection of the bot's session is not used behind it, and one is opened anew once it is gone."""
    one = await make_bot(timeout=600)
    order_id = await one.place()
    with mock.patch(name, new), pytest.raises(ccxt.NetworkError):
        await one.cancel(order_id)
    assert (one.sent(), one.status(order_id)) == (0, "NEW")
    assert (await one.cancel(order_id))["status"] == "canceled"
