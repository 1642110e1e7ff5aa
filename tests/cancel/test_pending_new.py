"""A cancel that overtakes its own create: nothing is sent again while the order is still being created."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, CancelRequest, Evidence, Order, OrderStatus, Wait
from hk_adapter.execution.cancel.policy import Look, Send, Situation, next_step
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import Moment
from hk_adapter.simulator import Dialect, Simulator

DELAY = 2000
"""Milliseconds until the venue's matching takes an order."""


@pytest.fixture
def open_slow(open_desk, skipped_time):
    """Open a venue that takes its time to accept an order."""

    async def open_one(delay=DELAY, **dialect):
        return await open_desk(simulator=Simulator(dialect=Dialect(accept_delay_ms=(delay, delay), **dialect)))

    return open_one


@pytest.mark.parametrize("word", ["NEW", "PENDING_NEW"])
async def test_a_cancel_that_the_venue_keeps(open_slow, word):
    """Accepted, and applied once the order is open: CANCELED by one send."""
    desk = await open_slow(create_status=word)
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.evidence) == (CancelOutcome.CANCELED, 1, Evidence.QUERY)
    assert (desk.cancels, report.elapsed >= 1.9) == (1, True)


async def test_a_cancel_that_the_venue_refuses_meanwhile(open_slow):
    """Refused as locked while pending: looked at until it is open, then canceled."""
    desk = await open_slow(cancel_pending_new="-1144")
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 2, 0)
    first, second = desk.seen("DELETE")
    assert second.at - first.at >= DELAY - 100


async def test_a_cancel_of_an_order_that_is_not_there_yet(open_slow):
    """Not found by cancel and look, then seen open: one miss is not taken for an end."""
    desk = await open_slow(400, cancel_pending_new="0211", pending_new_shown="nowhere")
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 0)
    assert 2 <= report.attempts <= 3  # it is known to have been placed, so it is asked for again while it is not shown


@pytest.mark.parametrize(("left", "step"), [(8.0, Look), (5.1, Look), (4.9, Send)])
def test_the_last_send_waits_for_a_look_that_shows_the_order(left, step):
    """Else three sends were gone before the venue knew the order, which then rested; half of the time must do."""
    case = CancelCase(CancelRequest(order_id="7"), placed=True)
    for at in (0.0, 0.1):
        case.note_sending(Moment(at, 1_700_000_000_000, doubt=0.0))
        case.learn_failure(1, hk.OrderNotFound("0211"))
        case.learn_miss(at)
    now = Situation(left=left, whole=10.0, silence=0.0, jitter=0.0, measured=True)
    assert isinstance(next_step(case, Wait.FINAL, now), step)
    case.learn_look(Order(id="7", status=OrderStatus.OPEN, amount=Decimal(1), filled=Decimal(0)))
    assert isinstance(next_step(case, Wait.FINAL, now), Send)


def test_an_order_that_is_shown_is_canceled_soon():
    """Within half a second, though the cancel before was refused as unknown; one that no look shows waits longer."""
    case = CancelCase(CancelRequest(order_id="7"), placed=True)
    case.note_sending(Moment(0.0, 1_700_000_000_000, doubt=0.0))
    case.learn_failure(1, hk.OrderNotFound("0211"))
    case.learn_miss(0.0)
    now = Situation(left=8.0, whole=10.0, silence=0.0, jitter=0.999, measured=True)
    assert next_step(case, Wait.FINAL, now).pause > 2
    case.learn_look(Order(id="7", status=OrderStatus.OPEN, amount=Decimal(1), filled=Decimal(0)))
    assert next_step(case, Wait.FINAL, now).pause < 0.5


async def test_a_doubtful_cancel_of_a_pending_order(open_slow):
    """In doubt, and the order still being created: nothing goes out until it is open."""
    desk = await open_slow()
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 2, 1)
    first, second = desk.seen("DELETE")
    assert second.at - first.at >= DELAY - 100


async def test_a_pending_order_that_the_venue_rejects(open_slow):
    """It ends by itself: ENDED, rejected, and none of our sends did it."""
    desk = await open_slow(cancel_pending_new="-1144")
    desk.simulator.reject_next()
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.status, report.order.filled) == (
        CancelOutcome.ENDED,
        OrderStatus.REJECTED,
        Decimal(0),
    )
    assert desk.cancels == 1


async def test_a_pending_order_whose_cancel_was_kept_and_that_is_rejected(open_slow):
    """An accepted cancel of an order that never opened: ENDED, not CANCELED."""
    desk = await open_slow()
    desk.simulator.reject_next()
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.status) == (CancelOutcome.ENDED, OrderStatus.REJECTED)


async def test_a_pending_order_that_fills_at_once(open_slow):
    """It opened into the other side: the fill is the end."""
    desk = await open_slow(cancel_pending_new="-1144")
    desk.simulator.counter_order("ETHUSD", "SELL", "1", "1900", now=desk_time(desk))
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.filled, desk.cancels) == (CancelOutcome.TOO_LATE_FILLED, Decimal(1), 1)


async def test_pending_until_the_deadline(open_slow):
    """Refused, and never open in this call's time: nothing is claimed, and one cancel was sent."""
    desk = await open_slow(60_000, cancel_pending_new="-1144")
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.final, desk.cancels) == (CancelOutcome.UNKNOWN, False, 1)
    assert report.order.status is OrderStatus.PENDING_NEW


@pytest.mark.parametrize("again", ["accepted", "-1144", "-2011", "-1024"])
@pytest.mark.parametrize("shown", ["as_before", "PENDING_CANCEL"])
async def test_a_cancel_that_takes_its_time(open_desk, skipped_time, again, shown):
    """Accepted, and effective seconds later: the end is awaited, and nothing is sent into it."""
    dialect = Dialect(cancel_delay_ms=(3000, 3000), cancel_in_flight=shown, cancel_again=again)
    desk = await open_desk(simulator=Simulator(dialect=dialect))
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1, 0)
    assert report.elapsed >= 2.9


@pytest.mark.parametrize("again", ["accepted", "-1144", "-2011", "-1024"])
@pytest.mark.parametrize("shown", ["as_before", "PENDING_CANCEL"])
async def test_a_doubtful_cancel_that_takes_its_time(open_desk, skipped_time, again, shown):
    """Whatever a repeat into it is answered with, the end is the one that the first send brought about."""
    dialect = Dialect(cancel_delay_ms=(3000, 3000), cancel_in_flight=shown, cancel_again=again)
    desk = await open_desk(simulator=Simulator(dialect=dialect))
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, desk.cancels)
    assert report.ambiguous_attempts == (desk.cancels if again == "-1024" else 1)


def desk_time(desk):
    """The venue's time in ms."""
    return desk.venue._connection.runtime.clock.now().timestamp
