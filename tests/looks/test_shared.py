"""All calls of one key that wait for an end are settled by one look at the venue."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import Dialect, Limits, Simulator, SimulatorControl
from hk_adapter.simulator.limits import Limiter

MANY = 50
WHOLE = 10.0


def busy_simulator(orders, **dialect):
    """Give a simulator where so many orders rest, and whose limits are exact from now on; and their ids."""
    simulator = Simulator(dialect=Dialect(**dialect))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hk_adapter.simulator.opening.Simulator", lambda **_: simulator)
        with hk.connect("hashkey", environment="simulator", budget="unlimited") as venue:
            ids = [venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900").id for _ in range(orders)]
    simulator.requests.clear()
    simulator.limiter = Limiter(Limits())
    return simulator, ids


def opened(connect, simulator):
    """Open the simulator's venue with the documented budget."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hk_adapter.simulator.opening.Simulator", lambda **_: simulator)
        return connect("hashkey", environment="simulator", timeout=WHOLE)


def looks(simulator):
    """How many queries arrived."""
    return len([one for one in simulator.requests if one.method == "GET"])


def check(simulator, ids, reports):
    """Hold the reports of many cancels against the promises."""
    assert [report.order.id for report in reports] == ids
    assert {(report.outcome, report.attempts, report.ambiguous_attempts) for report in reports} == {
        (CancelOutcome.CANCELED, 1, 0)
    }
    assert max(report.elapsed for report in reports) <= WHOLE
    assert not SimulatorControl(simulator).bans
    assert looks(simulator) <= MANY / 2


@pytest.mark.usefixtures("skipped_time")
async def test_fifty_tasks_share_looks_within_the_limits():
    """Fifty cancels at once at ten orders and two queries a second: all final within ten seconds, never a ban."""
    simulator, ids = busy_simulator(MANY)
    async with opened(hk.connect_async, simulator) as venue:
        reports = await asyncio.gather(*(venue.try_cancel(one) for one in ids))
    check(simulator, ids, reports)


@pytest.mark.usefixtures("fast_time")
def test_fifty_threads_share_looks_within_the_limits():
    """The same from fifty threads."""
    simulator, ids = busy_simulator(MANY)
    with opened(hk.connect, simulator) as venue, ThreadPoolExecutor(MANY) as pool:
        reports = list(pool.map(venue.try_cancel, ids))
    check(simulator, ids, reports)


@pytest.mark.usefixtures("skipped_time")
async def test_fifty_whose_ends_come_late():
    """Cancels that take a second or two to have their effect are awaited by the same few looks."""
    simulator, ids = busy_simulator(MANY, cancel_delay_ms=(500, 2000))
    async with opened(hk.connect_async, simulator) as venue:
        reports = await asyncio.gather(*(venue.try_cancel(one) for one in ids))
    check(simulator, ids, reports)


@pytest.mark.usefixtures("skipped_time")
async def test_one_call_alone_asks_for_its_order():
    """For one, a single query is the cheapest and the surest."""
    simulator, ids = busy_simulator(1)
    async with opened(hk.connect_async, simulator) as venue:
        await venue.cancel_order(ids[0])
    assert [one.path for one in simulator.requests] == ["/api/v1/spot/order"] * 2


@pytest.mark.usefixtures("skipped_time")
async def test_two_connections_of_one_key_share_their_looks(unused_tcp_port):
    """What the process keeps by key, it keeps once; another key has its own."""
    url = f"http://127.0.0.1:{unused_tcp_port}"
    keys = [{"api_key": name, "secret": "s", "base_url": url} for name in ("a", "a", "b")]
    first, second, other = [hk.connect("hashkey", **key)._connection.shared for key in keys]
    assert first is second
    assert first.looks is not other.looks


@pytest.mark.parametrize("abandoned", [1, 5, 49])
@pytest.mark.usefixtures("skipped_time")
async def test_whoever_looks_for_all_may_be_abandoned(abandoned):
    """A canceled task strands nobody: another one goes on looking."""
    simulator, ids = busy_simulator(MANY, cancel_delay_ms=(1000, 1000))
    async with opened(hk.connect_async, simulator) as venue:
        tasks = [asyncio.create_task(venue.try_cancel(one)) for one in ids]
        while not looks(simulator):
            await asyncio.sleep(0.01)
        for task in tasks[:abandoned]:
            task.cancel()
        reports = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(report) for report in reports[:abandoned]] == [asyncio.CancelledError] * abandoned
    assert {report.outcome for report in reports[abandoned:]} == {CancelOutcome.CANCELED}


@pytest.mark.usefixtures("fast_time")
def test_a_thread_that_breaks_while_it_looks():
    """An interrupt in the thread that looks for all reaches that thread alone."""
    simulator, ids = busy_simulator(4)
    venue = opened(hk.connect, simulator)
    looking, broken = threading.Event(), threading.Event()
    handle = simulator.handle

    def interrupted(request, now):
        if request.method == "GET" and not looking.is_set():
            looking.set()
            broken.set()
            raise KeyboardInterrupt
        return handle(request, now)

    simulator.handle = interrupted
    with venue, ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(venue.try_cancel, one) for one in ids]
        errors = [future.exception() for future in futures]
    assert sorted(type(error).__name__ for error in errors) == ["KeyboardInterrupt", *["NoneType"] * 3]
    assert {future.result().outcome for future in futures if future.exception() is None} == {CancelOutcome.CANCELED}
