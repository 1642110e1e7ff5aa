"""A create block keeps orders in, and shuts no eyes: a stream is opened, renewed, opened again and given back."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.plugins.risk import CreateBlock

LISTEN_KEY = "/api/v1/userDataStream"


def asked(venue):
    """List by which methods a listen key was asked for."""
    return [request.method for request in venue.simulator.requests if request.path == LISTEN_KEY]


def test_a_stream_lives_on(monkeypatch):
    """From the first listen key to the last, though each is asked for by a method that orders are placed by, too."""
    monkeypatch.setattr("hk_adapter.venues.hashkey.streams.RENEW_EVERY", 0.01)
    block = CreateBlock()

    async def run():
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited", plugins=[block]) as venue:
            order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            block.block_creates("by the desk")
            async with venue.watch_orders() as updates, asyncio.timeout(30):
                assert (await anext(updates)).order.id == order.id
                while "PUT" not in asked(venue):
                    await asyncio.sleep(0)
                venue.simulator.streams.restart(keys_survive=False)
                venue.simulator.fill(order.id, "0.4")
                assert (await anext(updates)).order.filled == Decimal("0.4")
            with pytest.raises(hk.OrderDenied):
                await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        assert (asked(venue)[0], asked(venue)[-1], asked(venue).count("POST")) == ("POST", "DELETE", 2)

    asyncio.run(run())
