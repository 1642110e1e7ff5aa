"""A client order id may have been used before: the order that is meant is told by its id or its time."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from hk_adapter import CancelOutcome, Order, OrderStatus
from hk_adapter.errors import ClockSkew, OutcomeUnknown
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.policy import Look, Measure, Send, Situation, next_step
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import UNMEASURED, Moment
from hk_adapter.model import CancelRequest, Wait

NOW = 1_700_000_000_000


async def test_a_lost_cancel_is_not_settled_by_an_older_order(desk, skipped_time):
    """The query answers with the oldest order of that id: its end is not the end of the one that is open."""
    newer = await desk.place(client_order_id="mine")
    past = str(int(skipped_time.time() * 1000) - 30_000)
    row = json.loads(desk.row(newer.id, status="CANCELED", orderId="2128389008024406016", time=past, updateTime=past))
    desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(body=json.dumps(row), method="GET")
    report = await desk.try_cancel(client_order_id="mine")
    assert (report.outcome, report.order.id) == (CancelOutcome.CANCELED, newer.id)
    assert desk.simulator.order(newer.id).status == "CANCELED"


def lost(ended, *, first=NOW):
    """A cancel by client id whose answer was lost, after a look that shows an order which ended at a time."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    if first is not None:
        case.note_sending(Moment(0.0, first, doubt=0.0))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    end = Order(
        id="1",
        client_order_id="mine",
        amount=Decimal(1),
        filled=Decimal(0),
        status=OrderStatus.CANCELED,
        last_update_timestamp=ended,
    )
    case.learn_look(end)
    return case


@pytest.mark.parametrize(
    ("ended", "first", "outcome"),
    [
        (NOW + 20, NOW, CancelOutcome.CANCELED),
        (NOW - 1, NOW, CancelOutcome.UNKNOWN),
        (None, NOW, CancelOutcome.UNKNOWN),
        (NOW, None, CancelOutcome.UNKNOWN),
    ],
)
def test_the_time_of_an_end_decides(ended, first, outcome):
    """An end that is older than the lost cancel, or whose time nobody knows, may be another order's."""
    case = lost(ended, first=first)
    assert (verdict(case, Wait.FINAL, 1.0).outcome, case.order_id is None) == (
        outcome,
        outcome is CancelOutcome.UNKNOWN,
    )


def test_an_answer_tells_which_of_two_orders_it_acted_on():
    """Whichever a look had shown under the id before: the venue knows best, and nothing is in doubt."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.learn_look(Order(id="1", client_order_id="mine", status=OrderStatus.OPEN))
    case.note_sending(Moment(0.0, NOW, doubt=0.0))
    case.learn_answer(1, Order(id="2", client_order_id="mine", status=OrderStatus.PENDING_CANCEL))
    assert (case.accepted, case.doubts, case.order_id) == (True, 0, "2")


def test_after_an_older_order_the_one_that_is_meant():
    """A look that showed an older order does not tie the cancel to it."""
    case = lost(NOW - 1)
    case.learn_look(Order(id="2", client_order_id="mine", status=OrderStatus.OPEN, amount=Decimal(1)))
    assert case.order_id == "2"


@pytest.mark.parametrize(("created", "taken"), [(NOW - 1, True), (NOW, True), (NOW + 1, False), (None, True)])
def test_an_order_that_was_placed_since_is_another_one(created, taken):
    """Whoever took the client id over after the cancel was sent is neither canceled nor reported on."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(0.0, NOW, doubt=0.0))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    case.learn_look(
        Order(id="2", client_order_id="mine", status=OrderStatus.OPEN, amount=Decimal(1), timestamp=created)
    )
    assert (case.order_id, case.shown_open) == (("2", True) if taken else (None, False))


SOON = Situation(left=8.0, whole=10.0, silence=0.0, jitter=0.0, measured=False)


def by_an_unmeasured_clock(error, *, created):
    """A cancel by client id that was sent by the machine's own clock, after a look that shows an order."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(5.0, NOW, doubt=UNMEASURED))
    case.learn_failure(1, error)
    look(case, created)
    return case


def look(case, created):
    """Show an open order that was created at a time."""
    case.learn_look(
        Order(id="2", client_order_id="mine", status=OrderStatus.OPEN, amount=Decimal(1), timestamp=created)
    )


@pytest.mark.parametrize("error", [OutcomeUnknown("lost"), ClockSkew("-1021")])
@pytest.mark.parametrize(("created", "taken"), [(NOW - 905, True), (NOW - 895, False), (NOW + 100, False)])
def test_a_clock_that_may_be_wrong_is_measured_before_an_order_is_taken_for_the_one(error, created, taken):
    """Our clock was 900 ms ahead: what it calls older than the cancel may have been placed since."""
    case = by_an_unmeasured_clock(error, created=created)
    assert (case.order_id, next_step(case, Wait.FINAL, SOON)) == (None, Measure())
    case.note_clock(Moment(6.0, NOW + 1000 - 900, doubt=3.0))
    look(case, created)
    assert case.order_id == ("2" if taken else None)
    assert isinstance(next_step(case, Wait.FINAL, replace(SOON, measured=True)), Send if taken else Look)


@pytest.mark.parametrize(
    ("behind", "doubt", "outcome"),
    [
        (3000, 3, CancelOutcome.UNKNOWN),
        (0, 3, CancelOutcome.CANCELED),
        (4000, 1500, CancelOutcome.UNKNOWN),
        (1400, 1500, CancelOutcome.CANCELED),
        (-1400, 1500, CancelOutcome.CANCELED),
    ],
)
def test_a_clock_that_may_be_behind_is_measured_before_an_end_is_taken_for_the_orders(behind, doubt, outcome):
    """What seems to have ended since had not, by the venue's clock; by one of whole seconds ours may be right."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(5.0, NOW, doubt=UNMEASURED, ahead=1000))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    end = Order(
        id="1",
        client_order_id="mine",
        amount=Decimal(1),
        filled=Decimal(0),
        status=OrderStatus.CANCELED,
        last_update_timestamp=NOW + 1000,
    )
    case.learn_look(end)
    assert (case.proven_end, next_step(case, Wait.FINAL, SOON)) == (None, Measure())
    case.note_clock(Moment(6.0, NOW + 1000 + behind, doubt=float(doubt)))
    assert verdict(case, Wait.FINAL, 2.0).outcome is outcome  # by the same look
    case.learn_look(end)
    assert verdict(case, Wait.FINAL, 2.0).outcome is outcome


def test_an_order_that_was_placed_since_by_a_clock_far_ahead_of_ours():
    """Our clock was 20 s ahead, and the venue takes 30: what it calls older than the cancel may be younger."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(5.0, NOW, doubt=UNMEASURED, ahead=30_000))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    look(case, NOW - 15_000)
    assert (case.order_id, next_step(case, Wait.FINAL, SOON)) == (None, Measure())
    case.note_clock(Moment(6.0, NOW + 1000 - 20_000, doubt=3.0))
    look(case, NOW - 15_000)
    assert case.order_id is None


def test_an_order_that_is_older_whatever_the_clock_says_is_the_one():
    """No clock that the venue takes is so far ahead."""
    assert by_an_unmeasured_clock(OutcomeUnknown("lost"), created=NOW - 1000).order_id == "2"


@pytest.mark.parametrize("leap", [-5000, 60_000])
def test_after_a_leap_of_a_clock_no_order_is_taken_for_the_one(leap):
    """Nothing tells then whether an order is older than the cancel, or has taken its client id over since."""
    case = by_an_unmeasured_clock(OutcomeUnknown("lost"), created=NOW)
    case.note_clock(Moment(6.0, NOW + 1000 + leap, doubt=3.0))
    look(case, NOW - 60_000)
    assert (case.order_id, case.shown_open) == (None, False)


def test_a_clock_that_could_not_be_measured_tells_what_it_told():
    """A measurement that fails leaves the doubt, and what the doubt does not touch."""
    case = by_an_unmeasured_clock(OutcomeUnknown("lost"), created=NOW)
    case.note_clock(Moment(6.0, NOW + 1000, doubt=UNMEASURED))
    look(case, NOW - 1)
    assert case.order_id is None
    look(case, NOW - 1000)
    assert case.order_id == "2"


@pytest.mark.parametrize(("code", "believed"), [("-2011", True), ("-1142", True), ("-1144", False), ("0003", False)])
async def test_an_older_end_counts_where_the_venue_refused_the_order(desk, skipped_time, code, believed):
    """The venue looked at the order of that id, and would not cancel it; locked, or not looked at, it says nothing."""
    order = await desk.place(client_order_id="mine")
    past = str(int(skipped_time.time() * 1000) - 30_000)
    row = json.loads(desk.row(order.id, status="CANCELED", orderId="2128389008024406016", time=past, updateTime=past))
    desk.simulator.fail_next(method="DELETE", code=code, times=9)
    desk.simulator.fail_next(body=json.dumps(row), method="GET", times=99)
    desk.venue._connection.shared.looks.known.clear()
    report = await desk.try_cancel(client_order_id="mine")
    assert report.outcome.final is believed
