"""A happy cancel leaves nothing to the garbage collector, whose turns hold up whichever call they come in."""

from __future__ import annotations

import asyncio
import gc
from contextlib import contextmanager

import hk_adapter as hk

TRIES = 5
"""Whatever else runs in this process may leave garbage meanwhile; a cancel that does leaves it each time."""


def test_a_cancel_leaves_no_garbage():
    """What it made is freed as it returns: no frame and no error of its own hold each other."""
    left = []
    with hk.connect("hashkey", environment="simulator", budget="unlimited") as venue:
        for _ in range(TRIES):
            order = venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900")
            with only_by_hand():
                venue.cancel_order(order.id)
                left.append(gc.collect())
    assert min(left) == 0


def test_nor_under_asyncio():
    """The same of a call that is awaited."""

    async def canceled() -> list[int]:
        left = []
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as venue:
            for _ in range(TRIES):
                order = await venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900")
                with only_by_hand():
                    await venue.cancel_order(order.id)
                    left.append(gc.collect())
        return left

    assert min(asyncio.run(canceled())) == 0


@contextmanager
def only_by_hand():
    """Collect now, and then not before somebody does: else it may come at any time, and has not counted then.

    What is there already is left out of the count that follows, which would go through all of it.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
