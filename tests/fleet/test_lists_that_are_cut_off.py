"""A list that shows a page, and names no next one, is no whole list: a stop goes page by page, and says what lacks."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

import hk_adapter as hk
from hk_adapter.cli.kill_output import kill_text
from hk_adapter.fleet import VenuePool, kill_switch, kill_switch_async
from hk_adapter.venues.hashkey.parse.orders import parse_page
from tests.fleet.conftest import OpenPool, open_at, rest
from tests.fleet.test_known_orders import stranger_at


@pytest.fixture(autouse=True)
def _pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the list of open orders show two, and not how the others are had."""
    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.LARGEST_PAGE", 2)

    def cut_off(*given: Any, only_open: bool, **more: Any) -> hk.OrderPage:
        page = parse_page(*given, only_open=only_open, **more)
        if not only_open or page.next_before_id is None:
            return page
        return replace(page, next_before_id=None, cut_off=True)

    monkeypatch.setattr("hk_adapter.venues.hashkey.orders.parse_page", cut_off)


async def strangers(pool: Any, number: int, *, prefix: str = "bot") -> None:
    """Let orders rest that this process knows nothing of."""
    async with stranger_at(pool) as stranger:
        await rest(stranger, number, prefix=prefix)


async def test_a_stop_goes_page_by_page(open_pool: OpenPool) -> None:
    """It is complete once a list shows nothing."""
    async with open_pool("a") as pool:
        await pool["a"].fetch_time()
        await strangers(pool, 7)
        report = await kill_switch_async(pool)
        left = open_at(pool["a"].simulator)
    assert (left, report.complete, len(report.accounts[0].orders)) == ([], True, 7)


async def test_a_page_of_orders_that_are_not_meant_hides_the_others(open_pool: OpenPool) -> None:
    """It is not complete, the account was not listed, and the text says why."""
    async with open_pool("a") as pool:
        await strangers(pool, 1, prefix="mine")
        await strangers(pool, 2, prefix="other")
        report = await kill_switch_async(pool, client_id_prefix="mine", timeout=20)
        left = open_at(pool["a"].simulator)
    assert (len(left), report.complete, report.listed) == (3, False, False)
    assert "further page" in kill_text(report)


async def test_a_dry_run_shows_what_the_page_does(open_pool: OpenPool) -> None:
    """It ends soon, and does not say that it listed the account."""
    async with open_pool("a") as pool:
        await strangers(pool, 5)
        report = await kill_switch_async(pool, dry_run=True)
        left = open_at(pool["a"].simulator)
    [one] = report.accounts
    assert (len(left), len(one.orders), report.listed) == (5, 2, False)
    assert one.elapsed < 10.0
    assert "further page" in kill_text(report)


def test_a_stop_in_threads(pool: VenuePool) -> None:
    """It does as in a loop."""
    for name in ("a", "b"):
        for _ in range(5):
            pool[name].create_order("ETH/USD", "limit", "buy", "0.1", "1000")
    report = kill_switch(pool)
    assert report.complete
    assert [open_at(pool[name].simulator) for name in ("a", "b")] == [[], []]
