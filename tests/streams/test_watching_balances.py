"""Balances watched by both facades, against the simulator in process."""

from __future__ import annotations

import asyncio

import pytest

import hk_adapter as hk
from tests.streams.test_watching import SIMULATOR, placed, requests, settled

BALANCES = "/api/v1/account"


def test_what_an_order_holds_and_a_fill_moves_is_told():
    """First all, then each change as it happens; the last one is what ``fetch_balance`` shows."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        venue.load_markets()
        with venue.watch_balance() as updates:
            assert repr(updates) == "<Watch of all balances, begun>"
            assert updates.is_live
            first = next(updates)
            assert not first.live
            assert first.balances == venue.fetch_balance()
            assert first.balances.known == venue.fetch_balance().known
            asked = len(requests(venue, BALANCES))
            order = placed(venue)
            held = next(updates)
            assert held.live
            assert held.changed == {"USD"}
            assert held.balances["USD"].used == 1900
            venue.simulator.fill(order.id, "1")
            bought = next(updates)
            assert bought.changed == {"USD", "ETH"}
            assert len(requests(venue, BALANCES)) == asked
            now = venue.fetch_balance()
            assert {code: bought.balances[code] for code in now} == dict(now)


def test_all_three_share_one_stream():
    """One listen key and one connection for orders, fills and balances; nothing is left of it."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            async with venue.watch_balance() as funds, venue.watch_orders() as orders, venue.watch_my_trades() as fills:
                order = await placed(venue)
                venue.simulator.fill(order.id, "1")
                assert (await anext(orders)).order.id == (await anext(fills)).trade.order_id == order.id
                assert [(await anext(funds)).live for _ in range(3)] == [False, True, True]
                assert requests(venue) == ["POST"]
                assert requests(venue, BALANCES) == ["GET"]
            await settled(venue)
            assert requests(venue) == ["POST", "DELETE"]
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_balances_need_a_key():
    """And are refused without one, at once."""
    with hk.connect("hashkey") as venue, pytest.raises(hk.ConfigurationError):
        venue.watch_balance()
