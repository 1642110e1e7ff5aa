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
    error = report.error
    assert (report.outcome, type(error)) == (CancelOutcome.TOO_LATE_FILLED, hk.Mismatch)
    assert (name in str(error), "was refused for" in str(error)) == (True, True)
    assert (error.request_state, error.code, error.__cause__.code) == (hk.RequestState.REFUSED, "-1139", "-1139")


async def test_an_order_filled_while_the_cancels_answer_was_lost(desk):
    """Nobody knows whether that cancel ran, on whichever order; what was lost is named as the cause."""
    order = await desk.place(client_order_id="mine")
    desk.simulator.fill(order.id)
    desk.simulator.fail_next(kind="cut", method="DELETE")
    error = (await desk.try_cancel(order.id, "BTC/USD")).error
    assert (type(error), error.request_state, error.code) == (hk.Mismatch, hk.RequestState.UNKNOWN, None)
    assert "may have run on" in str(error)
    assert isinstance(error.__cause__, hk.OutcomeUnknown)


async def test_a_refusal_is_not_hidden_while_nothing_has_ended(desk):
    """The order rests, and why the cancel was refused is what the caller has to know."""
    order = await desk.place(client_order_id="mine")
    desk.simulator.fail_next(code="-1145", method="DELETE", times=9)
    report = await desk.try_cancel(order.id, "BTC/USD")
    assert (report.outcome, report.error.code, report.order.status) == (
        CancelOutcome.REJECTED,
        "-1145",
        OrderStatus.OPEN,
    )


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
