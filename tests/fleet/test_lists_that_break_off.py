"""A list whose further page cannot be had is no whole list: nothing is taken for ended, or for late, by it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.cli.kill_output import kill_text
from hk_adapter.fleet import kill_switch_async
from hk_adapter.simulator import SimulatorControl
from tests.fleet.conftest import OpenPool, open_at
from tests.fleet.test_known_orders import LIST, stranger_at

FOR_EVER = 10**6


@pytest.fixture(autouse=True)
def _pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.LARGEST_PAGE", 2)


def lose_further_pages(control: SimulatorControl, times: int) -> None:
    """Let the next further pages that are asked for fail; the first ones are there."""
    simulator = control._simulator
    handle, left = simulator.handle, [times]

    def watching(request: Any, now: int) -> Any:
        if request.path == LIST and "orderId=" in request.query and left[0] > 0:
            left[0] -= 1
            control.fail_next(path=LIST, status=503)
        return handle(request, now)

    simulator.handle = watching  # type: ignore[method-assign]


@pytest.mark.parametrize("known_by", ["seen", "stream"])
async def test_what_is_known_beyond_the_first_page(open_pool: OpenPool, known_by: str) -> None:
    """What a list did not come to is named by who knows it, and canceled by its id; the account was not listed."""
    async with open_pool("a") as pool, stranger_at(pool) as stranger, AsyncExitStack() as stack:
        venue = pool["a"]
        if known_by == "seen":
            old = await stranger.create_order("ETH/USD", "limit", "sell", "0.1", "9000")
            await venue.fetch_open_orders()
        else:
            watch = await stack.enter_async_context(venue.watch_orders())
            old = await stranger.create_order("ETH/USD", "limit", "sell", "0.1", "9000")
            async for update in watch:
                if update.order.id == old.id:
                    break
        others = [await stranger.create_order("ETH/USD", "limit", "buy", "0.1", "1000") for _ in range(2)]
        lose_further_pages(venue.simulator, FOR_EVER)
        report = await kill_switch_async(pool, side="sell", timeout=20)
        left = open_at(venue.simulator)
    [one] = report.accounts
    assert [(order.order_id, order.final) for order in one.orders if order.order_id] == [(old.id, True)]
    assert one.orders[0].known_by == known_by
    assert left == [order.id for order in others]
    assert (report.complete, report.listed) == (False, False)
    assert isinstance(one.error, hk.NotSent)
    assert "listed to the end" in kill_text(report)


async def test_what_a_further_page_shows_at_last(open_pool: OpenPool) -> None:
    """It is complete then, and what the page shows did not arrive meanwhile."""
    async with open_pool("a") as pool, stranger_at(pool) as stranger:
        for _ in range(3):
            await stranger.create_order("ETH/USD", "limit", "buy", "0.1", "1000")
        lose_further_pages(pool["a"].simulator, 3)
        report = await kill_switch_async(pool)
    [one] = report.accounts
    assert (report.complete, one.error) == (True, None)
    assert [order.late for order in one.orders] == [False] * 3
