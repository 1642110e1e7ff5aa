"""A happy cancel leaves nothing to the garbage collector, whose turns hold up whichever call they come in."""

from __future__ import annotations

import asyncio
import gc

import hk_adapter as hk


def test_a_cancel_leaves_no_garbage():
    """What it made is freed as it returns: no frame and no error of its own hold each other."""
    with hk.connect("hashkey", environment="simulator", budget="unlimited") as venue:
        first, second = (venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900").id for _ in range(2))
        venue.cancel_order(first)
        assert garbage_of(lambda: venue.cancel_order(second)) == 0


def test_nor_under_asyncio():
    """The same of a call that is awaited."""

    async def canceled() -> int:
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as venue:
            orders = [await venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900") for _ in range(2)]
            await venue.cancel_order(orders[0].id)
            gc.collect()
            gc.disable()
            try:
                await venue.cancel_order(orders[1].id)
                return gc.collect()
            finally:
                gc.enable()

    assert asyncio.run(canceled()) == 0


def garbage_of(call):
    """Make a call, and count what only the collector can free after it."""
    gc.collect()
    gc.disable()  # it may come at any time, and has not counted then
    try:
        call()
        return gc.collect()
    finally:
        gc.enable()
