"""A bot's test that believes itself offline never cancels at a venue."""

from __future__ import annotations

from unittest import mock

import ccxt
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
