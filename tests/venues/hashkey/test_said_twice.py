"""A body that says one field twice, and not the same, proves nothing: the last one never wins."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk

DOUBLES = {
    "status": lambda row: row.replace('"status": "NEW"', '"status": "NEW", "status": "CANCELED"'),
    "reverse": lambda row: row.replace('"status": "NEW"', '"status": "CANCELED", "status": "NEW"'),
    "escaped": lambda row: row.replace('"status": "NEW"', '"status": "NEW", "st\\u0061tus": "CANCELED"'),
    "spaced": lambda row: row.replace('"status": "NEW"', '"status": "NEW", "status" : "CANCELED"'),
    "filled": lambda row: row.replace('"executedQty": "0"', '"executedQty": "0", "executedQty": "0.4"'),
    "kind": lambda row: row.replace('"executedQty": "0"', '"executedQty": "0", "executedQty": 0'),
    "id": lambda row: row.replace('"orderId":', '"orderId": "7", "orderId":'),
    "deep": lambda row: row.replace('"status":', '"more": [{"x": {"a": 1, "a": 2}}], "status":'),
}


@pytest.mark.parametrize("double", DOUBLES.values(), ids=DOUBLES)
async def test_an_order_that_is_read(desk, double):
    """Such an order is UnexpectedPayload, whichever word stands last, and wherever."""
    order = await desk.place()
    body = double(desk.row(order.id))
    assert body != desk.row(order.id)
    desk.simulator.fail_next(method="GET", body=body)
    with pytest.raises(hk.UnexpectedPayload, match="twice"):
        await desk.call("fetch_order", order.id)


async def test_a_cancel_is_not_ended_by_it(desk):
    """A cancel's answer that says NEW and CANCELED is a doubt: what ends the cancel is another answer."""
    order = await desk.place()
    row = desk.row(order.id)
    desk.simulator.fail_next(method="DELETE", body=DOUBLES["status"](row))
    report = await desk.try_cancel(order.id)
    assert (report.ambiguous_attempts, report.attempts) == (1, 2)
    assert desk.simulator.order(order.id).status == "CANCELED"


async def test_a_code_said_twice_refuses_nothing(desk):
    """An error code beside another one settles no create: the order may exist."""
    desk.simulator.fail_next(method="POST", body='{"code": "0401", "code": "-1142", "msg": "no"}', status=400)
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", timeout=1)


async def test_one_row_spoils_no_other(desk):
    """In a list, such a row alone cannot be read."""
    first, second = await desk.place(), await desk.place()
    rows = [desk.row(one.id, accountId=one.account_id) for one in (second, first)]
    body = f"[{DOUBLES['status'](rows[0])}, {rows[1]}]"
    desk.simulator.fail_next(method="GET", body=body)
    with pytest.raises(hk.UnexpectedPayload):
        await desk.call("fetch_orders", "ETH/USD")


async def test_equal_words_are_one(desk):
    """A field said twice in the same words is said; so are colons in a text, which are no fields."""
    order = await desk.place(client_order_id="a-b")
    row = desk.row(order.id)
    same = row.replace('"status": "NEW"', '"status": "NEW", "status": "NEW", "note": "a: b: c"')
    desk.simulator.fail_next(method="GET", body=same)
    assert (await desk.call("fetch_order", order.id)).info == json.loads(same)
