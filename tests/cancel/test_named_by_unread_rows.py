"""A row or an answer that names an order, and cannot be read otherwise, is evidence that the order exists."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hk_adapter import CancelOutcome

OPEN_ORDERS, HISTORY, ORDER = "/api/v1/spot/openOrders", "/api/v1/spot/tradeOrders", "/api/v1/spot/order"
MISSING = [f"123456789012345678{digit}" for digit in range(4)]
DAMAGE = {
    "a word": {"status": "HALTED"},
    "no word": {"status": None},
    "a number": {"executedQty": "1.2.3"},
    "above the amount": {"executedQty": "7"},
    "a side": {"side": "BOTH"},
    "a time": {"time": "yesterday"},
    "an ended row": {"status": "PARTIALLY_CANCELED", "executedQty": "0"},
}


def row(order_id, client_order_id=None, **changes):
    """Write a row that cannot be read, of an order that nothing else shows."""
    fields = {
        "symbol": "ETHUSD",
        "orderId": order_id,
        "clientOrderId": client_order_id,
        "time": "1700000000000",
        "price": "1900",
        "origQty": "1",
        "executedQty": "0",
        "status": "NEW",
        "type": "LIMIT",
        "side": "BUY",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def show(desk, path, shown):
    """Let every list, or every query, answer with this; whatever else is asked for is not found."""
    simulator = desk.simulator._simulator
    handle = simulator.handle

    def damaged(request, now):
        answer = handle(request, now)
        if (request.method, request.path) != ("GET", path):
            return answer
        return replace(answer, status=200, body=json.dumps(shown).encode())

    simulator.handle = damaged


@pytest.mark.parametrize("damage", [DAMAGE["a word"], DAMAGE["above the amount"]])
@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
async def test_a_row_of_a_list(desk, path, damage):
    """No query knows the order, and a list's row names it: it is not NOT_FOUND, as the orders are that no row names."""
    show(desk, path, [row(MISSING[0], **damage)])
    reports = await desk.call("cancel_orders", MISSING, timeout=8)
    outcomes = [report.outcome for report in reports]
    assert outcomes == [CancelOutcome.UNKNOWN, *[CancelOutcome.NOT_FOUND] * 3]


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("by", ["order_id", "client_order_id"])
async def test_an_answer_to_a_query(desk, by, damage):
    """One look's answer names the order, unreadable, and the others miss it: it is not NOT_FOUND."""
    desk.simulator.fail_next(method="GET", path=ORDER, body=json.dumps(row(MISSING[0], "mine", **damage)))
    name = {"order_id": MISSING[0]} if by == "order_id" else {"client_order_id": "mine"}
    assert (await desk.try_cancel(**name, timeout=5)).outcome is CancelOutcome.UNKNOWN


async def test_a_row_that_says_a_field_twice(desk):
    """What an object says once is certain: its id."""
    body = json.dumps(row(MISSING[0])).replace('"status"', '"status": "CANCELED", "status"')
    desk.simulator.fail_next(method="GET", path=ORDER, body=body)
    assert (await desk.try_cancel(MISSING[0], timeout=5)).outcome is CancelOutcome.UNKNOWN


async def test_an_answer_whose_order_id_cannot_be_read(desk):
    """The client's id that it shows is the one that was asked for: there is such an order."""
    desk.simulator.fail_next(method="GET", path=ORDER, body=json.dumps(row("0x1F", "mine")))
    assert (await desk.try_cancel(client_order_id="mine", timeout=5)).outcome is CancelOutcome.UNKNOWN


async def test_a_row_of_another_order_is_none(desk):
    """An unreadable answer that names another order tells nothing of this one."""
    desk.simulator.fail_next(method="GET", path=ORDER, body=json.dumps(row(MISSING[1], status="HALTED")))
    assert (await desk.try_cancel(MISSING[0], timeout=5)).outcome is CancelOutcome.NOT_FOUND


async def test_an_older_order_of_the_client_id(desk):
    """A look that shows an order under the id that was given, though it may be another one, leaves no NOT_FOUND."""
    shown = row(MISSING[0], "mine", status="CANCELED", updateTime="1700000001000")
    desk.simulator.fail_next(method="GET", path=ORDER, body=json.dumps(shown))
    desk.simulator.fail_next(method="DELETE", path=ORDER, body="{}")
    assert (await desk.try_cancel(client_order_id="mine", timeout=5)).outcome is CancelOutcome.UNKNOWN
    desk.simulator.fail_next(method="GET", path=ORDER, body=json.dumps(shown | {"time": "4000000000000"}))
    assert (await desk.try_cancel(client_order_id="mine", timeout=5)).outcome is CancelOutcome.UNKNOWN
