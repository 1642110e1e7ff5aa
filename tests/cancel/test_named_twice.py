"""One order named twice in a call, by its id and by its client id: the reports know of each other's sends."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome

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
