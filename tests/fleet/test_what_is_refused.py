"""A kill switch that was called in a wrong way says so before anything is done; a wrong way to show it is one line."""

from __future__ import annotations

from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.fleet import AsyncVenuePool, KillReport, PoolAccount, VenuePool, kill_switch, kill_switch_async
from tests.fleet.conftest import OpenPool, open_at, rest
from tests.fleet.test_in_threads import TERMS


def test_what_is_no_pool_for_threads(pool: VenuePool) -> None:
    """A venue, a list of them, an account and a pool for a loop are refused in words, and nothing is blocked."""
    pool.call("create_order", *TERMS)
    for odd in (pool["a"], [pool["a"]], PoolAccount("a", "hashkey"), None):
        with pytest.raises(hk.InvalidArgument, match="kill_switch takes a VenuePool of the accounts, not"):
            kill_switch(odd)  # type: ignore[arg-type]
    with pytest.raises(hk.InvalidArgument, match="kill_switch takes a VenuePool: kill_switch_async stops"):
        kill_switch(AsyncVenuePool([PoolAccount("a", "hashkey")]))  # type: ignore[arg-type]
    assert [len(open_at(pool[name].simulator)) for name in pool] == [1, 1]
    assert isinstance(pool["a"].create_order(*TERMS), hk.Order)


async def test_what_is_no_pool_for_a_loop(open_pool: OpenPool) -> None:
    """As for threads: each account of a pool for threads would break, and nothing would be canceled."""
    with (
        VenuePool([PoolAccount("a", "hashkey", environment="simulator")]) as pool,
        pytest.raises(hk.InvalidArgument, match=r"takes an AsyncVenuePool: kill_switch stops"),
    ):
        await kill_switch_async(pool)  # type: ignore[arg-type]
    async with open_pool("a") as pool_of_loop:
        await rest(pool_of_loop["a"], 1)
        with pytest.raises(hk.InvalidArgument, match="not <AsyncVenue hashkey>"):
            await kill_switch_async(pool_of_loop["a"])  # type: ignore[arg-type]
        assert len(open_at(pool_of_loop["a"].simulator)) == 1


@pytest.mark.parametrize(
    "given", [{"dry_run": "no"}, {"block_creates": 0}, {"progress": "a file"}], ids=lambda given: next(iter(given))
)
def test_how_it_is_done(pool: VenuePool, given: dict[str, Any]) -> None:
    """A word that is neither True nor False would count as True; a progress that cannot be called shows nothing."""
    pool["a"].create_order(*TERMS)
    with pytest.raises(hk.InvalidArgument, match=next(iter(given))):
        kill_switch(pool, **given)
    assert len(open_at(pool["a"].simulator)) == 1


def test_one_account_for_a_list_of_them() -> None:
    """A pool of an account that stands by itself is refused as any other that is none."""
    with pytest.raises(hk.InvalidArgument, match="list of PoolAccount"):
        VenuePool(PoolAccount("a", "hashkey"))  # type: ignore[arg-type]


def shows_nothing(told: object) -> None:
    """Fail, as a caller's own way to show things may."""
    raise ValueError("the screen is gone")


def test_progress_that_fails_is_one_line(pool: VenuePool, caplog: pytest.LogCaptureFixture) -> None:
    """However many steps and accounts there are: what else is told of a stop is not lost among tracebacks."""
    pool.call("create_order", *TERMS)
    assert kill_switch(pool, progress=shows_nothing).complete
    _told_once(caplog)


async def test_progress_that_fails_in_a_loop_is_one_line(open_pool: OpenPool, caplog: pytest.LogCaptureFixture) -> None:
    """As in threads."""
    async with open_pool("a", "b") as pool:
        await rest(pool["a"], 2)
        report: KillReport = await kill_switch_async(pool, progress=shows_nothing)
    assert report.complete
    _told_once(caplog)


def _told_once(caplog: pytest.LogCaptureFixture) -> None:
    [line] = [one for one in caplog.records if "progress" in one.message]
    assert line.exc_info is not None
    assert isinstance(line.exc_info[1], ValueError)
