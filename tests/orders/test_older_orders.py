"""An order that the venue had before a create was sent is never the one that it placed, whatever id it has."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

import hk_adapter as hk

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")
DAY = 86_400_000


def row(own="mine", **changes):
    """Write an order as an answer to its creation shows it, and without a time; None takes a field away."""
    fields = {
        "symbol": "ETHUSD",
        "clientOrderId": own,
        "orderId": "1790000000000000007",
        "price": "1900",
        "origQty": "1",
        "executedQty": "0",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
    }
    return fields | changes


def times(age):
    """Show an order that is so many ms old, in every way in which a row may say so."""
    now = round(time.time() * 1000)
    old = str(now - age)
    return [
        {"transactTime": old},
        {"time": old},
        {"updateTime": old},
        {"transactTime": str(now + 60_000), "updateTime": old},
        {"time": old, "updateTime": str(now)},
    ]


OLD = range(len(times(0)))


@pytest.mark.parametrize("which", OLD)
async def test_a_creates_own_answer(desk, which):
    """Its own answer shows a day-old order: the outcome is not known, and the error carries the order's id."""
    desk.simulator.fail_next(method="POST", body=json.dumps(row(**times(DAY)[which])))
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.9)
    assert (caught.value.order.id, caught.value.order.client_order_id) == ("1790000000000000007", "mine")


@pytest.mark.parametrize("which", OLD)
async def test_a_look_up(desk, which):
    """The create's answer is lost, and the look-up shows a day-old order: the same."""
    desk.simulator.fail_next(method="POST", kind="cut")
    desk.simulator.fail_next(
        method="GET", path="/api/v1/spot/order", body=json.dumps(row(**times(DAY)[which])), times=9
    )
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=0.9)
    assert caught.value.order.id == "1790000000000000007"


@pytest.mark.parametrize("how", ["its answer", "a look-up"])
async def test_a_clock_of_long_ago(desk, how):
    """What is still to come by the venue's clock, as it is read, is proven by that to be no order of this call."""
    shown = json.dumps(row(**times(DAY)[1]))
    if how == "its answer":
        desk.simulator.fail_next(method="POST", body=shown)
    else:
        desk.simulator.fail_next(method="POST", kind="cut")
    desk.simulator.fail_next(method="GET", path="/api/v1/spot/order", body=shown, times=9)
    desk.simulator.fail_next(path="/api/v1/time", body='{"serverTime":1700000000000}', times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", *TERMS, client_order_id="mine", timeout=2.5)
    assert caught.value.order.id == "1790000000000000007"


async def test_an_id_that_was_made_for_the_order(desk):
    """No other order can have it, and yet an answer that shows a day-old one contradicts itself."""
    handle = desk.simulator._simulator.handle

    def aged(request, now):
        answer = handle(request, now)
        if request.method != "POST":
            return answer
        shown = json.loads(answer.body)
        return replace(answer, body=json.dumps(shown | {"transactTime": str(now - DAY)}).encode())

    desk.simulator._simulator.handle = aged
    order = await desk.call("create_order", *TERMS)
    assert order.timestamp > time.time() * 1000 - DAY / 2  # as a look-up showed it


async def test_an_id_that_was_made_for_an_order_is_taken_by_nobody_else(desk):
    """Where the venue says that it is taken, the order that has it may be the call's own, however old it seems."""
    handle = desk.simulator._simulator.handle

    def aged(request, now):
        answer = handle(request, now)
        if request.method != "GET" or "orderId" not in (shown := json.loads(answer.body)):
            return answer
        return replace(answer, body=json.dumps(shown | {"time": str(now - DAY)}).encode())

    desk.simulator._simulator.handle = aged
    desk.simulator.fail_next(method="POST", acted=True, code="-1141")
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", *TERMS, timeout=2)
    assert caught.value.order.id == desk.simulator.orders()[0].order_id


async def test_what_a_lost_answer_placed_is_found(desk):
    """An older order in the create's answer does not hide the new one, which a look-up shows."""
    desk.simulator.fail_next(method="POST", body=json.dumps(row(**times(DAY)[0])), acted=True)
    order = await desk.call("create_order", *TERMS, client_order_id="mine")
    assert order.id != "1790000000000000007"


@pytest.mark.parametrize("which", range(6))
async def test_an_order_that_is_not_older(desk, which):
    """One that shows no time, 0, or the time of the call is the order."""
    changes = [{}, {"transactTime": "0"}, {"updateTime": "0"}, *times(0)[:3]][which]
    desk.simulator.fail_next(method="POST", body=json.dumps(row(**changes)))
    assert (await desk.call("create_order", *TERMS, client_order_id="mine")).id == "1790000000000000007"


@pytest.mark.parametrize("old", ["transactTime", "updateTime"])
async def test_one_of_a_batch(desk, old):
    """The older one is in doubt, with its id; the other one stands."""
    now = round(time.time() * 1000)
    entries = [
        {"code": "0000", "order": row("one", orderId="11", transactTime=str(now))},
        {"code": "0000", "order": row("two", orderId="12", **{old: str(now - DAY)})},
    ]
    desk.simulator.fail_next(method="POST", body=json.dumps({"code": 0, "result": entries}))
    names = ("symbol", "type", "side", "amount", "price")
    drafts = [dict(zip(names, TERMS, strict=True)) | {"client_order_id": own} for own in ("one", "two")]
    first, second = await desk.call("create_orders", drafts, timeout=0.9)
    assert (first.created, second.created, second.error.order.id) == (True, None, "12")


async def test_two_creates_of_a_call_are_answered_with_one_order(desk):
    """One order cannot be two: neither answer is believed."""
    for own in ("one", "two"):
        desk.simulator.fail_next(method="POST", body=json.dumps(row(own, transactTime=str(round(time.time() * 1000)))))
    drafts = [
        {"symbol": symbol, "type": "limit", "side": "buy", "amount": "1", "price": "1900", "client_order_id": own}
        for own, symbol in (("one", "ETH/USD"), ("two", "BTC/USD"))
    ]
    reports = await desk.call("create_orders", drafts, timeout=0.9)
    assert [report.created for report in reports] == [None, None]


@pytest.fixture
def sleeps(desk, skipped_time):
    """Let the machine sleep for 20 s as the first request has left: its monotonic clock stands still."""
    clock, awake, asleep = desk.venue._connection.runtime.clock, skipped_time.monotonic, 0
    read = clock.now

    def time():
        return awake() - asleep

    def now(luck=0.0):
        nonlocal asleep
        if desk.simulator.requests and not asleep:
            asleep = 20
            skipped_time.sleep(asleep)
        return read(luck)

    clock.time, clock.now = time, now


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.usefixtures("sleeps")
async def test_a_machine_that_slept_in_the_midst(desk, lost):
    """The order that the call placed is not older than the call because a clock of ours stood still."""
    if lost:
        desk.simulator.fail_next("cut", method="POST", acted=True)
    placed = await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    assert [one.order_id for one in desk.simulator.orders()] == [placed.id]
