"""Many calls of one exchange at once, and calls that take too long."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import hk_adapter as hk
from hk_adapter.flow.driver import START, Answer, Done, step
from hk_adapter.flow.effects import Moment, Now, Sleep
from hk_adapter.flow.prepared import PreparedCall
from tests.ccxt_bridge.by_hand import always, opened, performed
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET

FAST = {"environment": "simulator", "rateLimit": 1}


def is_ended(order, done):
    """Whether a cancel came to the end of its own order."""
    return (done.id, done.client_order_id, done.status) == (order.id, order.client_order_id, "canceled")


def test_threads_do_not_mix_their_calls_up():
    """One connection, eight threads: each cancel ends in the order that it was for."""

    def life(number):
        order = venue.create_order("ETH/USD", "limit", "buy", "1", str(1800 + number), client_order_id=f"t{number}")
        return is_ended(order, venue.cancel_order(order.id, "ETH/USD"))

    with hk.connect("ccxt:hashkey", **FAST) as venue, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(life, range(24)))


async def test_tasks_do_not_mix_their_calls_up():
    """The same with tasks of one loop."""
    async with hk.connect_async("ccxt:hashkey", **FAST) as venue:

        async def life(number):
            order = await venue.create_order(
                "ETH/USD", "limit", "buy", "1", str(1800 + number), client_order_id=f"t{number}"
            )
            return is_ended(order, await venue.cancel_order(order.id, "ETH/USD"))

        assert all(await asyncio.gather(*map(life, range(24))))


def test_interleaved_calls_are_noted_apart():
    """Two calls of one thread, step by step in turns: the failure of one is not the other's."""
    venue = opened("kraken")
    flows = [venue.cancel_order(hk.CancelRequest(order_id=f"O{number}")) for number in range(2)]
    answers = [
        always(200, b'{"error": ["EOrder:Unknown order"]}'),
        always(200, b'{"error": [], "result": {"count": 1}}'),
    ]
    results = in_turns(flows, answers)
    assert isinstance(results[0], hk.OrderNotFound)
    assert (results[1].id, results[1].status) == ("O1", "pending_cancel")


def in_turns(flows, answers):
    """Run flows in one thread, one step of each after the other."""
    results, given = [None] * len(flows), [START] * len(flows)
    while None in results:
        for number, flow in enumerate(flows):
            if results[number] is not None:
                continue
            try:
                moved = step(flow, given[number])
            except hk.AdapterError as error:
                results[number] = error
                continue
            if isinstance(moved, Done):
                results[number] = moved.value
            else:
                given[number] = Answer(performed(moved, answers[number], None))
    return results


LATE = 9.0
"""By how many seconds a busy machine may exceed a deadline; ccxt's own is ten."""


@pytest.mark.parametrize("call", ["CancelOrder", "QueryOrders"])
def test_the_deadline_holds(kraken, call):
    """An exchange that says nothing costs the time that was given, and hardly more."""
    options = {"base_url": kraken.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1}
    with hk.connect("ccxt:kraken", **options) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        kraken.faults[call] = "stall"
        began = time.monotonic()
        report = venue.try_cancel(order.id, timeout=0.4)
        assert time.monotonic() - began < 0.4 + LATE
        assert report.elapsed < 0.4 + LATE
    assert report.outcome in {hk.CancelOutcome.UNKNOWN, hk.CancelOutcome.PENDING, hk.CancelOutcome.CANCELED}


def test_ccxts_throttle_is_waited_for_as_an_effect():
    """A request that cannot go out before the deadline has not gone out: the wait is a strict one."""
    venue, waits = opened("hashkey", rateLimit=300), []
    for number in range(3):
        flow = venue.cancel_order(hk.CancelRequest(order_id=str(number)))
        given = START
        while not isinstance(moved := step(flow, given), PreparedCall):
            if isinstance(moved, Sleep):
                waits.append(moved)
            given = Answer(Moment(1000.0, 1_790_000_000_000))
        flow.close()
    assert [round(wait.seconds, 6) for wait in waits] == [0.3, 0.6]
    assert all(wait.strict for wait in waits)


def test_an_unthrottled_exchange_waits_for_nothing():
    """``enableRateLimit=False`` is ccxt's way to say so."""
    venue = opened("hashkey", enableRateLimit=False)
    assert [venue._exchange.pace.take(100.0, now).due for now in (5.0, 5.0, 1.0)] == [5.0, 5.0, 1.0]


@pytest.mark.parametrize("ending", ["no time", "closed"])
def test_a_call_that_gives_up_waiting_holds_nobody_up(ending):
    """Its place in the line is free again, and those behind it keep theirs."""
    venue = opened("hashkey", rateLimit=1000)

    def waiting():
        flow, given = venue.cancel_order(hk.CancelRequest(order_id="41")), START
        while isinstance(moved := step(flow, given), Now):
            given = Answer(Moment(1000.0, 1_790_000_000_000))
        return flow, moved.seconds if isinstance(moved, Sleep) else 0.0

    flows, waits = zip(*(waiting() for _ in range(4)), strict=True)
    assert waits == (0.0, 1.0, 2.0, 3.0)
    for flow in flows[1:3]:
        if ending == "closed":
            flow.close()
        else:
            with pytest.raises(hk.NotSent):
                step(flow, Answer(error=hk.NotSent("no time")))
    later = [waiting() for _ in range(3)]
    assert [wait for _, wait in later] == [1.0, 2.0, 4.0]
