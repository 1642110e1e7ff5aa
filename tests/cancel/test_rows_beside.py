"""Every row that a call saw counts: one of the open orders beside one of the history, too."""

from __future__ import annotations

import json

from hk_adapter import CancelOutcome

OPEN_ORDERS = "/api/v1/spot/openOrders"


async def test_an_open_row_beside_an_end_with_less(open_desk, skipped_time):
    """The list of open orders says 0.4 filled, the history of the same look canceled with 0: that is no end."""
    desk = await open_desk(budget="unlimited", timeout=10.0)
    ids = [(await desk.place()).id for _ in range(4)]
    row = json.loads(desk.row(ids[0], executedQty="0.4", status="PARTIALLY_FILLED"))
    desk.simulator.fail_next(method="GET", path=OPEN_ORDERS, body=json.dumps([row]), times=99)
    reports = await desk.call("cancel_orders", ids)
    assert reports[0].outcome in {CancelOutcome.PENDING, CancelOutcome.OFF_BOOK}
    assert {report.outcome for report in reports[1:]} == {CancelOutcome.CANCELED}
