"""A list that shows one order twice, and not the same, shows nothing of it."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome

OPEN_ORDERS = "/api/v1/spot/openOrders"
HISTORY = "/api/v1/spot/tradeOrders"

OTHER = [
    pytest.param({"side": "SELL"}, id="side"),
    pytest.param({"price": "1901"}, id="price"),
    pytest.param({"status": "PARTIALLY_FILLED", "executedQty": "0.4"}, id="fills"),
]


def rows(desk, order, *changes):
    """Write the rows of a list."""
    return json.dumps([json.loads(desk.row(order.id, accountId=order.account_id, **change)) for change in changes])


@pytest.mark.parametrize("other", OTHER)
@pytest.mark.parametrize("first", [True, False])
async def test_a_list_has_neither_row(desk, other, first):
    """Which of the two holds cannot be told: the list is an error that names the order."""
    order = await desk.place()
    both = ({}, other) if first else (other, {})
    for path, call in ((OPEN_ORDERS, "fetch_open_orders"), (HISTORY, "fetch_orders")):
        desk.simulator.fail_next(method="GET", path=path, body=rows(desk, order, *both), times=2)
        with pytest.raises(hk.UnexpectedPayload, match=order.id):
            await desk.call(call)
        found = await desk.call(call, params={"partial": True})
        assert (list(found), [row.order.id for row in found.unread]) == ([], [order.id])


async def test_the_same_row_twice_is_one(desk):
    """Nothing contradicts anything."""
    order = await desk.place()
    desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=rows(desk, order, {}, {}))
    assert [one.id for one in await desk.call("fetch_open_orders")] == [order.id]


@pytest.mark.parametrize("sides", [("BUY", "SELL"), ("SELL", "BUY")])
async def test_an_order_shown_to_buy_and_to_sell(desk, sides):
    """Whoever cancels one side does not cancel it, and is told; whoever cancels all does."""
    order = await desk.place()
    body = rows(desk, order, *({"side": side} for side in sides))
    desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=body, times=2)
    [report] = await desk.call("cancel_all_orders", side="sell")
    assert (report.outcome, desk.cancels) == (CancelOutcome.NOT_SENT, 0)
    [report] = await desk.call("cancel_all_orders")
    assert (report.outcome, report.order.id) == (CancelOutcome.CANCELED, order.id)


async def test_what_any_row_says_was_filled_counts(desk):
    """A list that shows 0.4 filled and nothing filled is followed by no end with nothing filled."""
    order = await desk.place()
    changes = ({"status": "PARTIALLY_FILLED", "executedQty": "0.4"}, {})
    for both in (changes, changes[::-1]):
        desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=rows(desk, order, *both))
        [report] = await desk.call("cancel_all_orders", timeout=1)
        assert not report.final


async def test_an_end_of_two_kinds_is_none(open_desk, skipped_time):
    """The history of a look has two ends of an order: each order is asked for by itself."""
    desk = await open_desk(budget="unlimited")
    orders = [await desk.place() for _ in range(4)]
    ends = [json.loads(desk.row(one.id, status="CANCELED")) for one in orders]
    ends.append(ends[0] | {"status": "PARTIALLY_CANCELED", "executedQty": "0.4"})
    desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body="[]", times=9)
    desk.simulator.fail_next(method="GET", path=HISTORY, body=json.dumps(ends[::-1]), times=9)
    reports = await desk.call("cancel_orders", [one.id for one in orders])
    assert {(report.outcome, str(report.order.filled)) for report in reports} == {(CancelOutcome.CANCELED, "0")}


YESTERDAY = {"time": "1700000000000", "updateTime": "1700000000000"}


async def test_two_orders_of_one_id_are_not_both_told_by_the_cancel_of_one(desk):
    """A venue may begin its numbers anew while an old order rests: one is canceled, and the other told as unread."""
    for other in (YESTERDAY, {"symbol": "BTCUSD"}):
        order = await desk.place()
        desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=rows(desk, order, {}, other), times=2)
        found = await desk.call("fetch_open_orders", params={"partial": True})
        assert (list(found), [row.order and row.order.id for row in found.unread]) == ([], [order.id, None])
        reports = await desk.call("cancel_all_orders")
        assert [report.order and report.order.id for report in reports] == [order.id, None]
        assert reports[0].outcome.final
        assert reports[1].outcome is CancelOutcome.NOT_SENT
        assert order.id in str(reports[1].error)


@pytest.mark.parametrize("other", [YESTERDAY, {"symbol": "BTCUSD"}, {"side": "SELL"}])
async def test_the_other_rows_of_a_list_that_has_one_id_twice(open_desk, skipped_time, other):
    """They are read; of the id that is there twice is neither said that it is gone, nor that it was never there."""
    desk = await open_desk(budget="unlimited")
    orders = [await desk.place() for _ in range(4)]
    doubled, *others = orders
    opened = rows(desk, doubled, {}, other)
    ends = [json.loads(desk.row(one.id, status="CANCELED")) for one in others]
    desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=opened, times=99)
    desk.simulator.fail_next(method="GET", path=HISTORY, body=json.dumps(ends[::-1]), times=99)
    for accepted in (True, False):
        if not accepted:
            desk.simulator.fail_next(method="DELETE", code="-2011", times=9)
        desk.simulator.fail_next(method="GET", path="/api/v1/spot/order", code="-2013", times=99)
        desk.venue._connection.shared.looks.known.clear()
        told, *rest = await desk.call("cancel_orders", [one.id for one in orders], timeout=4)
        assert told.outcome is (CancelOutcome.PENDING if accepted else CancelOutcome.UNKNOWN)
        assert {report.outcome.final for report in rest} == {True}


async def test_an_end_of_an_order_that_had_the_id_before(open_desk, skipped_time):
    """The open orders show what has the id now, and the history what had it before: that end is not this one's."""
    desk = await open_desk(budget="unlimited")
    orders = [await desk.place() for _ in range(4)]
    desk.venue._connection.shared.looks.known.clear()
    skipped_time.sleep(10)
    past = str(int(skipped_time.time() * 1000) - 86_400_000)
    opened = [json.loads(desk.row(one.id)) for one in orders]
    ended = [row | {"status": "CANCELED", "time": past, "updateTime": past} for row in opened]
    desk.simulator.fail_next(method="DELETE", kind="cut", times=9)
    desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=json.dumps(opened), times=99)
    desk.simulator.fail_next(method="GET", path=HISTORY, body=json.dumps(ended), times=99)
    reports = await desk.call("cancel_orders", [one.id for one in orders], timeout=4)
    assert {report.outcome for report in reports} == {CancelOutcome.UNKNOWN}
