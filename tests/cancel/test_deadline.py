"""One report per call, within the deadline; and looks that leave the venue's budget alone."""

from __future__ import annotations

import pytest

from hk_adapter import CancelOutcome, NotSent

SLACK = 0.25


@pytest.mark.parametrize("stalled", ["DELETE", "GET", None])
async def test_a_silent_venue_does_not_hold_the_call(skipped_time, open_desk, stalled):
    """Whatever is not answered, the call ends when its time is up, and says what is known."""
    desk = await open_desk()
    order = await desk.place()
    desk.simulator.fail_next(kind="stall", method=stalled, times=9)
    begun = skipped_time.monotonic()
    report = await desk.try_cancel(order.id, timeout=3)
    took = skipped_time.monotonic() - begun
    expected = CancelOutcome.PENDING if stalled == "GET" else CancelOutcome.UNKNOWN
    assert (report.outcome, report.attempts) == (expected, desk.cancels)
    assert 1 <= desk.cancels <= 3
    assert report.elapsed <= took <= 3 + SLACK


async def test_a_send_leaves_time_for_a_look(desk):
    """A send that is not answered takes at most half of the time, so that its doubt can be settled."""
    order = await desk.place()
    desk.simulator.fail_next(kind="stall", method="DELETE", acted=True)
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)


async def test_the_connections_timeout_is_the_default(skipped_time, open_desk):
    """A call that names no time has the connection's."""
    desk = await open_desk(timeout=3)
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", times=9)
    begun = skipped_time.monotonic()
    report = await desk.try_cancel(order.id)
    assert report.outcome is CancelOutcome.UNKNOWN
    assert skipped_time.monotonic() - begun <= 3 + SLACK


async def test_looks_are_at_most_two_a_second(desk):
    """While an end is waited for, the venue is asked again and again, at most twice in any second."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id), method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.PENDING, 1)
    assert 8 <= len(desk.seen("GET")) <= 20
    assert 8 <= report.elapsed <= 10
    assert desk.most_looks_in_a_second() <= 2


async def test_an_end_that_comes_late_is_seen(desk, skipped_time):
    """Nine seconds on, with a second left, the end is still read."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id), method="DELETE", acted=True)
    desk.simulator.fail_next(body=desk.row(order.id), method="GET", times=8)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, len(desk.seen("GET")), desk.cancels) == (CancelOutcome.CANCELED, 9, 1)


@pytest.mark.parametrize("timeout", [0.001, 0.04])
async def test_a_cancel_that_had_no_time_to_be_sent_says_so(desk, timeout):
    """Alone or among others it is ``NOT_SENT``, with the reason in the report and in what is raised."""
    order = await desk.place()
    reports = [await desk.try_cancel(order.id, timeout=timeout)]
    for ids in ([order.id], [order.id, "77"]):
        reports += await desk.call("cancel_orders", ids, timeout=timeout)
    for report in reports:
        assert (report.outcome, report.attempts) == (CancelOutcome.NOT_SENT, 0)
        assert (type(report.error), report.error.operation[:6]) == (NotSent, "cancel")
        with pytest.raises(NotSent, match="too little time"):
            report.order_or_raise()
    assert desk.cancels == 0
