"""A cancel that ran on an order other than the caller described says so, and does not hide the end."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, OrderStatus

WRONG = [
    pytest.param({"symbol": "BTC/USD"}, "symbol", id="symbol"),
    pytest.param({"client_order_id": "not-mine"}, "client_order_id", id="client-id"),
]


@pytest.mark.parametrize(("wrong", "name"), WRONG)
async def test_it_raises_with_the_order(desk, wrong, name):
    """The error carries the order in its end, says what contradicts what, and that the cancel ran."""
    order = await desk.place(client_order_id="mine")
    with pytest.raises(hk.Mismatch, match=name) as caught:
        await desk.cancel(order.id, **wrong)
    error = caught.value
    assert (error.order.id, error.order.status) == (order.id, OrderStatus.CANCELED)
    assert (error.request_state, error.report.outcome) == (hk.RequestState.EXECUTED, CancelOutcome.CANCELED)
    assert (error.venue, error.operation, desk.cancels) == ("hashkey", "cancel_order", 1)
    assert "ran" in str(error)


@pytest.mark.parametrize(("wrong", "name"), WRONG)
async def test_the_outcome_stands(desk, wrong, name):
    """The report tells the end, with the contradiction beside it."""
    order = await desk.place(client_order_id="mine")
    report = await desk.try_cancel(order.id, **wrong)
    assert (report.outcome, report.final, type(report.error)) == (CancelOutcome.CANCELED, True, hk.Mismatch)
    assert (report.order.status, name in str(report.error)) == (OrderStatus.CANCELED, True)


@pytest.mark.parametrize(("wrong", "name"), WRONG)
async def test_it_is_seen_in_an_acknowledgement_too(desk, wrong, name):
    """Waiting for less does not skip the comparison."""
    order = await desk.place(client_order_id="mine")
    with pytest.raises(hk.Mismatch, match=name) as caught:
        await desk.cancel(order.id, wait="ack", **wrong)
    assert (caught.value.order.status, desk.cancels) == (OrderStatus.PENDING_CANCEL, 1)


@pytest.mark.parametrize(("wrong", "name"), WRONG)
async def test_an_order_filled_first(desk, wrong, name):
    """The contradiction is told whatever the end is."""
    order = await desk.place(client_order_id="mine")
    desk.simulator.fill(order.id)
    report = await desk.try_cancel(order.id, **wrong)
    assert (report.outcome, type(report.error)) == (CancelOutcome.TOO_LATE_FILLED, hk.Mismatch)
    assert name in str(report.error)


@pytest.mark.parametrize("symbol", ["ETH/USD", None])
async def test_what_agrees_is_no_mismatch(desk, symbol):
    """The right symbol, and none, pass."""
    order = await desk.place(client_order_id="mine")
    done = await desk.cancel(order.id, symbol, client_order_id="mine")
    assert (done.symbol, done.status) == ("ETH/USD", OrderStatus.CANCELED)


async def test_an_end_that_was_not_proven_is_not_claimed(desk):
    """A mismatch on an accepted cancel whose end is unknown is told, with the report as far as it got."""
    order = await desk.place(client_order_id="mine")
    desk.simulator.fail_next(kind="cut", method="GET", times=9)
    with pytest.raises(hk.Mismatch) as caught:
        await desk.cancel(order.id, "BTC/USD", timeout=0.4)
    assert (caught.value.report.outcome, caught.value.report.final) == (CancelOutcome.PENDING, False)
