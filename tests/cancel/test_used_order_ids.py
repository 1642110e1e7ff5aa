"""A venue may begin its order numbers anew: an order made since the cancel is not the one that was canceled."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from hk_adapter import CancelOutcome, Order, OrderStatus
from hk_adapter.errors import CancelRejected, CancelRejectReason, OrderNotFound, OutcomeUnknown
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.policy import Look, Measure, Send, Situation, next_step
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import UNMEASURED, Moment
from hk_adapter.model import CancelRequest, Wait
from tests.cases import each

NOW = 1_700_000_000_000
SOON = Situation(left=8.0, whole=10.0, silence=0.0, jitter=0.0, measured=False)
LATER = Situation(left=8.0, whole=10.0, silence=0.0, jitter=0.0, measured=True)


def younger(desk, order, skipped_time, **changes):
    """Write the row of an order that the venue has made under the same id, a minute from now."""
    made = str(int(skipped_time.time() * 1000) + 60_000)
    return desk.row(order.id, **{"time": made, "updateTime": made, **changes})


ENDS = [
    pytest.param({"status": "FILLED", "executedQty": "1"}, id="filled"),
    pytest.param({"status": "CANCELED"}, id="canceled"),
    pytest.param({"status": "NEW"}, id="open"),
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(("lost", "outcome"), [(True, CancelOutcome.UNKNOWN), (False, CancelOutcome.PENDING)])
async def test_what_became_of_the_younger_order_is_not_told(desk, skipped_time, end, lost, outcome):
    """Only its time tells it apart: nothing of it is said, and no cancel is sent that would reach it."""
    order = await desk.place()
    if lost:
        desk.simulator.fail_next(kind="cut", method="DELETE")
    desk.simulator.fail_next(body=younger(desk, order, skipped_time, **end), method="GET", times=99)
    report = await desk.try_cancel(order.id, timeout=4)
    assert (report.outcome, desk.cancels) == (outcome, 1)
    assert report.order is None or not (report.order.status and report.order.status.final)


async def test_an_order_that_is_refused_is_not_told_to_rest_by_a_younger_one(desk, skipped_time):
    """The younger order rests; of the one that was meant nothing is known."""
    order = await desk.place()
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    desk.simulator.fail_next(body=younger(desk, order, skipped_time), method="GET", times=99)
    report = await desk.try_cancel(order.id, timeout=4)
    assert (report.outcome, desk.cancels) == (CancelOutcome.UNKNOWN, 1)


async def test_many_are_told_apart_by_their_times_too(open_desk, skipped_time):
    """In a list as in a single look."""
    desk = await open_desk(budget="unlimited")
    orders = [await desk.place() for _ in range(4)]
    ends = [json.loads(younger(desk, one, skipped_time, status="CANCELED")) for one in orders]
    desk.simulator.fail_next(method="GET", path="/api/v1/spot/openOrders", body="[]", times=99)
    desk.simulator.fail_next(method="GET", path="/api/v1/spot/tradeOrders", body=json.dumps(ends[::-1]), times=99)
    # Whose turn comes by itself is looked for alone, and the venue would say truly that it is canceled.
    desk.simulator.fail_next(method="GET", path="/api/v1/spot/order", kind="cut", times=99)
    reports = await desk.call("cancel_orders", [one.id for one in orders], timeout=4)
    assert {report.outcome for report in reports} == {CancelOutcome.PENDING}


def looked_at(made, *, ahead=0.0, doubt=0.0, error=None, **changes):
    """A cancel by id that ended in an error, after a look that shows an end of an order made at a time."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.note_sending(Moment(5.0, NOW, doubt=doubt, ahead=ahead))
    case.learn_failure(1, error or OutcomeUnknown("no answer"))
    look(case, made, **changes)
    return case


def look(case, made, **changes):
    """Show an end under the id."""
    end = Order(id="7", amount=Decimal(1), filled=Decimal(0), status=OrderStatus.CANCELED, timestamp=made)
    case.learn_look(replace(end, **changes), 6.0)


@each(("made", "doubt", "told"), [(NOW, 0, True), (NOW + 1, 0, False), (NOW + 40, 40, True), (NOW + 41, 40, False)])
def test_what_a_reading_of_the_clock_leaves_open_is_the_order(made, doubt, told):
    """An order that was placed just before its cancel is not taken for a younger one."""
    case = looked_at(made, doubt=float(doubt))
    assert (verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.CANCELED) is told


@each("made", [None, NOW - 86_400_000, NOW + 86_400_000])
def test_an_older_order_or_one_of_no_time_is_the_one(made):
    """A venue that tells no time of an order says nothing against it; nor does one by a time still to come."""
    assert verdict(looked_at(made), Wait.FINAL, 1.0).outcome is CancelOutcome.CANCELED


@each(("behind", "told"), [(600, True), (400, False)])
def test_a_clock_that_was_not_measured_is_before_an_order_is_called_younger(behind, told):
    """Ours may be behind: by the venue's, the order may have been there."""
    case = looked_at(NOW + 500, doubt=UNMEASURED, ahead=1000.0)
    assert (case.proven_end, next_step(case, Wait.FINAL, SOON)) == (None, Measure())
    case.note_clock(Moment(6.0, NOW + 1000 + behind, doubt=3.0))
    assert (verdict(case, Wait.FINAL, 2.0).outcome is CancelOutcome.CANCELED) is told


def test_a_clock_that_cannot_be_measured_leaves_it_in_doubt():
    """Neither is said: that the order has ended, or that it rests."""
    case = looked_at(NOW + 500, doubt=UNMEASURED, ahead=1000.0)
    case.note_clock(Moment(6.0, NOW + 1000, doubt=UNMEASURED, ahead=1000.0))
    assert isinstance(next_step(case, Wait.FINAL, LATER), Look)
    assert verdict(case, Wait.FINAL, 2.0).outcome is CancelOutcome.UNKNOWN


@each(("made", "told"), [(NOW + 2000, True), (NOW + 2001, False)])
def test_a_reading_that_took_long_leaves_no_more_open_than_one_of_whole_seconds(made, told):
    """It waited for a limit, or its answer trickled: within its five seconds any order might be the one."""
    case = looked_at(made, doubt=UNMEASURED, ahead=1000.0)
    case.note_clock(Moment(9.0, NOW + 4000, doubt=5000.0))
    assert (verdict(case, Wait.FINAL, 4.0).outcome is CancelOutcome.CANCELED) is told


@each("again", [False, True])
def test_clocks_that_contradict_one_another_make_no_younger_order_the_one(again):
    """The venue tells a time of long ago: by that as by our own clock the order was made after the first send."""
    case = looked_at(NOW + 3500, doubt=UNMEASURED, ahead=1000.0)
    if again:
        case.note_sending(Moment(8.4, NOW + 3400, doubt=UNMEASURED, ahead=1000.0))
        case.learn_failure(1, OutcomeUnknown("no answer"))
        look(case, NOW + 3500)
    case.note_clock(Moment(9.0, NOW - 86_400_000, doubt=3.0))
    look(case, NOW + 3500)
    assert (case.proven_end, case.is_id_taken) == (None, True)
    look(case, NOW - 1000)
    assert verdict(case, Wait.FINAL, 5.0).outcome is CancelOutcome.CANCELED


def test_a_repeat_that_was_timed_by_the_venues_clock_tells_when_the_first_send_left():
    """Ours was an hour ahead, and by it no order is younger."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.note_sending(Moment(5.0, NOW + 3_600_000, doubt=UNMEASURED, ahead=1000.0))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    case.note_clock(Moment(5.1, NOW + 100, doubt=3.0))
    case.note_sending(Moment(5.2, NOW + 200, doubt=3.0))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    look(case, NOW + 3800)
    assert (case.proven_end, case.is_id_taken) == (None, True)


def test_nor_is_anything_where_the_order_is_known_by_its_client_id():
    """A repeat goes out by the id that a look has shown, and that is another's by now."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(5.0, NOW, doubt=0.0))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    look(case, NOW - 1000, client_order_id="mine", status=OrderStatus.OPEN)
    assert isinstance(next_step(case, Wait.FINAL, LATER), Send)
    look(case, NOW + 1, client_order_id="another's", status=OrderStatus.OPEN)
    assert isinstance(next_step(case, Wait.FINAL, LATER), Look)
    look(case, NOW + 1, id="8", client_order_id="mine", status=OrderStatus.OPEN)  # the client's id alone
    assert not case.is_id_taken


def test_nothing_is_sent_again_under_an_id_that_another_order_has():
    """The cancel would reach the younger one."""
    for error in (OutcomeUnknown("lost"), OrderNotFound("no such order")):
        case = looked_at(NOW + 1, error=error, status=OrderStatus.OPEN)
        assert isinstance(next_step(case, Wait.FINAL, LATER), Look)
        look(case, NOW - 1, status=OrderStatus.OPEN)  # an older view
        assert not isinstance(next_step(case, Wait.FINAL, LATER), Send)


def test_what_an_answer_said_may_be_of_the_younger_order():
    """An end that only the answer told, and a refusal as too late, claim nothing once the id is another order's."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.note_sending(Moment(5.0, NOW, doubt=0.0))
    end = Order(id="7", amount=Decimal(1), filled=Decimal(0), status=OrderStatus.CANCELED)
    case.learn_answer(1, end)
    look(case, NOW + 1)
    report = verdict(case, Wait.FINAL, 1.0)
    assert (report.outcome, report.order and report.order.status) == (CancelOutcome.PENDING, None)
    late = CancelRejected("too late", reason=CancelRejectReason.TOO_LATE)
    assert verdict(looked_at(NOW + 1, error=late), Wait.FINAL, 1.0).outcome is CancelOutcome.UNKNOWN


async def test_an_end_known_of_the_earlier_order_is_not_the_younger_ones(desk, skipped_time):
    """Its number was canceled yesterday; today's was canceled by somebody during this call."""
    order = await desk.place()
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED
    skipped_time.sleep(60)
    now = int(skipped_time.time() * 1000)
    row = desk.row(order.id, status="CANCELED", time=str(now - 10_000), updateTime=str(now + 10))
    desk.simulator.fail_next(code="-1142", method="DELETE", times=9)
    desk.simulator.fail_next(body=row, method="GET", times=99)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


def test_a_row_of_a_list_that_shows_the_younger_order_tells_nothing_either():
    """What it says was filled is none of the order's that was canceled."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.note_sending(Moment(5.0, NOW, doubt=0.0))
    case.learn_failure(1, OutcomeUnknown("no answer"))
    case.learn_row(Order(id="7", timestamp=NOW + 1, amount=Decimal(2), filled=Decimal(1), status=OrderStatus.OPEN))
    assert case.last_seen is None
    look(case, NOW - 1)
    assert verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.CANCELED


def test_a_list_that_shows_a_younger_order_tells_nothing_of_the_one():
    """As a further page, or the row of a cancel beside it: neither what is filled of it, nor that it rests."""
    case = CancelCase(CancelRequest(order_id="17"))
    case.note_sending(Moment(0.0, NOW, doubt=0.0))
    case.learn_row(Order(id="17", amount=Decimal(2), filled=Decimal(1), status=OrderStatus.OPEN, timestamp=NOW + 9000))
    assert case.last_seen is None
    mine = {"amount": Decimal(2), "filled": Decimal(0), "timestamp": NOW - 9000, "last_update_timestamp": NOW + 10}
    case.learn_look(Order(id="17", status=OrderStatus.CANCELED, **mine), 1.0)
    assert verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.CANCELED


def test_a_row_with_other_terms_tells_nothing_of_the_one():
    """Two rows under one id differ in what was asked for: what the second says to be filled is none of the first's."""
    case = CancelCase(CancelRequest(order_id="17"))
    first = Order(id="17", amount=Decimal(2), filled=Decimal(0), status=OrderStatus.OPEN)
    case.learn_row(first)
    case.learn_row(Order(id="17", amount=Decimal(5), filled=Decimal(4), status=OrderStatus.OPEN))
    assert case.last_seen == first
    case.note_sending(Moment(0.0, NOW, doubt=0.0))
    case.learn_look(first.replace(status=OrderStatus.CANCELED), 1.0)
    assert verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.CANCELED
