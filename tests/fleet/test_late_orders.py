"""Orders that were on their way when creates were blocked are waited for, found, canceled and reported."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import hk_adapter as hk
from hk_adapter.fleet import kill_switch_async
from hk_adapter.flow import real_time
from tests.conftest import CREATE_PATH
from tests.fleet.conftest import OpenPool, open_at, rest

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


@pytest.mark.parametrize("answer", ["cut", "stall"])
async def test_a_create_whose_answer_was_lost(open_pool: OpenPool, answer: str) -> None:
    """A create that the venue carries out four seconds late is found, though lists had shown nothing."""
    async with open_pool("a") as pool:
        venue = pool["a"]
        venue.simulator.fail_next(answer, method="POST", path=CREATE_PATH, acted=True, acted_after=4000)
        creating = asyncio.ensure_future(venue.create_order(*TERMS, client_order_id="doubtful", timeout=3))
        await asyncio.sleep(0.1)
        report = await kill_switch_async(pool)
        with pytest.raises(hk.OutcomeUnknown):
            await creating
        assert open_at(venue.simulator) == []
        [order] = venue.simulator.orders()
    assert report.complete
    [stopped] = report.accounts[0].orders
    assert (stopped.order_id, stopped.final, stopped.late) == (order.order_id, True, True)


async def test_a_create_whose_caller_is_frozen(open_pool: OpenPool) -> None:
    """One that left, and whose caller has told of no end by its deadline, may run for the request lifetime after it."""
    async with open_pool("a") as pool:
        await pool["a"].fetch_open_orders()
        now = real_time.monotonic()
        with pool["a"]._connection.shared.looks.known.placing(["mine"], now, now + 1.2):
            report = await kill_switch_async(pool, timeout=30)
    assert (report.complete, report.accounts[0].elapsed >= 1.2 + 5) == (True, True), report.accounts[0].elapsed


class Elsewhere:
    """A create block that programs on other machines heed, as a key in Redis is."""

    name = "elsewhere"

    def put_up(self, reason: str) -> None:
        """Put it up."""


@pytest.mark.parametrize("where", ["here", "file", "elsewhere"])
async def test_creates_of_others_that_heed_the_same_block(
    open_pool: OpenPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """What other programs sent before they saw it may be on its way for as long as a request is good."""
    monkeypatch.setattr(hk.PoolAccount, "block_flag", Elsewhere() if where == "elsewhere" else None)
    async with open_pool("a", block_file=tmp_path / "stop" if where == "file" else None) as pool:
        report = await kill_switch_async(pool)
        lifetime = pool["a"]._connection.request_lifetime
    assert (report.complete, report.accounts[0].elapsed >= lifetime) == (True, where != "here")


async def test_what_waits_for_the_budget_does_not_leave(open_pool: OpenPool) -> None:
    """Creates that stand in line for the rate budget when they are blocked are never sent, and say so."""
    async with open_pool("a") as pool:
        venue = pool["a"]
        creating = [asyncio.ensure_future(venue.create_order(*TERMS)) for _ in range(30)]
        await asyncio.sleep(0.1)
        pool.block_creates("now")
        placed = len(venue.simulator.orders())
        results = await asyncio.gather(*creating, return_exceptions=True)
        assert len(venue.simulator.orders()) == placed < 30
    refused = [one for one in results if isinstance(one, hk.NotSent)]
    assert len(refused) == 30 - placed
    assert all("blocked now" in str(one) and one.request_state is hk.RequestState.NOT_SENT for one in refused)


async def test_an_order_that_no_list_shows_yet(open_pool: OpenPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that this process has just placed is canceled by its id, though the lists lag behind."""
    async with open_pool("a") as pool:
        venue = pool["a"]
        await rest(venue, 3)
        fresh = await venue.create_order(*TERMS, client_order_id="fresh")
        venue.simulator.fail_next(body="[]", path="/api/v1/spot/openOrders", times=100)
        report = await kill_switch_async(pool)
    assert fresh.id in {order.order_id for order in report.accounts[0].orders if order.final}


async def test_orders_of_somebody_who_heeds_no_block(open_pool: OpenPool) -> None:
    """While others go on placing, an account is complete only if a list after the block showed nothing."""
    async with open_pool("a") as pool:
        control = pool["a"].simulator
        stranger = await hk.connect_async("hashkey", environment="simulator")
        stranger._transport._simulator = pool["a"]._transport._simulator

        async def place() -> None:
            while True:
                await stranger.create_order(*TERMS)
                await asyncio.sleep(0.4)

        placing = asyncio.ensure_future(place())
        report = await kill_switch_async(pool, timeout=10)
        placing.cancel()
        await stranger.close()
        [one] = report.accounts
        truly_open = set(open_at(control))
        assert not {order.order_id for order in one.orders if order.final} & truly_open
    assert not report.complete
    assert one.incomplete_orders or "the time was over before a list showed" in str(one.error)
    assert len(one.orders) > 5
    assert all(order.late for order in one.orders[3:])
