"""Fills watched by both facades, against the simulator in process: the ids of the lists, and nothing that is left."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

import hk_adapter as hk
from tests.streams.test_watching import SIMULATOR, placed, requests, settled

FILLS = "/api/v1/account/trades"


def test_a_fill_has_the_id_of_the_lists():
    """And its price, amount, fee, side and time; ``fetch_my_trades`` shows the same trade."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        venue.simulator.set_fees("0.001", "0.002")
        order = placed(venue)
        with venue.watch_my_trades("ETH/USD") as fills:
            assert repr(fills) == "<Watch of ETH/USD, begun>"
            assert fills.is_live
            venue.simulator.fill(order.id, "0.4")
            venue.simulator.fill(order.id, "0.6")
            told = [next(fills) for _ in range(2)]
        assert all(update.live and update.evidence == "stream" for update in told)
        listed = venue.fetch_my_trades("ETH/USD")
        names = ("id", "order_id", "symbol", "side", "taker_or_maker", "price", "amount", "cost", "fees", "timestamp")
        assert [[getattr(update.trade, name) for name in names] for update in told] == [
            [getattr(trade, name) for name in names] for trade in listed
        ]


def test_fills_and_orders_share_one_stream():
    """One listen key; what was filled before the watch is not told; the last one gives the key back."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            order = await placed(venue)
            venue.simulator.fill(order.id, "0.1")
            async with (
                venue.watch_orders() as orders,
                venue.watch_my_trades() as fills,
                venue.watch_my_trades() as more,
            ):
                assert fills.is_live
                venue.simulator.fill(order.id, "0.2")
                assert [(await anext(watch)).trade.amount for watch in (fills, more)] == [Decimal("0.2")] * 2
                assert [str((await anext(orders)).order.filled) for _ in range(2)] == ["0.1", "0.3"]
                assert requests(venue) == ["POST"]
                assert requests(venue, FILLS) == ["GET"]
            await settled(venue)
            assert requests(venue) == ["POST", "DELETE"]
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_a_watch_of_fills_is_refused_what_one_of_orders_is():
    """A symbol that is none, one that the venue does not have, and no key."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        with pytest.raises(hk.InvalidArgument):
            venue.watch_my_trades(" ")
        with pytest.raises(hk.BadRequest):
            next(venue.watch_my_trades("DOGE/XYZ"))
    with hk.connect("hashkey") as venue, pytest.raises(hk.ConfigurationError):
        venue.watch_my_trades()


def test_one_who_comes_later_is_let_in_without_a_question():
    """What is known of fills is known to all who watch them."""
    with hk.connect("hashkey", **SIMULATOR) as venue, venue.watch_my_trades(), venue.watch_my_trades() as later:
        assert later.is_live
        assert requests(venue, FILLS) == ["GET"]
