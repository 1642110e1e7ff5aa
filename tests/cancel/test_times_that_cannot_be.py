"""A time that cannot be an order's is no evidence: 0, one still to come, an end before the order was placed."""

from __future__ import annotations

import json
import time

import pytest

from hk_adapter import CancelOutcome
from hk_adapter.simulator.http import SimResponse

ORDER, OPEN_ORDERS = "/api/v1/spot/order", "/api/v1/spot/openOrders"
YESTERDAY = str(round(time.time() * 1000) - 86_400_000)


@pytest.mark.parametrize(
    "times",
    [
        {"time": "0", "updateTime": "0"},
        {"time": None, "updateTime": "0"},
        {"time": None, "updateTime": YESTERDAY},
        {"time": YESTERDAY, "updateTime": YESTERDAY},
    ],
)
async def test_an_end_that_is_no_older_than_the_order(desk, times):
    """An order that this connection has just placed did not end before: nobody else is said to have canceled it."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", code="-1142", acted=True)
    desk.simulator.fail_next(method="GET", path=ORDER, body=desk.row(order.id, status="CANCELED", **times), times=9)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


SECONDS = str(round(time.time()) - 60)


@pytest.mark.parametrize("updated", ["0", "1", SECONDS], ids=["0", "1", "seconds"])
@pytest.mark.parametrize("created", [None, SECONDS], ids=["none", "seconds"])
async def test_what_is_no_time_in_ms_tells_no_age_of_a_strangers_order(desk, updated, created):
    """Nor of an order that was placed by somebody else: seconds are no milliseconds, and 1970 was before any order."""
    row = {"symbol": "ETHUSD", "orderId": "1234567890123456789", "time": created, "updateTime": updated, "price": "1"}
    row |= {"origQty": "1", "executedQty": "0", "status": "CANCELED", "type": "LIMIT", "side": "BUY"}
    desk.simulator.fail_next(method="GET", path=ORDER, body=json.dumps(row), times=9)
    assert (await desk.try_cancel("1234567890123456789")).outcome is CancelOutcome.CANCELED


async def test_a_list_does_not_grow_younger_by_times_to_come(desk):
    """Absence from a list that is older than the cancel proves nothing, whatever future its rows show."""
    orders = [await desk.place() for _ in range(4)]
    handle, sent = desk.simulator._simulator.handle, []
    stale = json.loads(desk.row(orders[0].id)) | {"orderId": "1790000000000000009", "updateTime": "4000000000000"}
    shown = {OPEN_ORDERS: [stale], "/api/v1/spot/tradeOrders": [], ORDER: {"code": "0211", "msg": ""}}

    def lagging(request, now):
        if request.method == "DELETE":
            sent.append(request)
            return SimResponse(200, {}, b'{"code": "0000", "result": []}')
        return SimResponse(200, {}, json.dumps(shown[request.path]).encode()) if sent else handle(request, now)

    desk.simulator._simulator.handle = lagging
    reports = await desk.call("cancel_all_orders", "ETH/USD", timeout=6)
    assert {report.outcome for report in reports} == {CancelOutcome.PENDING}


async def test_an_end_still_to_come_under_a_client_id(desk):
    """It is not the end of the order that the cancel was for, so that of an older one may be shown for it."""
    row = {"symbol": "ETHUSD", "orderId": "1234567890123456789", "clientOrderId": "mine", "time": YESTERDAY}
    row |= {"origQty": "1", "executedQty": "0", "status": "CANCELED", "type": "LIMIT", "side": "BUY", "price": "1"}
    body = json.dumps(row | {"updateTime": "4000000000000"})
    desk.simulator.fail_next(method="DELETE", kind="cut", times=9)
    desk.simulator.fail_next(method="GET", path=ORDER, body=body, times=99)
    assert (await desk.try_cancel(client_order_id="mine", timeout=5)).outcome is CancelOutcome.UNKNOWN
