"""One order named twice in a call, by its id and by its client id: the reports know of each other's sends."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, NotSent, Order, OrderDenied, OrderStatus, OutcomeUnknown
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.same_order import tell_each_other
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import CancelRequest, Wait

BY_IDS = "/api/v1/spot/cancelOrderByIds"
ORDER = "/api/v1/spot/order"
GONE = {CancelOutcome.CANCELED, CancelOutcome.PARTIALLY_CANCELED}


@pytest.fixture
async def free_desk(open_desk, skipped_time):
    """A venue without a budget."""
    return await open_desk(budget="unlimited", timeout=20.0)


async def named_twice(desk, others=1):
    """Let orders rest; give their ids, and the client id of the first."""
    first = await desk.place(client_order_id="mine")
    return [first.id, *[(await desk.place()).id for _ in range(others)]]


@pytest.mark.parametrize("others", [0, 1, 5])
@pytest.mark.parametrize("filled", [None, "0.4"])
async def test_neither_says_that_it_was_canceled_before(free_desk, others, filled):
    """Whichever of the sends did it, it was this call's."""
    ids = await named_twice(free_desk, others)
    if filled:
        free_desk.simulator.fill(ids[0], filled)
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    expected = CancelOutcome.PARTIALLY_CANCELED if filled else CancelOutcome.CANCELED
    assert (reports[0].outcome, reports[-1].outcome) == (expected, expected)
    assert reports[0].order.id == reports[-1].order.id == ids[0]


@pytest.mark.parametrize("code", ["-1142", "-1139", "0212", "0211", "-1143", "-2013"])
@pytest.mark.parametrize("path", [BY_IDS, ORDER])
async def test_one_of_two_sends_refused(free_desk, code, path):
    """A refusal of one is no word of somebody else's cancel, nor of an order that is not there."""
    ids = await named_twice(free_desk)
    free_desk.simulator.fail_next(method="DELETE", path=path, code=code)
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    assert {reports[0].outcome, reports[-1].outcome} <= GONE


@pytest.mark.parametrize("code", ["-1002", "-1130"])
async def test_a_refused_one_waits_for_what_the_other_one_does(free_desk, code):
    """A look that still shows the order open ends neither: the send that was accepted may be the order's end."""
    ids = await named_twice(free_desk)
    free_desk.simulator.fail_next(method="DELETE", path=ORDER, code=code)
    free_desk.simulator.fail_next(method="GET", path=ORDER, body=free_desk.row(ids[0]), times=2)
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    assert {reports[0].outcome, reports[-1].outcome} <= GONE


@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"kind": "stall"}, {"status": 503}], ids=str)
@pytest.mark.parametrize("path", [BY_IDS, ORDER])
async def test_one_of_two_sends_lost(free_desk, fault, path):
    """It ran, nobody knows; the other one is told that the order was canceled before, or is unknown."""
    ids = await named_twice(free_desk)
    free_desk.simulator.fail_next(method="DELETE", path=path, acted=True, **fault)
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    assert {reports[0].outcome, reports[-1].outcome} <= GONE


@pytest.mark.parametrize("first", ["the id's", "the client id's"])
async def test_a_later_send_of_this_call_finds_it_canceled(free_desk, first):
    """The venue's own times tell an end before this send: it was the other send's of this call."""
    ids = await named_twice(free_desk)
    path = ORDER if first == "the id's" else BY_IDS
    free_desk.simulator.fail_next(method="DELETE", path=path, status=429, headers={"Retry-After": "2"})
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    assert CancelOutcome.ALREADY_CANCELED not in {report.outcome for report in reports}


async def test_a_cancel_that_was_accepted_is_that_of_both(free_desk):
    """Neither report says that another one than this call canceled the order, though the later send was refused."""
    ids = await named_twice(free_desk)
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    assert [(report.outcome in GONE, report.accepted) for report in (reports[0], reports[-1])] == [(True, True)] * 2


async def test_canceled_by_somebody_else(free_desk):
    """An end that is older than every send of the call is still told as such."""
    ids = await named_twice(free_desk)
    free_desk.simulator.cancel(ids[0])
    await free_desk.call("fetch_order", ids[0])
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"])
    assert {reports[0].outcome, reports[-1].outcome} <= {CancelOutcome.ALREADY_CANCELED, CancelOutcome.CANCELED}
    assert isinstance(reports[0], hk.CancelReport)


@pytest.mark.parametrize(("code", "refusal"), [("-1002", CancelOutcome.AUTH), ("-1130", CancelOutcome.BAD_REQUEST)])
async def test_a_refusal_says_nothing_of_an_order_that_may_be_the_other_one(free_desk, code, refusal):
    """Where nothing has shown whose client id it is, the cancel that was accepted may be this order's."""
    ids = await named_twice(free_desk)
    free_desk.simulator.fail_next(method="DELETE", path=ORDER, code=code, times=9)
    accepted = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"], wait="ack")
    assert accepted[-1].outcome in {*GONE, CancelOutcome.UNKNOWN, CancelOutcome.PENDING}
    free_desk.simulator.fail_next(method="DELETE", path=ORDER, code=code, times=9)
    alone = await free_desk.call("cancel_orders", [], client_order_ids=["mine"], wait="ack")
    assert alone[0].outcome is refusal


async def test_the_same_id_given_twice(free_desk):
    """It is sent once, and has its report at each place where it was asked for."""
    ids = await named_twice(free_desk)
    asked = [ids[0], ids[1], int(ids[0])]
    reports = await free_desk.call("cancel_orders", asked, client_order_ids=["other", "other"])
    assert [report.order.id for report in reports[:3]] == [ids[0], ids[1], ids[0]]
    assert [report.outcome for report in reports[:3]] == [CancelOutcome.CANCELED] * 3
    assert len(reports) == 5
    assert reports[3] is reports[4]
    named = [one.parameters["ids"].split(",") for one in free_desk.simulator.requests if one.path == BY_IDS]
    assert [sorted(batch) for batch in named] == [sorted(ids)]


@pytest.mark.parametrize("lost", [False, True])
async def test_what_never_left_under_one_id_may_have_left_under_the_other(free_desk, lost):
    """While nothing has shown whose client id it is, neither "not sent" nor "venue down" may be said of it."""
    ids = await named_twice(free_desk)
    free_desk.simulator.fail_next(method="DELETE", path=ORDER, kind="refuse", times=9)
    if lost:
        free_desk.simulator.fail_next(method="DELETE", path=BY_IDS, acted=True, kind="cut", times=9)
        free_desk.simulator.fail_next(method="GET", kind="cut", times=99)
    reports = await free_desk.call("cancel_orders", ids, client_order_ids=["mine"], wait="ack")
    last = reports[-1]
    assert (last.outcome, last.attempts, last.final) == (CancelOutcome.UNKNOWN, 0, False)
    with pytest.raises(hk.OutcomeUnknown):
        last.order_or_raise()


UNSENT = {
    "deadline": NotSent("no time"),
    "no connection": NotSent("none", unreachable=True),
    "denied": OrderDenied("no"),
}


@pytest.mark.parametrize("unsent", ["by id", "by client id"])
@pytest.mark.parametrize("doubt", [False, True])
@pytest.mark.parametrize("error", UNSENT.values(), ids=UNSENT)
def test_no_reason_of_ours_is_told_while_the_other_send_may_be_its_own(error, doubt, unsent):
    """Nor where the id is the one that never left. Once both are known to be one order, the word is the sent one's."""
    by_id, by_client_id = CancelCase(CancelRequest(order_id="7")), CancelCase(CancelRequest(client_order_id="mine"))
    held, sent = (by_id, by_client_id) if unsent == "by id" else (by_client_id, by_id)
    held.learn_failure(0, error)
    sent.learn_failure(1, OutcomeUnknown("cut")) if doubt else sent.learn_acceptance(1)
    tell_each_other([by_id, by_client_id])
    assert verdict(held, Wait.ACK, 1.0).outcome is CancelOutcome.UNKNOWN
    row = Order(id="7", client_order_id="mine", status=OrderStatus.OPEN)
    by_client_id.learn_row(row)
    by_id.learn_row(row)
    tell_each_other([by_id, by_client_id])
    assert verdict(held, Wait.ACK, 1.0).outcome is (CancelOutcome.UNKNOWN if doubt else CancelOutcome.PENDING)


def test_what_is_known_to_be_another_order_is_not_sent():
    """Another order's cancel casts no doubt once its client id is shown."""
    by_id, by_client_id = CancelCase(CancelRequest(order_id="7")), CancelCase(CancelRequest(client_order_id="mine"))
    by_id.learn_row(Order(id="7", client_order_id="another", status=OrderStatus.OPEN))
    by_id.learn_acceptance(1)
    by_client_id.learn_failure(0, NotSent("no time"))
    tell_each_other([by_id, by_client_id])
    assert verdict(by_client_id, Wait.ACK, 1.0).outcome is CancelOutcome.NOT_SENT


def test_an_end_with_less_than_the_other_one_was_shown():
    """It is taken back: what is filled stays filled, and the report claims no end."""
    seen = Order(id="7", client_order_id="mine", status=OrderStatus.OPEN, amount=Decimal(1), filled=Decimal("0.4"))
    by_id, by_client_id = CancelCase(CancelRequest(order_id="7")), CancelCase(CancelRequest(client_order_id="mine"))
    by_id.learn_acceptance(1)
    by_id.learn_look(seen.replace(status=OrderStatus.CANCELED, filled=Decimal(0), remaining=None), 1.0)
    assert verdict(by_id, Wait.FINAL, 1.0).outcome is CancelOutcome.CANCELED
    by_client_id.learn_row(seen)
    tell_each_other([by_id, by_client_id])
    report = verdict(by_id, Wait.FINAL, 1.0)
    assert (report.outcome, report.order) == (CancelOutcome.PENDING, seen.replace(status=OrderStatus.PENDING_CANCEL))
