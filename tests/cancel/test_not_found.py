"""Not found is only said after two looks, a second apart, under every id."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Evidence

ORDER_PATH = "/api/v1/spot/order"
MISSING = "1234567890123456789"


@pytest.mark.parametrize(
    "ids",
    [{"order_id": MISSING}, {"order_id": MISSING, "client_order_id": "nobody"}],
    ids=["order-id", "both"],
)
async def test_an_order_that_nobody_knows(desk, ids):
    """NOT_FOUND by two looks at least a second apart under each id, and never more than two looks a second."""
    with pytest.raises(hk.OrderNotFound) as caught:
        await desk.cancel(**ids)
    report = caught.value.report
    assert (report.outcome, report.evidence, report.order) == (CancelOutcome.NOT_FOUND, Evidence.QUERY, None)
    assert (caught.value.venue, caught.value.operation, caught.value.code) == ("hashkey", "cancel_order", "0211")
    for name in {"order_id": "orderId", "client_order_id": "origClientOrderId"}.items():
        looks = [one.at for one in desk.seen("GET") if name[1] in one.parameters]
        assert (looks[-1] - looks[0] >= 999) if name[0] in ids else not looks
    assert (desk.cancels, report.attempts, report.ambiguous_attempts) == (1, 1, 0)
    assert desk.most_looks_in_a_second() <= 2


@pytest.mark.parametrize("timeout", [1.1, 1.3, 1.5, 1.9])
@pytest.mark.parametrize("ids", [{"order_id": MISSING}, {"client_order_id": "nobody"}], ids=["id", "client-id"])
async def test_two_looks_in_little_time(desk, ids, timeout):
    """Little more than a second is enough: the second look comes a second after the first, and none in between."""
    report = await desk.try_cancel(**ids, timeout=timeout)
    assert (report.outcome, report.evidence) == (CancelOutcome.NOT_FOUND, Evidence.QUERY)
    assert (report.attempts, report.elapsed < 1.1) == (1, True)
    (first, second) = [one.at for one in desk.seen("GET") if one.path == ORDER_PATH]
    assert 999 <= second - first <= 1050


@pytest.mark.parametrize("timeout", [0.9, 1.5])
async def test_an_order_that_shows_up_late_in_little_time(desk, timeout):
    """Where there is no time for two misses a second apart there is still time to look again."""
    order = await desk.place()
    desk.simulator.fail_next(code="0211", method="DELETE")
    desk.simulator.fail_next(code="0211", method="GET")
    report = await desk.try_cancel(client_order_id=order.client_order_id, timeout=timeout)
    assert report.outcome in {CancelOutcome.CANCELED, CancelOutcome.PENDING}  # there may be no query left to prove it
    assert (desk.simulator.order(order.id).status, desk.cancels) == ("CANCELED", 2)


@pytest.mark.parametrize("timeout", [1.2, 1.5])
async def test_several_in_little_time(desk, timeout):
    """So it is for orders of one call for several."""
    reports = await desk.call("cancel_orders", [MISSING, MISSING[::-1]], timeout=timeout)
    assert [report.outcome for report in reports] == [CancelOutcome.NOT_FOUND] * 2


async def test_not_enough_time_for_two_looks(desk):
    """One miss is not enough: the order may not have arrived yet."""
    report = await desk.try_cancel(client_order_id="nobody", timeout=0.4)
    assert (report.outcome, report.final, desk.cancels) == (CancelOutcome.UNKNOWN, False, 1)


async def test_an_order_that_shows_up_late(desk):
    """Missed once, then seen open: it is canceled again, and its end is read."""
    order = await desk.place()
    desk.simulator.fail_next(code="0211", method="DELETE")
    desk.simulator.fail_next(code="0211", method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.id, desk.cancels) == (CancelOutcome.CANCELED, order.id, 2)
    assert (report.attempts, report.ambiguous_attempts) == (2, 0)


async def test_an_order_that_shows_up_late_and_is_never_taken(desk):
    """Found open at last, though every cancel says that there is no such order: the view may be older than its end."""
    order = await desk.place()
    desk.simulator.fail_next(code="0211", method="DELETE", times=9)
    desk.simulator.fail_next(code="0211", method="GET")
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.id, desk.cancels) == (CancelOutcome.UNKNOWN, order.id, 3)


async def test_known_under_the_client_id_only(desk, skipped_time):
    """A look that misses under one id goes on to the other before anything is said."""
    order = await desk.place(client_order_id="mine")
    desk.simulator.cancel(order.id)
    skipped_time.sleep(0.1)
    desk.simulator.fail_next(code="0211", method="GET")
    report = await desk.try_cancel(order.id, client_order_id="mine", timeout=0.4)
    assert (report.outcome, desk.cancels) == (CancelOutcome.ALREADY_CANCELED, 1)


async def test_an_order_that_was_shown_is_not_not_found(desk):
    """What an accepted cancel showed existed, although no query finds it."""
    order = await desk.place()
    desk.simulator.fail_next(code="0211", method="GET", times=9)
    report = await desk.try_cancel(order.id, timeout=0.4)
    assert (report.outcome, report.order.id, desk.cancels) == (CancelOutcome.PENDING, order.id, 1)
