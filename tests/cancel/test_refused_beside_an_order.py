"""A refusal beside an order says yes and no: the cancel is in doubt, and a look that says both shows the order."""

from __future__ import annotations

import json

import pytest

from hk_adapter import CancelOutcome, UnexpectedPayload

CODES = ["0003", "-1130", "-1150", "-2011", "0211", "0102", "-1021", "-1101", "-1144", "0001"]
WAYS = {
    "flat": lambda order, code: order | {"code": code},
    "within": lambda order, code: {"code": code, "order": order},
    "in a list": lambda order, code: {"code": code, "data": {"rows": [order]}},
    "without an id": lambda order, code: {"code": code, "status": order["status"]},
    "in other letters": lambda order, code: order | {"code": code, "status": order["status"].lower()},
}
BODIES = {
    "an object": lambda row: row,
    "a list": lambda row: f"[{row}]",
    "no JSON": lambda row: row[:-20],
    "a field twice": lambda row: row.replace('"status"', '"status": "NEW", "status"'),
    "a strange code": lambda row: row.replace("{", '{"code": true, ', 1),
}
REFUSALS = {
    CancelOutcome.REJECTED,
    CancelOutcome.NOT_FOUND,
    CancelOutcome.RATE_LIMITED,
    CancelOutcome.CLOCK_SKEW,
    CancelOutcome.AUTH,
    CancelOutcome.BAD_REQUEST,
    CancelOutcome.VENUE_DOWN,
}


@pytest.mark.parametrize(("code", "way"), [*((code, "flat") for code in CODES), *(("0003", way) for way in WAYS)])
async def test_a_code_beside_a_canceled_order(desk, code, way):
    """While no look tells, the outcome is no refusal: the cancel may have run."""
    order = await desk.place()
    shown = json.loads(desk.row(order.id, status="CANCELED"))
    desk.simulator.fail_next(method="DELETE", body=json.dumps(WAYS[way](shown, code)), times=9)
    report = await desk.try_cancel(order.id, timeout=5)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.UNKNOWN, report.attempts)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [429, 418])
async def test_a_rate_limit_beside_a_canceled_order(desk, status, body):
    """Whatever of the order such an answer shows, no refusal is believed; and the venue is left in peace."""
    order = await desk.place()
    row = BODIES[body](desk.row(order.id, status="CANCELED"))
    desk.simulator.fail_next(method="DELETE", status=status, body=row)
    report = await desk.try_cancel(order.id, timeout=5)
    assert (report.outcome, report.attempts) == (CancelOutcome.UNKNOWN, 1)


async def test_a_lost_cancel_that_ran_is_settled_by_a_look(desk):
    """The refusal is a doubt like any other: the order's end is read, and is ours."""
    order = await desk.place()
    row = json.loads(desk.row(order.id, status="CANCELED")) | {"code": "-1150"}
    desk.simulator.fail_next(method="DELETE", body=json.dumps(row), acted=True)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)


async def test_a_refusal_that_names_the_order_alone_is_one(desk):
    """A code beside the id that was asked for, and nothing else, says which order it is about."""
    order = await desk.place()
    body = json.dumps({"code": "-2011", "msg": "rejected", "orderId": order.id})
    desk.simulator.fail_next(method="DELETE", body=body, times=9)
    assert (await desk.try_cancel(order.id, timeout=5)).outcome is CancelOutcome.REJECTED


async def test_one_of_a_batch_refused_beside_its_order(desk):
    """The one order is in doubt, the others stand as their own rows say."""
    ids = [(await desk.place()).id for _ in range(3)]
    row = json.loads(desk.row(ids[1], status="CANCELED")) | {"code": "-1130"}
    body = json.dumps({"code": "0000", "result": [row, {"orderId": ids[2], "code": "-2011"}]})
    desk.simulator.fail_next(method="DELETE", path="/api/v1/spot/cancelOrderByIds", body=body)
    reports = await desk.call("cancel_orders", ids, timeout=5)
    assert [report.ambiguous_attempts for report in reports] == [0, 1, 0]


@pytest.mark.parametrize("code", ["0211", "-1130"])
async def test_a_look_that_says_both(desk, code):
    """An order that a look shows beside "not found" exists, whatever else is said of it."""
    order = await desk.place()
    both = json.dumps(json.loads(desk.row(order.id)) | {"code": code})
    desk.simulator.fail_next(method="GET", body=both)
    with pytest.raises(UnexpectedPayload) as caught:
        await desk.call("fetch_order", order.id)
    assert caught.value.order.id == order.id
    desk.simulator.fail_next(method="DELETE", code="0211", times=9)
    desk.simulator.fail_next(method="GET", body=both)
    desk.simulator.fail_next(method="GET", code="0211", times=99)
    assert (await desk.try_cancel(order.id, timeout=5)).outcome is CancelOutcome.UNKNOWN


@pytest.mark.parametrize("code", ["0000", 0, None])
async def test_success_that_is_denied(open_desk, skipped_time, code):
    """A code that says that the cancels ran, and a flag that says that they did not, are a doubt: one more goes out."""
    desk = await open_desk(budget="unlimited")
    orders = [await desk.place() for _ in range(2)]
    body = {"code": code, "success": False, "result": []}
    desk.simulator.fail_next(method="DELETE", path="/api/v1/spot/cancelOrderByIds", body=json.dumps(body))
    reports = await desk.call("cancel_orders", [order.id for order in orders])
    assert {(one.outcome, one.ambiguous_attempts) for one in reports} == {(CancelOutcome.CANCELED, 1)}


async def test_an_order_beside_a_denied_success(desk):
    """The same where it shows the order."""
    order = await desk.place()
    row = json.loads(desk.row(order.id)) | {"success": False}
    desk.simulator.fail_next(method="DELETE", body=json.dumps(row))
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)
