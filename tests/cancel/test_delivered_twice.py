"""A gateway that delivers a cancel twice hands back the second answer: who ended the order is told by time alone."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from hk_adapter import CancelOutcome, Evidence, Order, OrderStatus
from hk_adapter.errors import CancelRejected, CancelRejectReason, ClockSkew, OrderNotFound, RateLimited
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import UNMEASURED, Moment
from hk_adapter.model import CancelRequest, Wait

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("filled", "outcome"), [("0", CancelOutcome.CANCELED), ("0.4", CancelOutcome.PARTIALLY_CANCELED)]
)
async def test_already_canceled_by_our_own_first_delivery(desk, filled, outcome):
    """-1142 to the first send, of an order that ended since: no author is claimed."""
    order = await desk.place()
    if filled != "0":
        desk.simulator.fill(order.id, filled)
    desk.simulator.fail_next(code="-1142", method="DELETE", acted=True)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence, report.order.filled) == (outcome, Evidence.QUERY, Decimal(filled))
    assert (report.attempts, report.ambiguous_attempts) == (1, 0)


async def test_an_end_without_a_time_has_no_author(desk, skipped_time):
    """Where the venue does not say when the order ended, it may have been this call's send."""
    order = await desk.place()
    desk.simulator.cancel(order.id)
    skipped_time.sleep(5)
    desk.simulator.fail_next(body=desk.row(order.id), method="GET")
    report = await desk.try_cancel(order.id)
    assert report.outcome is CancelOutcome.CANCELED


def refused(doubt, ended, *, skewed=False, ahead=0.0):
    """What a cancel says that was told TOO_LATE at its first send, of an order that ended at a time."""
    case = CancelCase(CancelRequest(order_id="1"))
    case.note_sending(Moment(0.0, NOW, doubt=doubt, ahead=ahead))
    if skewed:
        case.learn_failure(1, ClockSkew("-1021"))
        case.note_sending(Moment(1.0, NOW + 1000, doubt=doubt))
    case.learn_failure(1, CancelRejected("-1142", reason=CancelRejectReason.TOO_LATE))
    end = Order(
        id="1", amount=Decimal(1), filled=Decimal(0), status=OrderStatus.CANCELED, last_update_timestamp=NOW + ended
    )
    case.learn_look(end)
    return verdict(case, Wait.FINAL, 1.0).outcome


@pytest.mark.parametrize(
    ("doubt", "ended", "outcome"),
    [
        (0.0, -1, CancelOutcome.ALREADY_CANCELED),
        (0.0, 0, CancelOutcome.CANCELED),
        (20.0, -21, CancelOutcome.CANCELED),
        (20.0, -1000, CancelOutcome.CANCELED),
        (20.0, -1001, CancelOutcome.ALREADY_CANCELED),
        (UNMEASURED, -1000, CancelOutcome.CANCELED),
        (UNMEASURED, -1001, CancelOutcome.ALREADY_CANCELED),
    ],
)
def test_the_doubt_of_the_clock_counts(doubt, ended, outcome):
    """ALREADY_CANCELED needs an end that is older than the first send by more than the clock may be wrong.

    A venue's clocks may be a second apart, as nobody notices; only without any doubt it is one clock, and ours.
    """
    assert refused(doubt, ended) is outcome


@pytest.mark.parametrize(("ended", "outcome"), [(-30_000, "canceled"), (-30_001, "already_canceled")])
def test_our_clock_may_be_as_far_ahead_as_the_venue_takes_stamps(ended, outcome):
    """One that was never measured, at a venue that takes stamps of half a minute to come."""
    assert refused(UNMEASURED, ended, ahead=30_000) == outcome


def test_a_clock_that_the_venue_refused_tells_no_age():
    """What was sent by a clock that is known to be wrong, and was never measured, proves nobody else's end."""
    assert refused(UNMEASURED, -9000, skewed=True) is CancelOutcome.CANCELED
    assert refused(5.0, -9000, skewed=True) is CancelOutcome.ALREADY_CANCELED


@pytest.mark.parametrize(("ended", "outcome"), [(203, CancelOutcome.CANCELED), (-1001, CancelOutcome.ALREADY_CANCELED)])
def test_a_venues_clock_that_leaps_between_the_sends(ended, outcome):
    """It refuses ours for the first time at the second send, and is measured 8 s ahead: since when, nothing tells."""
    case = CancelCase(CancelRequest(order_id="1"))
    case.note_sending(Moment(0.0, NOW, doubt=UNMEASURED))
    case.learn_failure(1, RateLimited("slow down"))
    case.note_sending(Moment(2.0, NOW + 2000, doubt=UNMEASURED))
    case.learn_failure(1, ClockSkew("-1021"))
    case.note_clock(Moment(3.0, NOW + 11_000, doubt=3.0))
    case.note_sending(Moment(3.0, NOW + 11_000, doubt=3.0))
    case.learn_failure(1, OrderNotFound("0211"))
    case.learn_look(
        Order(
            id="1", amount=Decimal(1), filled=Decimal(0), status=OrderStatus.CANCELED, last_update_timestamp=NOW + ended
        )
    )
    assert verdict(case, Wait.FINAL, 4.0).outcome is outcome


async def test_an_end_that_an_earlier_call_knew(desk):
    """What this key knew to have ended before the call began was not ended by it, whatever the clocks say."""
    order = await desk.place()
    await desk.cancel(order.id)
    report = await desk.try_cancel(order.id)
    assert report.outcome is CancelOutcome.ALREADY_CANCELED


@pytest.mark.parametrize(
    ("leap", "kept"), [(-900, True), (-1100, False), (4900, True), (5100, False), (-60_000_000_000, False)]
)
def test_a_clock_that_leaps(leap, kept):
    """A measurement that no wrong clock of ours explains shows that one has leapt: no age is told by either."""
    case = CancelCase(CancelRequest(order_id="1"))
    case.note_sending(Moment(2.0, NOW, doubt=UNMEASURED))
    case.note_clock(Moment(4.0, NOW + 2000 + leap, doubt=3.0))
    assert (case.times.first, case.times.last) == ((NOW + leap, NOW + leap) if kept else (None, None))


@pytest.mark.parametrize("updated", ["0", "1701094949", "before it was placed"])
async def test_a_time_that_cannot_be_the_ends_tells_no_age(desk, updated):
    """No order ends before it exists: a time in seconds, or none at all, leaves the author open."""
    order = await desk.place()
    at = {"before it was placed": order.timestamp - 1}.get(updated, updated)
    desk.simulator.fail_next(code="-1142", method="DELETE", acted=True)
    row = json.loads(desk.row(order.id, status="CANCELED", updateTime=str(at)))
    desk.simulator.fail_next(body=json.dumps(row), method="GET")
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED
