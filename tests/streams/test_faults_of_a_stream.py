"""Whatever befalls the simulated venue's stream, a watcher ends up with its truth, each change once."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

import hk_adapter as hk
from tests.cases import each

FAULTS = ["drop", "lose", "duplicate", "late", "split", "truncate", "reorder"]


async def until(updates, found, wanted):
    """Read updates until each wanted order stands as wanted; keep the sequence of each."""
    while any(not found.get(order_id) or found[order_id][-1] != end for order_id, end in wanted.items()):
        update = await asyncio.wait_for(anext(updates), 8)
        found.setdefault(update.order.id, []).append((str(update.order.status), update.order.filled))


def check_sequences(found):
    """Each change once, what is filled only grows, and nothing follows an end but late fills."""
    for told in found.values():
        assert len(set(told)) == len(told)
        filled = [amount for _, amount in told]
        assert filled == sorted(filled)
        ends = [place for place, (status, _) in enumerate(told) if status in {"closed", "canceled"}]
        assert all(status in {"closed", "canceled"} for status, _ in told[min(ends, default=len(told)) :])


@each("kind", FAULTS)
def test_a_fault_is_healed(kind):
    """The frame of a fill or of an end that goes wrong in this way."""

    async def run():
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as venue:
            one = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            other = await venue.create_order("ETH/USD", "limit", "buy", "1", "1890")
            found = {}
            async with venue.watch_orders() as updates:
                venue.simulator.streams.fail_next(
                    kind, event="executionReport", ms=30 if kind in {"late", "split"} else 0
                )
                venue.simulator.fill(one.id, "0.25")
                venue.simulator.fill(one.id, "0.25")
                await venue.try_cancel(other.id)
                wanted = {one.id: ("open", Decimal("0.5")), other.id: ("canceled", Decimal(0))}
                await until(updates, found, wanted)
            check_sequences(found)

    asyncio.run(run())


def test_a_restarted_server_and_a_dead_key_are_survived():
    """Another connection, with another key where the first is gone; the gap is closed."""

    async def run():
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as venue:
            orders = [await venue.create_order("ETH/USD", "limit", "buy", "1", "1900") for _ in range(3)]
            found = {}
            async with venue.watch_orders() as updates:
                wanted = {}
                streams = venue.simulator.streams
                befallen = (lambda: streams.restart(keys_survive=False), streams.expire_keys, streams.replace_key)
                for order, befalls in zip(orders, befallen, strict=True):
                    befalls()
                    venue.simulator.fill(order.id, "0.5")
                    venue.simulator.cancel(order.id)
                    wanted[order.id] = ("canceled", Decimal("0.5"))
                    await until(updates, found, wanted)
            check_sequences(found)

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(3))
def test_a_disturbed_stream_ends_in_the_truth(seed):
    """Seeded faults on a third of the frames, while orders are placed, filled and canceled."""

    async def run():
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as venue:
            found, wanted = {}, {}
            async with venue.watch_orders() as updates:
                venue.simulator.streams.disturb(
                    seed, 0.33, kinds=("drop", "lose", "duplicate", "late", "reorder"), most_ms=20
                )
                for number in range(8):
                    order = await venue.create_order("ETH/USD", "limit", "buy", "0.1", str(1800 + number))
                    if number % 3:
                        venue.simulator.fill(order.id, "0.04")
                    if number % 2:
                        await venue.try_cancel(order.id)
                venue.simulator.streams.disturb(seed, 0)
                for order in await venue.fetch_orders("ETH/USD"):
                    wanted[order.id] = (str(order.status), order.filled)
                await until(updates, found, {key: one for key, one in wanted.items() if one[0] == "open"})
                assert all(told[-1] == wanted[order_id] for order_id, told in found.items() if told[-1][0] != "open")
            check_sequences(found)

    asyncio.run(run())
