"""What the log says while a stream cannot be opened: each kind of failure once, and again after it was open."""

from __future__ import annotations

import asyncio

import hk_adapter as hk

KEYS = "/api/v1/userDataStream"


def test_equal_failures_are_one_line(monkeypatch, caplog):
    """A venue that is away for a minute is no hundred lines; when it refuses in another way that is told."""
    monkeypatch.setattr("hk_adapter.execution.streams.reopening.FIRST_PAUSE", 0.001)

    async def run():
        async with hk.connect_async("hashkey", environment="simulator", budget="unlimited") as venue:
            venue.simulator.fail_next("refuse", path=KEYS, times=3)
            venue.simulator.fail_next(status=503, path=KEYS, times=3)
            async with venue.watch_orders() as updates:
                venue.simulator.fail_next("refuse", path=KEYS, times=3)
                venue.simulator.streams.restart(keys_survive=False)
                order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
                async with asyncio.timeout(30):
                    assert (await anext(updates)).order.id == order.id
                    while not updates.is_live:
                        await asyncio.sleep(0)

    asyncio.run(run())
    told = [one.message for one in caplog.records if "could not be opened" in one.message]
    assert [one.rpartition(" ")[2] for one in told] == ["NotSent", "OutcomeUnknown", "NotSent"]
