"""The kill switch: everything off every book, proven order by order, whatever befalls some of the accounts."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.fleet import AsyncVenuePool, KillReport, kill_switch_async
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.plugins.risk.block_file import BlockFile
from hk_adapter.simulator import SimulatorControl
from tests.conftest import SkippedTime
from tests.fleet.conftest import OpenPool, open_at, rest

DELETES = ("/api/v1/spot/order", "/api/v1/spot/cancelOrderByIds")
FOR_EVER = 10**6


async def test_a_disk_that_hangs_holds_up_no_other_task(
    open_pool: OpenPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the block file is written the loop goes on: what else a bot cancels is not delayed."""
    goes_on = threading.Event()
    waited: list[bool] = []
    monkeypatch.setattr(BlockFile, "put_up", lambda file, reason: waited.append(goes_on.wait(0.2)))
    async with open_pool("a", block_file=tmp_path / "stop") as pool:
        await pool.open()
        asyncio.get_running_loop().call_soon(goes_on.set)
        assert (await kill_switch_async(pool)).complete
    assert waited == [True]


TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


class Protects:
    """A wrapper that lets no cancel of one order out."""

    order_id: str | None = None

    @wraps_flow
    async def attempt(self, flow: Flow[Any], request: Any, hook: str) -> Any:
        """Deny a cancel of it."""
        if hook == "cancel_order" and self.order_id == request.order_id:
            raise hk.OrderDenied("it is kept")
        return await flow


def controls(pool: AsyncVenuePool) -> dict[str, SimulatorControl]:
    """Return the control handle of each account's venue."""
    return {name: pool[name].simulator for name in pool}


def hang(control: SimulatorControl) -> None:
    """Let a venue answer nothing any more, and do nothing."""
    control.fail_next("stall", times=FOR_EVER)


def hang_on_cancels(control: SimulatorControl) -> None:
    """Let a venue answer reads alone."""
    for path in DELETES:
        control.fail_next("stall", method="DELETE", path=path, times=FOR_EVER)


def check_against_the_truth(report: KillReport, venues: dict[str, SimulatorControl]) -> None:
    """Hold all that is told to what is so: nothing final is open, nothing complete has anything open."""
    for one in report.accounts:
        truly_open = set(open_at(venues[one.account]))
        told = [order.order_id for order in one.orders]
        assert len(told) == len(set(told)), one.account
        for order in one.orders:
            assert not (order.final and order.order_id in truly_open), (one.account, order)
            if order.final:
                assert order.report.order.filled == venues[one.account].order(order.order_id).filled
        if one.complete:
            assert truly_open == set(), one.account
        else:
            assert one.error is not None or one.incomplete_orders, one.account
        if one.listings:
            assert truly_open <= set(told), one.account


async def test_everything_is_off_every_book(open_pool: OpenPool) -> None:
    """Every order of every account is reported once, final, and the simulated venues know none that is open."""
    async with open_pool("a", "b", "c") as pool:
        placed = {name: await rest(pool[name], 12) for name in pool}
        report = await kill_switch_async(pool)
        check_against_the_truth(report, controls(pool))
    assert report.complete
    assert {one.account: sorted(order.order_id for order in one.orders) for one in report.accounts} == {
        name: sorted(ids) for name, ids in placed.items()
    }
    assert {order.report.outcome for one in report.accounts for order in one.orders} == {hk.CancelOutcome.CANCELED}


async def test_many_faults_at_once(open_pool: OpenPool) -> None:
    """One venue hangs, one hangs at cancels, one bans, a key is revoked, one account goes on placing: all is told."""
    kinds = ("healthy", "hung", "half-hung", "banned", "busy")
    async with open_pool(*(f"{kind}-{number}" for kind in kinds for number in range(2))) as pool:
        placed = {name: set(await rest(pool[name], 7)) for name in pool}
        venues = controls(pool)
        for name in pool:
            {"hung": hang, "half-hung": hang_on_cancels}.get(name.rpartition("-")[0], lambda control: None)(
                venues[name]
            )
            if name.startswith("banned"):
                venues[name].fail_next(status=429, headers={"Retry-After": "20"}, times=1)
        venues["healthy-1"].keys.disable("simulator-key")
        bot = asyncio.ensure_future(keep_placing(pool["busy-0"]))
        await asyncio.sleep(1.5)
        report = await kill_switch_async(pool, timeout=60)
        late = await bot
        check_against_the_truth(report, venues)

    told = {one.account: one for one in report.accounts}
    incomplete = {one.account for one in report.incomplete_accounts}
    assert incomplete == {"healthy-1", *(f"{kind}-{number}" for kind in ("hung", "half-hung") for number in range(2))}
    assert not report.complete
    assert isinstance(told["healthy-1"].error, hk.AuthenticationError)
    assert all(told[f"hung-{number}"].error is not None for number in range(2))
    for number in range(2):
        one = told[f"half-hung-{number}"]
        assert {order.order_id for order in one.incomplete_orders} == placed[one.account]
        assert {order.report.outcome for order in one.orders} == {hk.CancelOutcome.UNKNOWN}
    assert late
    assert {order.order_id for order in told["busy-0"].orders} == placed["busy-0"] | late
    for name in ("healthy-0", "busy-0", "busy-1"):
        assert told[name].elapsed < 15, told[name].elapsed  # whatever becomes of the others
    assert all(told[f"banned-{number}"].elapsed >= 20 for number in range(2))


@pytest.mark.parametrize("seconds", [3, 6, 7, 30])
async def test_a_dead_venue_is_told_as_such(open_pool: OpenPool, seconds: float) -> None:
    """What we did not send in the end, for want of time or budget, hides not what became of the requests before."""
    async with open_pool("a") as pool:
        pool["a"].simulator.fail_next("refuse", times=FOR_EVER)
        report = await kill_switch_async(pool, timeout=seconds)
    error = report.accounts[0].error
    assert isinstance(error, hk.NotSent)
    assert error.unreachable, error


async def test_what_no_repeat_can_change(skipped_time: SkippedTime) -> None:
    """Where all that is left open is denied, the account's stop is over, and says so; its time is not waited for."""
    protects = Protects()
    members = [hk.PoolAccount("a", "hashkey", environment="simulator", plugins=[protects])]
    async with AsyncVenuePool(members) as pool:
        kept = await pool["a"].create_order("ETH/USD", "limit", "buy", "0.1", "1000", client_order_id="kept")
        protects.order_id = kept.id
        report = await kill_switch_async(pool)
        left = open_at(pool["a"].simulator)
    [one] = report.accounts
    assert (report.complete, left, one.elapsed < 5) == (False, [kept.id], True), one
    assert isinstance(one.error, hk.OrderDenied)
    assert "1 orders stay open, and no repeat would change why: it is kept" in str(one.error)


async def test_an_order_that_arrives_is_waited_for_beside_one_that_is_denied(
    skipped_time: SkippedTime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one order could be canceled, one that others placed can be too: one that is kept spares no other."""
    monkeypatch.setattr("hk_adapter.venues.hashkey.cancels.CancelHooks.cancel_batch", 1)
    protects = Protects()
    members = [hk.PoolAccount("a", "hashkey", environment="simulator", plugins=[protects])]
    async with AsyncVenuePool(members, block_file=tmp_path / "stop") as pool:
        kept, other = [await pool["a"].create_order(*TERMS) for _ in range(2)]
        protects.order_id = kept.id
        stranger = await hk.connect_async("hashkey", environment="simulator")
        stranger._transport._simulator = pool["a"]._transport._simulator
        stop = asyncio.ensure_future(kill_switch_async(pool))
        while other.id in open_at(pool["a"].simulator):
            await asyncio.sleep(0.1)
        late = await stranger.create_order(*TERMS)
        report = await stop
        await stranger.close()
        assert open_at(pool["a"].simulator) == [kept.id]
    assert {order.order_id: order.final for order in report.accounts[0].orders} == {
        kept.id: False,
        other.id: True,
        late.id: True,
    }


async def test_a_key_that_may_list_and_not_cancel(open_pool: OpenPool) -> None:
    """It is told as what it is, with the orders that stay open, and before the time is over."""
    async with open_pool("a") as pool:
        placed = await rest(pool["a"], 2)
        for path in DELETES:
            pool["a"].simulator.fail_next(code="0102", method="DELETE", path=path, times=FOR_EVER)
        report = await kill_switch_async(pool, timeout=60)
    [one] = report.accounts
    assert (report.complete, type(one.error), one.elapsed < 30) == (False, hk.AuthenticationError, True)
    assert {order.order_id for order in one.incomplete_orders} == set(placed)


async def test_a_key_that_was_refused_once_is_tried_again(open_pool: OpenPool) -> None:
    """One refusal of a cancel for its key is not for good: the account is listed once more, and the order canceled."""
    async with open_pool("a") as pool:
        await pool["a"].create_order(*TERMS)
        pool["a"].simulator.fail_next(code="0102", method="DELETE")
        report = await kill_switch_async(pool)
        assert (report.complete, open_at(pool["a"].simulator)) == (True, [])


@pytest.mark.parametrize("given", [{"dry_run": True}, {"block_creates": False}], ids=str)
async def test_creates_go_on_where_no_block_was_asked_for(
    open_pool: OpenPool, tmp_path: Path, given: dict[str, Any]
) -> None:
    """Neither a dry run nor a stop without a block puts up the file, or denies an order."""
    async with open_pool("a", block_file=tmp_path / "stop") as pool:
        report = await kill_switch_async(pool, **given)
        await pool["a"].create_order(*TERMS)
        assert (report.creates_blocked, (tmp_path / "stop").exists()) == (False, False)


async def keep_placing(venue: hk.AsyncVenue) -> set[str]:
    """Place orders until that is blocked; returns the ids of those that were placed."""
    placed = set()
    for number in range(1000):
        try:
            order = await venue.create_order("ETH/USD", "limit", "buy", "0.1", "1000", client_order_id=f"late-{number}")
        except (hk.OrderDenied, hk.NotSent):
            return placed
        placed.add(order.id)
    raise AssertionError("nothing has blocked it")


@pytest.mark.parametrize("cancels", ["pass", "hang"])
async def test_a_list_that_cannot_be_had(open_pool: OpenPool, cancels: str) -> None:
    """What this process placed and never saw ended is canceled and reported by its ids; complete it is not."""
    async with open_pool("a") as pool:
        control = pool["a"].simulator
        kept, ended = [await pool["a"].create_order("ETH/USD", "limit", "buy", "0.1", "1000") for _ in range(2)]
        await pool["a"].cancel_order(ended.id)
        control.fail_next(status=503, method="GET", path="/api/v1/spot/openOrders", times=FOR_EVER)
        if cancels == "hang":
            hang_on_cancels(control)
        report = await kill_switch_async(pool, timeout=20)
        check_against_the_truth(report, controls(pool))
        still_open = open_at(control)
    [one] = report.accounts
    assert (one.complete, one.listings, still_open) == (False, 0, [] if cancels == "pass" else [kept.id])
    assert one.error is not None
    assert [(order.order_id, order.final) for order in one.orders] == [(kept.id, cancels == "pass")]
