"""Stop 5 venues x 20 accounts x 100 orders at once, some of them in trouble, and hold what is told to the truth.

    python -m benchmarks.kill_switch [ACCOUNTS-OF-A-VENUE [ORDERS]]

One venue hangs, one bans each account as the stop begins, a key is revoked, and an account goes on placing until the
block reaches it. Each account is a simulated HashKey of its own that keeps its documented limits; nothing is sent. Time
is virtual: the seconds are those that budgets, bans and deadlines make an account wait, beside one account alone.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from functools import partial
from unittest import mock

import hk_adapter as hk
from benchmarks.simulated import place_orders
from benchmarks.virtual_clock import VirtualClock, virtual_clock
from hk_adapter.simulator import Simulator
from hk_adapter.simulator.core import DEFAULT_API_KEY
from hk_adapter.simulator.limits import Limiter, Limits

VENUES = ("one", "two", "three", "hung", "banned")
TIMEOUT = 90.0
FOR_EVER = 10**9
BAN = 20
"""Seconds."""


async def main(accounts: int, orders: int, clock: VirtualClock) -> int:
    """Play it, print a row for each kind of account, and return the number of wrong words."""
    names = [f"{venue}-{number}" for venue in VENUES for number in range(accounts)]
    members = [hk.PoolAccount(name, "hashkey", environment="simulator") for name in names]
    opened = partial(Simulator, keep_requests=0)
    with mock.patch("hk_adapter.simulator.opening.Simulator", opened):
        pool = await hk.AsyncVenuePool(members).__aenter__()
    try:
        placed = {name: fill(pool[name], orders, clock) for name in names}
        alone = await one_alone(orders, clock)
        await asyncio.gather(*(pool[name].fetch_open_orders() for name in names))  # as bots do that trade for long
        await asyncio.sleep(2)
        make_trouble(pool, names)
        bot = asyncio.ensure_future(keep_placing(pool["three-0"]))
        await asyncio.sleep(1)
        report = await hk.kill_switch_async(pool, timeout=TIMEOUT)
        placed["three-0"] |= await bot
        wrong = [word for one in report.accounts for word in wrong_words(one, pool[one.account], placed[one.account])]
    finally:
        await pool.close()
    show(report, placed, alone)
    print(*wrong, sep="\n")
    return len(wrong)


async def one_alone(orders: int, clock: VirtualClock) -> float:
    """Return the seconds that one account takes which is the only one."""
    opened = partial(Simulator, keep_requests=0)
    member = hk.PoolAccount("alone", "hashkey", environment="simulator")
    with mock.patch("hk_adapter.simulator.opening.Simulator", opened):
        pool = await hk.AsyncVenuePool([member]).__aenter__()
    fill(pool["alone"], orders, clock)
    await pool["alone"].fetch_open_orders()
    await asyncio.sleep(2)
    report = await hk.kill_switch_async(pool)
    await pool.close()
    assert report.complete
    return report.accounts[0].elapsed


def make_trouble(pool: hk.AsyncVenuePool, names: list[str]) -> None:
    """Let one venue hang, one ban, and one key be revoked."""
    for name in names:
        control = pool[name].simulator
        if name.startswith("hung"):
            control.fail_next("stall", times=FOR_EVER)
        elif name.startswith("banned"):
            control.fail_next(status=429, headers={"Retry-After": str(BAN)})
    pool["two-0"].simulator.keys.disable(DEFAULT_API_KEY)


async def keep_placing(venue: hk.AsyncVenue) -> set[str]:
    """Place orders until that is blocked, and return the ids of those that were placed."""
    placed: set[str] = set()
    while True:
        try:
            order = await venue.create_order("ETH/USD", "limit", "buy", "0.1", "1000")
        except (hk.OrderDenied, hk.NotSent):
            return placed
        placed.add(str(order.id))


def wrong_words(stop: hk.AccountStop, venue: hk.AsyncVenue, placed: set[str]) -> list[str]:
    """Return what is told of an account that is not so."""
    still_open = {order.order_id for order in venue.simulator.orders() if order.status in {"NEW", "PARTIALLY_FILLED"}}
    told = [order.order_id for order in stop.orders]
    found = {
        "told twice": len(told) != len(set(told)),
        "final, and open": any(order.final and order.order_id in still_open for order in stop.orders),
        "complete, and something is open": stop.complete and bool(still_open),
        "complete, and an order is not reported": stop.complete and set(told) != placed,
        "not complete, and nobody says why": not stop.complete and stop.error is None and not stop.incomplete_orders,
        "not listed, and an order is not named": not stop.listings and set(told) != placed,
        "not proven, and nobody says why": any(order.why is None for order in stop.incomplete_orders),
    }
    return [f"WRONG: {stop.account}: {word}" for word, is_so in found.items() if is_so]


def show(report: hk.KillReport, placed: dict[str, set[str]], alone: float) -> None:
    """Print a row for each kind of account, and what is not complete."""
    print(
        f"{'accounts':10} {'number':>6} {'placed':>7} {'named':>7} {'proven':>7} {'late':>5} {'slowest':>8}"
        f" {'of one alone':>13}"
    )
    for kind in (*VENUES, "all"):
        stops = [one for one in report.accounts if kind in ("all", one.account.partition("-")[0])]
        orders = [order for one in stops for order in one.orders]
        slowest = max(one.elapsed for one in stops)
        print(
            f"{kind:10} {len(stops):>6} {sum(len(placed[one.account]) for one in stops):>7} {len(orders):>7}"
            f" {sum(order.final for order in orders):>7} {sum(order.late for order in orders):>5} {slowest:>7.1f}s"
            f" {slowest / alone:>12.2f}x"
        )
    print(f"one alone takes {alone:.1f} s; complete: {report.complete}; not complete:")
    for stop in report.incomplete_accounts:
        left = stop.incomplete_orders
        print(f"  {stop.account}: {len(left)} orders, {type(stop.error).__name__}: {stop.error}")
        for order in left[:1]:
            status = None if order.order is None else order.order.status
            print(f"    {order.order_id}: {status} ({order.known_by}), not proven: {order.why}")


def fill(venue: hk.AsyncVenue, orders: int, clock: VirtualClock) -> set[str]:
    """Let orders rest on an account, whose limits are kept from then on, and return their ids."""
    simulator = venue.simulator._simulator
    placed = set(place_orders(simulator, orders, int(clock.time() * 1000)))
    simulator.limiter = Limiter(Limits())
    return placed


if __name__ == "__main__":
    logging.getLogger("hk_adapter").addHandler(logging.NullHandler())
    numbers = [int(one) for one in sys.argv[1:3]]
    accounts, orders = numbers + [20, 100][len(numbers) :]
    began = time.monotonic()
    with virtual_clock() as clock:
        wrong = asyncio.run(main(accounts, orders, clock))
    print(f"{wrong} wrong words; {time.monotonic() - began:.1f} s of real time")
    sys.exit(min(1, wrong))
