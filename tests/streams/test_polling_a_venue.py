"""What both facades watch at a venue without a stream: ``ccxt:hashkey`` against the simulator in process."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

import hk_adapter as hk

pytest.importorskip("ccxt")

SIMULATOR = {"environment": "simulator", "budget": "unlimited", "rateLimit": 1, "poll_every": 0.01}


def placed(venue, price="1900"):
    """Place an order, by a facade for threads or for asyncio."""
    return venue.create_order("ETH/USD", "limit", "buy", "1", price)


def test_a_task_watches():
    """What is open, a fill, and a cancel of its own are told in their order; nothing is live, and nothing is left."""

    async def run():
        async with hk.connect_async("ccxt:hashkey", **SIMULATOR) as venue:
            assert venue.has["watchOrders"] == "emulated"
            order = await placed(venue)
            async with venue.watch_orders("ETH/USD") as updates:
                assert not updates.is_live
                assert (await anext(updates)).order.id == order.id
                venue.simulator.fill(order.id, "0.4")
                filled = await anext(updates)
                await venue.cancel_order(order.id, "ETH/USD")
                ended = await anext(updates)
            assert (str(filled.order.filled), filled.live, str(filled.evidence)) == ("0.4", False, "query")
            assert (ended.order.status, str(ended.order.filled)) == ("canceled", "0.4")
            assert not venue.simulator.streams.connections
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())
    gc.collect()


def test_a_thread_watches():
    """The same from a thread; its background thread ends with the last watch."""
    with hk.connect("ccxt:hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders() as updates:
            assert next(updates).order.id == order.id
            venue.cancel_order(order.id, "ETH/USD")
            assert next(updates).order.status == "canceled"
    assert "hk_adapter stream" not in {thread.name for thread in threading.enumerate()}


def test_an_end_is_told_at_once_though_no_list_is_due():
    """A cancel of the same connection tells what it has proven."""
    with hk.connect("ccxt:hashkey", **SIMULATOR | {"poll_every": 3600}) as venue:
        order = placed(venue)
        with venue.watch_orders() as updates:
            next(updates)
            venue.cancel_order(order.id, "ETH/USD")
            assert next(updates).order.status == "canceled"


def test_a_thread_watches_fills():
    """One that happens is told, and by the id that the list of fills has."""
    with hk.connect("ccxt:hashkey", **SIMULATOR) as venue:
        assert venue.has["watchMyTrades"] == "emulated"
        order = placed(venue)
        with venue.watch_my_trades("ETH/USD") as updates:
            venue.simulator.fill(order.id, "0.4")
            update = next(updates)
            assert (str(update.trade.amount), update.live, str(update.evidence)) == ("0.4", False, "query")
            assert [trade.id for trade in venue.fetch_my_trades("ETH/USD")] == [update.trade.id]


def test_a_task_watches_balances():
    """All of them first, then what an order has locked."""

    async def run():
        async with hk.connect_async("ccxt:hashkey", **SIMULATOR) as venue:
            assert venue.has["watchBalance"] == "emulated"
            async with venue.watch_balance() as updates:
                before = await anext(updates)
                await placed(venue)
                after = await anext(updates)
            assert "USD" in before.changed
            assert after.changed == {"USD"}
            assert before.balances["USD"].free - after.balances["USD"].free == 1900
            assert not after.live

    asyncio.run(run())


@pytest.mark.parametrize("seconds", [0, -1, "2", float("nan"), True])
def test_an_interval_that_is_none_is_refused(seconds):
    """Before anything is opened."""
    with pytest.raises(hk.InvalidArgument, match="poll_every"):
        hk.connect("hashkey", environment="simulator", poll_every=seconds)
