"""A row that says open proves that an order rests only where it can be how the order stands now."""

from __future__ import annotations

import json

import pytest

from hk_adapter import CancelOutcome


@pytest.mark.parametrize("status", ["NEW", "PARTIALLY_FILLED"])
async def test_an_open_row_that_is_wholly_filled_is_half_written(desk, status):
    """The order has filled, or will be said to have: it is not on the book by that row."""
    order = await desk.place()
    row = json.loads(desk.row(order.id, status=status, executedQty="1"))
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    desk.simulator.fail_next(body=json.dumps(row), method="GET", times=99)
    assert (await desk.try_cancel(order.id, timeout=5)).outcome is CancelOutcome.UNKNOWN


async def test_a_row_with_fewer_fills_than_were_shown_is_old(desk):
    """A view that has gone back proves nothing, and what was shown as filled stays told."""
    order = await desk.place()
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    for filled, times in (("0.5", 1), ("0.3", 99)):
        row = json.loads(desk.row(order.id, status="PARTIALLY_FILLED", executedQty=filled))
        desk.simulator.fail_next(body=json.dumps(row), method="GET", times=times)
    report = await desk.try_cancel(order.id, timeout=5)
    assert (report.outcome, str(report.order.filled)) == (CancelOutcome.UNKNOWN, "0.5")
