"""A cancel returns when the order is proven off the book, and says which end it came to."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence, OrderStatus


async def test_an_open_order_is_canceled(desk):
    """The venue's answer still shows NEW: what is returned is the end that was read afterwards."""
    order = await desk.place(client_order_id="mine-1")
    done = await desk.cancel(order.id)
    assert (done.id, done.client_order_id, done.symbol) == (order.id, "mine-1", "ETH/USD")
    assert (done.status, done.venue_status) == (OrderStatus.CANCELED, "CANCELED")
    assert (done.amount, done.filled, done.remaining) == (Decimal(1), Decimal(0), Decimal(1))
    assert (desk.cancels, desk.simulator.order(order.id).status) == (1, "CANCELED")


async def test_the_report_of_a_plain_cancel(desk):
    """A final report carries the order, how it is known, and that one send was enough."""
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.final, report.evidence) == (CancelOutcome.CANCELED, True, Evidence.QUERY)
    assert (report.attempts, report.ambiguous_attempts, report.error, report.retry_after) == (1, 0, None, None)
    assert report.order is not None
    assert report.order.status is OrderStatus.CANCELED
    assert (report.wait, 0 < report.elapsed < 1) == (hk.Wait.FINAL, True)
    assert desk.cancels == 1


async def test_nothing_is_asked_before_the_cancel(desk):
    """The DELETE is the first request; no market list is fetched for it."""
    order = await desk.place()
    await desk.cancel(order.id)
    assert [one.method for one in desk.simulator.requests] == ["DELETE", "GET"]


async def test_by_client_id(desk):
    """The client's own id is enough; the order comes back with both."""
    order = await desk.place(client_order_id="mine-2")
    done = await desk.cancel(client_order_id="mine-2")
    assert (done.id, done.status) == (order.id, OrderStatus.CANCELED)
    [cancel] = desk.seen("DELETE")
    assert cancel.parameters["clientOrderId"] == "mine-2"
    assert "orderId" not in cancel.parameters


async def test_by_client_id_as_ccxt_spells_it(desk):
    """``params={"clientOrderId": ...}`` is the keyword."""
    order = await desk.place(client_order_id="mine-3")
    done = await desk.cancel(None, "ETH/USD", {"clientOrderId": "mine-3"})
    assert (done.id, done.status, desk.cancels) == (order.id, OrderStatus.CANCELED, 1)


async def test_by_both_ids(desk):
    """Which of two ids a venue would take is not documented, so the order id is sent alone."""
    order = await desk.place(client_order_id="mine-4")
    done = await desk.cancel(order.id, client_order_id="mine-4")
    [cancel] = desk.seen("DELETE")
    assert cancel.parameters["orderId"] == order.id
    assert "clientOrderId" not in cancel.parameters
    assert (done.id, done.status) == (order.id, OrderStatus.CANCELED)


async def test_an_id_may_be_an_int(desk):
    """An id given as an int is the same order."""
    order = await desk.place()
    done = await desk.cancel(int(order.id))
    assert (done.id, done.status, desk.cancels) == (order.id, OrderStatus.CANCELED, 1)


async def test_partly_filled_then_canceled(desk):
    """What traded before the cancel is proven with its amounts."""
    order = await desk.place("2")
    desk.simulator.fill(order.id, "0.5")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.PARTIALLY_CANCELED, Evidence.QUERY)
    done = report.order_or_raise()
    assert (done.status, done.amount, done.filled) == (OrderStatus.CANCELED, Decimal(2), Decimal("0.5"))
    assert (done.remaining, done.cost, done.average) == (Decimal("1.5"), Decimal(950), Decimal(1900))
    assert desk.cancels == 1


async def test_an_order_that_filled_first_is_returned_filled(desk):
    """A cancel that came too late returns the filled order: it is off the book, as was asked."""
    order = await desk.place()
    desk.simulator.fill(order.id)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence, report.error) == (CancelOutcome.TOO_LATE_FILLED, Evidence.QUERY, None)
    done = report.order_or_raise()
    assert (done.status, done.filled, done.remaining) == (OrderStatus.CLOSED, Decimal(1), Decimal(0))
    assert desk.cancels == 1


@pytest.mark.parametrize("filled", ["0", "0.25"])
async def test_already_canceled_by_somebody(desk, skipped_time, filled):
    """Canceled before, and provably not by this call, by the venue's own time; ``filled`` may be above 0."""
    order = await desk.place()
    if filled != "0":
        desk.simulator.fill(order.id, filled)
    desk.simulator.cancel(order.id)
    skipped_time.sleep(0.1)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.ALREADY_CANCELED, Evidence.QUERY)
    done = report.order_or_raise()
    assert (done.status, done.filled) == (OrderStatus.CANCELED, Decimal(filled))
    assert desk.cancels == 1


async def test_the_second_cancel_claims_nothing(desk):
    """The second cancel of one order returns it too, and does not claim to have done it."""
    order = await desk.place()
    first = await desk.cancel(order.id)
    second = await desk.try_cancel(order.id)
    assert second.outcome is CancelOutcome.ALREADY_CANCELED
    assert second.order == first
    assert desk.cancels == 2


@pytest.mark.parametrize("code", ["0211", "0212", "-1143", "-2013", "-2011", "-1150", "-1144", "-1139", "-1142"])
@pytest.mark.parametrize("truth", ["filled", "canceled"])
async def test_the_order_decides_and_not_the_code(desk, skipped_time, code, truth):
    """Whatever code a late cancel is refused with, the end is the one that is read."""
    order = await desk.place()
    if truth == "filled":
        desk.simulator.fill(order.id)
    else:
        desk.simulator.cancel(order.id)
    skipped_time.sleep(0.1)
    desk.simulator.fail_next(code=code, method="DELETE")
    report = await desk.try_cancel(order.id)
    expected = CancelOutcome.TOO_LATE_FILLED if truth == "filled" else CancelOutcome.ALREADY_CANCELED
    assert (report.outcome, report.ambiguous_attempts, desk.cancels) == (expected, 0, 1)


async def test_rejected_by_the_venue(desk):
    """An order that the venue itself ended was not canceled: it ENDED, and the status says how."""
    order = await desk.place()
    desk.simulator.cancel(order.id)
    desk.simulator.fail_next(body=desk.row(order.id, status="REJECTED"), method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.ENDED, Evidence.QUERY)
    done = report.order_or_raise()
    assert (done.status, done.filled, desk.cancels) == (OrderStatus.REJECTED, Decimal(0), 1)


async def test_the_fills_are_read_even_where_the_answer_is_final(desk):
    """An answer that shows CANCELED is confirmed by a query before anything final is said."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="CANCELED"), method="DELETE", acted=True)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.evidence) == (CancelOutcome.CANCELED, Evidence.QUERY)
    assert [one.method for one in desk.seen()] == ["DELETE", "GET"]


async def test_a_final_answer_without_its_query_is_off_book(desk):
    """Off the book by the venue's word, but nobody has read the fills: that is no return."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="CANCELED"), method="DELETE", acted=True)
    desk.simulator.fail_next(status=503, method="GET", times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel(order.id, timeout=0.4)
    report = caught.value.report
    assert (report.outcome, report.evidence, report.final) == (CancelOutcome.OFF_BOOK, Evidence.ACK, False)
    assert desk.cancels == 1


@pytest.mark.parametrize("code", ["-1139", "-1142", "-1138"])
async def test_too_late_by_a_code_without_its_query_is_off_book(desk, code):
    """The three codes that say "too late" take an order off the book; how it ended is not known by them."""
    order = await desk.place()
    desk.simulator.fill(order.id)
    desk.simulator.fail_next(code=code, method="DELETE")
    desk.simulator.fail_next(kind="cut", method="GET", times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel(order.id, timeout=0.4)
    report = caught.value.report
    assert (report.outcome, report.evidence) == (CancelOutcome.OFF_BOOK, Evidence.ERROR_CODE)
    assert (caught.value.code, caught.value.operation, desk.cancels) == (code, "cancel_order", 1)


async def test_an_accepted_cancel_whose_end_cannot_be_read_is_pending(desk):
    """Accepted is not canceled: without the end the call says so."""
    order = await desk.place()
    desk.simulator.fail_next(status=502, method="GET", times=9)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel(order.id, timeout=0.4)
    report = caught.value.report
    assert (report.outcome, report.evidence, report.final) == (CancelOutcome.PENDING, Evidence.ACK, False)
    assert caught.value.order.status is OrderStatus.PENDING_CANCEL
    assert desk.cancels == 1


async def test_an_accepted_cancel_that_leaves_the_order_open_is_pending(desk):
    """OPEN after an accepted cancel proves nothing: the cancel may still take effect."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id), method="DELETE")
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.outcome, report.final, desk.cancels) == (CancelOutcome.PENDING, False, 1)


async def test_the_end_is_waited_for(desk):
    """A cancel that takes effect a look later is returned as what it came to."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id), method="GET")
    done = await desk.cancel(order.id, timeout=2)
    assert (done.status, desk.cancels, len(desk.seen("GET"))) == (OrderStatus.CANCELED, 1, 2)
