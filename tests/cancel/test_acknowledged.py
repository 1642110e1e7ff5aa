"""``wait="ack"`` spares only the confirmation of an accepted request."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence, Order, OrderStatus
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import Moment
from hk_adapter.model import CancelRequest, Wait


async def test_an_accepted_cancel_returns_at_once(desk):
    """The order is ``pending_cancel`` although the venue's word is NEW, and nothing is looked up."""
    order = await desk.place()
    done = await desk.cancel(order.id, wait="ack")
    assert (done.status, done.venue_status, done.id) == (OrderStatus.PENDING_CANCEL, "NEW", order.id)
    assert [one.method for one in desk.seen()] == ["DELETE"]


async def test_the_report_of_an_accepted_cancel(desk):
    """Accepted is PENDING, by the answer's own evidence, and not final."""
    order = await desk.place()
    report = await desk.try_cancel(order.id, wait="ack")
    assert (report.outcome, report.evidence, report.final) == (CancelOutcome.PENDING, Evidence.ACK, False)
    assert (report.wait, report.error, report.attempts) == (hk.Wait.ACK, None, 1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (None, (CancelOutcome.CANCELED, True, 0)),
        ({"code": "-1142"}, (CancelOutcome.CANCELED, False, 0)),
        ({"kind": "cut"}, (CancelOutcome.CANCELED, False, 1)),
    ],
    ids=["accepted", "refused", "lost"],
)
async def test_whether_the_venue_accepted_it(desk, fault, told):
    """An end alone does not say whose cancel it was; whether the venue took one of this call's does, mostly."""
    order = await desk.place()
    if fault is not None:
        desk.simulator.fail_next(method="DELETE", acted=True, **fault)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.accepted, report.ambiguous_attempts) == told


async def test_more_is_said_where_the_venue_proved_more(desk):
    """An answer that shows the end, with amounts that agree, is taken as the end."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="CANCELED"), method="DELETE", acted=True)
    report = await desk.try_cancel(order.id, wait="ack")
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.ACK)
    assert (report.order_or_raise().status, len(desk.seen())) == (OrderStatus.CANCELED, 1)


async def test_an_answers_word_proves_no_end_to_later_calls(desk):
    """It was wrong: the order rested, until the later call's own cancel, of which the second delivery was answered."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="CANCELED"), method="DELETE")
    assert (await desk.try_cancel(order.id, wait="ack")).outcome is CancelOutcome.CANCELED
    desk.simulator.fail_next(code="-1142", method="DELETE", acted=True)
    assert (await desk.try_cancel(order.id)).outcome is CancelOutcome.CANCELED


async def test_a_final_word_against_its_amounts_is_no_end(desk):
    """FILLED with 0.4 of 1 is no proof: the order that comes back claims no end."""
    order = await desk.place()
    answer = desk.row(order.id, status="FILLED", executedQty="0.4")
    desk.simulator.fail_next(body=answer, method="DELETE", acted=True)
    report = await desk.try_cancel(order.id, wait="ack")
    assert (report.outcome, report.final) == (CancelOutcome.PENDING, False)
    assert report.order_or_raise().status is OrderStatus.PENDING_CANCEL


async def test_a_doubt_is_settled_all_the_same(desk):
    """No answer is no acceptance: the end is looked for, and found."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", acted=True)
    done = await desk.cancel(order.id, wait="ack")
    assert (done.status, done.filled, desk.cancels) == (OrderStatus.CANCELED, Decimal(0), 1)


async def test_a_doubt_that_cannot_be_settled_raises(desk):
    """An order seen open after a cancel without an answer is neither accepted nor refused."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE", times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel(order.id, wait="ack")
    assert (caught.value.report.outcome, desk.cancels) == (CancelOutcome.UNKNOWN, 3)


async def test_a_repeat_that_is_accepted_is_enough(desk):
    """The order is ``pending_cancel`` by the answer to the second send; the doubt about the first one is told."""
    order = await desk.place()
    desk.simulator.fail_next(kind="cut", method="DELETE")
    report = await desk.try_cancel(order.id, wait="ack")
    assert (report.outcome, report.evidence) == (CancelOutcome.PENDING, Evidence.ACK)
    assert (report.attempts, report.ambiguous_attempts, desk.cancels) == (2, 1, 2)
    assert report.order_or_raise().status is OrderStatus.PENDING_CANCEL


async def test_too_late_is_settled_all_the_same(desk):
    """A refusal that says "too late" is no acceptance either: the end is read."""
    order = await desk.place()
    desk.simulator.fill(order.id)
    report = await desk.try_cancel(order.id, wait="ack")
    assert (report.outcome, desk.cancels) == (CancelOutcome.TOO_LATE_FILLED, 1)


async def test_a_refusal_raises(desk):
    """Waiting for less does not turn a refusal into a success."""
    order = await desk.place()
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    with pytest.raises(hk.CancelRejected) as caught:
        await desk.cancel(order.id, wait="ack")
    assert (caught.value.report.outcome, caught.value.code, desk.cancels) == (CancelOutcome.REJECTED, "-2011", 3)


def test_an_acceptance_that_shows_nothing():
    """Accepted by client id, in an answer that names no order: PENDING, and no order is made up."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.learn_acceptance(1)
    report = verdict(case, Wait.FINAL, 0.0)
    assert (report.outcome, report.order, report.attempts) == (CancelOutcome.PENDING, None, 1)


@pytest.mark.parametrize(("own", "outcome"), [("mine", CancelOutcome.PENDING), ("theirs", CancelOutcome.UNKNOWN)])
def test_an_acceptance_that_shows_a_client_id_alone(own, outcome):
    """Accepted, where it is the one that was asked for; another one's is no answer to this cancel."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    case.note_sending(Moment(0.0, 1_700_000_000_000, doubt=0.0))
    case.learn_answer(1, Order(id=None, client_order_id=own, status=OrderStatus.PENDING_CANCEL))
    report = verdict(case, Wait.ACK, 0.0)
    assert (report.outcome, report.accepted, report.attempts) == (outcome, own == "mine", 1)


def test_an_acceptance_clears_an_earlier_doubt_of_its_error():
    """What is pending is so by the accepted send: the lost answer before is counted, and is not what is behind it."""
    case = CancelCase(CancelRequest(order_id="7"))
    case.learn_failure(1, hk.OutcomeUnknown("lost"))
    case.learn_acceptance(1)
    report = verdict(case, Wait.FINAL, 0.0)
    assert (report.outcome, report.error, report.ambiguous_attempts) == (CancelOutcome.PENDING, None, 1)


async def test_a_sleep_for_no_time_is_none(desk, monkeypatch):
    """A cancel that has nothing to wait for asks neither the operating system nor the loop to let it wait."""
    order = await desk.place()
    slept = []
    monkeypatch.setattr("hk_adapter.flow.runtime.Runtime.time_to_sleep", lambda _, effect: slept.append(effect) or 0.0)
    await desk.cancel(order.id, wait="ack")
    assert slept == []
