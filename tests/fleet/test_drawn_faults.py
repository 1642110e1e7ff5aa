"""Whatever befalls the requests of a stop, nothing that is told of it is wrong; faults are drawn by seed."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

import hk_adapter as hk
from hk_adapter.fleet import kill_switch_async
from hk_adapter.simulator import SimulatorControl
from tests.conftest import CREATE_PATH, ORDER_PATH, SkippedTime
from tests.fleet.conftest import OpenPool, open_at
from tests.fleet.test_kill_switch import check_against_the_truth

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")
PLACES = (
    ("GET", "/api/v1/spot/openOrders"),
    ("GET", "/api/v1/spot/tradeOrders"),
    ("GET", ORDER_PATH),
    ("DELETE", "/api/v1/spot/cancelOrderByIds"),
    ("DELETE", ORDER_PATH),
    ("POST", CREATE_PATH),
)


def draw_fault(rng: Random, control: SimulatorControl) -> None:
    """Let something go wrong with the next requests of one kind."""
    method, path = rng.choice(PLACES)
    times, acted = rng.choice([1, 1, 2, 4]), rng.random() < 0.5
    where = {"method": method, "path": path, "times": times}
    match rng.choice(["lost", "refused", "banned", "broken", "late"]):
        case "lost":
            control.fail_next(rng.choice(["cut", "stall", "truncate"]), acted=acted, **where)
        case "refused":
            control.fail_next("refuse", **where)
        case "banned":
            control.fail_next(status=429, headers={"Retry-After": str(rng.choice([1, 5, 30]))}, **where | {"times": 1})
        case "broken":
            control.fail_next(status=rng.choice([500, 502, 503]), acted=acted, **where)
        case "late" if method != "GET":
            control.fail_next(rng.choice(["cut", "stall"]), acted=True, acted_after=rng.choice([200, 4000]), **where)


async def trade(venue: hk.AsyncVenue, rng: Random) -> None:
    """Place orders, and cancel some, until placing is blocked."""
    for _ in range(60):
        try:
            order = await venue.create_order(*TERMS, timeout=rng.choice([1, 3, 10]))
            if rng.random() < 0.3:
                await venue.try_cancel(order.id, timeout=3)
        except hk.OrderDenied:
            return
        except hk.AdapterError as error:
            if "blocked" in str(error):
                return
        await asyncio.sleep(rng.random())


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_told_is_wrong(open_pool: OpenPool, skipped_time: SkippedTime, seed: int) -> None:
    """What is final is off the book with its fills, what is complete has nothing open, also a hundred seconds later."""
    rng = Random(seed)
    async with open_pool("a", "b") as pool:
        venues = {name: pool[name].simulator for name in pool}
        bots = []
        for name, control in venues.items():
            placed = [await pool[name].create_order(*TERMS) for _ in range(rng.randrange(1, 6))]
            for _ in range(rng.randrange(8)):
                draw_fault(rng, control)
            control.fill_at(
                placed[0].id, rng.choice([None, "0.04"]), int(skipped_time.time() * 1000) + rng.randrange(5000)
            )
            bots.append(asyncio.ensure_future(trade(pool[name], Random(rng.random()))))
        await asyncio.sleep(rng.random() * 4)
        report = await kill_switch_async(pool, timeout=rng.choice([10, 30, 120]))
        await asyncio.gather(*bots)
        check_against_the_truth(report, venues)
        for one in report.accounts:
            venues[one.account].advance(int(skipped_time.time() * 1000) + 100_000)
            assert not one.complete or open_at(venues[one.account]) == []
