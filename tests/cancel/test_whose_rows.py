"""Of a list that shows several accounts, an order that does not say whose it is is not taken for one's own."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome

OPEN_ORDERS = "/api/v1/spot/openOrders"


async def listed(desk, account, *, others=True):
    """Let two orders of the key's own rest, and list the first under an account; give both, and show others' too."""
    first, second = [await desk.place() for _ in range(2)]
    handle = desk.simulator._simulator.handle

    def damaged(request, now):
        answer = handle(request, now)
        if (request.method, request.path) != ("GET", OPEN_ORDERS):
            return answer
        rows = json.loads(answer.body)
        foreign = [rows[0] | {"orderId": "1790000000000000009", "accountId": "99"}] if others else []
        for row in rows:
            if row["orderId"] == first.id:
                row["accountId"] = account
        return replace(answer, body=json.dumps(rows + foreign).encode())

    desk.simulator._simulator.handle = damaged
    return first, second


@pytest.mark.parametrize("account", [None, "", True, 1.5, ["7"], {}])
async def test_it_is_not_canceled(desk, account):
    """Its report says that nothing was sent, and names it; what says that it is one's own is canceled."""
    first, second = await listed(desk, account)
    reports = await desk.call("cancel_all_orders", timeout=8)
    outcomes = {report.order.id: report.outcome for report in reports}
    assert outcomes == {first.id: CancelOutcome.NOT_SENT, second.id: CancelOutcome.CANCELED}
    assert desk.simulator.order(first.id).status == "NEW"


async def test_it_is_told_apart_in_a_list(desk):
    """A list is refused for it, or gives the others and names it."""
    first, second = await listed(desk, None)
    with pytest.raises(hk.UnexpectedPayload, match=first.id):
        await desk.call("fetch_open_orders")
    partial = await desk.call("fetch_open_orders", params={"partial": True})
    assert ([order.id for order in partial], [row.order.id for row in partial.unread]) == ([second.id], [first.id])


async def test_where_no_other_account_is_shown(desk):
    """A list of one account's orders alone is one's own, also where a row does not say so."""
    await listed(desk, None, others=False)
    reports = await desk.call("cancel_all_orders", timeout=8)
    assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 2


async def test_an_account_that_cannot_be_read(desk):
    """It may be any, whatever the other rows say."""
    first, _ = await listed(desk, [], others=False)
    reports = await desk.call("cancel_all_orders", timeout=8)
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED, CancelOutcome.NOT_SENT}
    assert desk.simulator.order(first.id).status == "NEW"
