"""Fills that are posted after the end was shown: one look takes the end as it is, a setting takes a second one."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome


@pytest.fixture
async def careful(skipped_time, open_desk):
    """A connection that looks at an end once more, a second later."""
    return await open_desk(second_look=1)


async def test_an_end_is_taken_as_it_is_shown(desk):
    """By default the first end that agrees with itself is returned: what is posted later is not waited for."""
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, len(desk.seen("GET"))) == (CancelOutcome.CANCELED, 1)


async def test_a_fill_that_is_posted_late(careful):
    """With a second look, what was posted within its time is told."""
    order = await careful.place()
    unfilled = {"executedQty": "0", "cumulativeQuoteQty": "0"}
    careful.simulator.fill(order.id, "0.4")
    careful.simulator.fail_next(body=careful.row(order.id, status="NEW", **unfilled), method="DELETE", acted=True)
    careful.simulator.fail_next(body=careful.row(order.id, status="CANCELED", **unfilled), method="GET")
    report = await careful.try_cancel(order.id)
    first, second = (one.at for one in careful.seen("GET"))
    assert (report.outcome, report.order.filled) == (CancelOutcome.PARTIALLY_CANCELED, Decimal("0.4"))
    assert second - first >= 999


@pytest.mark.parametrize("second", ["open", "cut", "missed", "less"])
async def test_what_undoes_no_end(careful, second):
    """A second look that fails, or shows less, as an older view does, leaves the end that was shown."""
    order = await careful.place()
    careful.simulator.fill(order.id, "0.4")
    stale = careful.row(order.id)
    ended = careful.row(order.id, status="PARTIALLY_CANCELED")
    careful.simulator.fail_next(body=ended, method="GET")
    less = careful.row(order.id, status="CANCELED", executedQty="0", cumulativeQuoteQty="0")
    faults = {"open": {"body": stale}, "cut": {"kind": "cut"}, "missed": {"code": "0211"}, "less": {"body": less}}
    careful.simulator.fail_next(method="GET", **faults[second])
    report = await careful.try_cancel(order.id)
    assert (report.outcome, report.order.filled) == (CancelOutcome.PARTIALLY_CANCELED, Decimal("0.4"))
    assert (len(careful.seen("GET")), report.error) == (2, None)


async def test_without_time_for_it(careful):
    """An end is returned within the deadline, though no second look fits in it."""
    order = await careful.place()
    report = await careful.try_cancel(order.id, timeout=0.5)
    assert (report.outcome, len(careful.seen("GET"))) == (CancelOutcome.CANCELED, 1)


async def test_a_whole_fill_needs_none(careful):
    """Nothing can come after a whole fill."""
    order = await careful.place()
    careful.simulator.fill(order.id)
    report = await careful.try_cancel(order.id)
    assert (report.outcome, len(careful.seen("GET"))) == (CancelOutcome.TOO_LATE_FILLED, 1)


@pytest.mark.parametrize("value", [0, -1, True, "1", 61])
def test_seconds_that_make_no_sense(value):
    """The setting is a number of seconds."""
    with pytest.raises(hk.ConfigurationError, match="second_look"):
        hk.connect("hashkey", environment="simulator", second_look=value)
