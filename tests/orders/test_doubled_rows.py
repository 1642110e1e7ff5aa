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
