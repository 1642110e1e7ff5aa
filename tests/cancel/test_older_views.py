"""What a view shows may be older than what was said: no end is undone by it, and no order that exists goes missing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter import CancelOutcome, CancelRejected, Order, OrderStatus, OutcomeUnknown
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.flow.effects import Moment
from hk_adapter.model import CancelRequest, Wait

NOW = 1_700_000_000_000
SYMBOL = "ETH/USD"


def order(status=OrderStatus.OPEN, order_id="1", **fields):
    """One order, as a view shows it."""
    given = {"symbol": SYMBOL, "amount": Decimal(1), "filled": Decimal(0), "timestamp": NOW - 60_000} | fields
    return Order(id=order_id, client_order_id="mine", status=status, **given)


def accepted(**request):
    """A cancel that was sent now, by a clock that is right, and accepted."""
    case = CancelCase(CancelRequest(**(request or {"order_id": "1"})))
    case.note_sending(Moment(0.0, NOW, doubt=0.0))
    return case


@pytest.mark.parametrize("code", ["-1139", "-1142", "-1138"])
async def test_a_stale_open_after_already_ended(desk, code):
    """A look that lags behind the word that the order has ended makes no REJECTED of it."""
    placed = await desk.place()
    stale = desk.row(placed.id)
    desk.simulator.cancel(placed.id)
    desk.simulator.fail_next(code=code, method="DELETE")
    desk.simulator.fail_next(body=stale, method="GET", times=99)
    report = await desk.try_cancel(placed.id)
    assert report.outcome is CancelOutcome.OFF_BOOK


@pytest.mark.parametrize("code", ["0212", "0211", "-1143", "-2013"])
async def test_a_stale_open_after_ended_or_unknown(desk, code):
    """Nor does one after a word that may mean an end, or an order that is not known."""
    placed = await desk.place()
    stale = desk.row(placed.id)
    desk.simulator.cancel(placed.id)
    desk.simulator.fail_next(code=code, method="DELETE", times=9)
    desk.simulator.fail_next(body=stale, method="GET", times=99)
    report = await desk.try_cancel(placed.id)
    assert report.outcome is CancelOutcome.UNKNOWN


@pytest.mark.parametrize("named", ["order_id", "client_order_id"])
async def test_an_order_of_this_connection_is_never_not_found(desk, named):
    """Neither the gateway nor the look-ups have it yet: it was placed here, so it exists."""
    placed = await desk.place(client_order_id="mine")
    desk.simulator.fail_next(code="0211", times=99)
    report = await desk.try_cancel(**{named: placed.id if named == "order_id" else "mine"})
    assert report.outcome is CancelOutcome.UNKNOWN


async def test_a_gateway_that_lags_is_asked_again(desk):
    """A cancel that came before its order is sent again, though no look-up shows the order yet."""
    placed = await desk.place()
    desk.simulator.fail_next(code="-2013", method="DELETE")
    desk.simulator.fail_next(code="0211", method="GET", times=4)
    report = await desk.try_cancel(placed.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 2, 0)


async def test_a_final_answer_is_not_undone_by_an_older_look(desk):
    """An answer that shows the end stands, whatever a view that lags shows after it."""
    placed = await desk.place()
    stale = desk.row(placed.id)
    desk.simulator.fail_next(body=desk.row(placed.id, status="CANCELED"), method="DELETE", acted=True)
    desk.simulator.fail_next(body=stale, method="GET", times=99)
    report = await desk.try_cancel(placed.id)
    assert report.outcome is CancelOutcome.OFF_BOOK


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        ({SYMBOL: NOW + 1}, CancelOutcome.OFF_BOOK),
        ({SYMBOL: NOW}, CancelOutcome.PENDING),
        ({SYMBOL: NOW - 30_000}, CancelOutcome.PENDING),
        ({"BTC/USD": NOW + 1, None: NOW + 1, SYMBOL: NOW}, CancelOutcome.PENDING),
        ({"BTC/USD": NOW + 1}, CancelOutcome.PENDING),
        ({}, CancelOutcome.PENDING),
    ],
)
@pytest.mark.parametrize("missed", [True, False])
def test_gone_counts_by_a_younger_list_only(as_of, outcome, missed):
    """Absent from a complete list is off the book if, by a row of its symbol, that is younger than order and cancel."""
    case = accepted()
    case.learn_answer(1, order())
    if missed:
        case.learn_miss(1.0, gone=True, as_of=as_of)
    else:
        case.learn_gone(as_of)
    assert verdict(case, Wait.FINAL, 1.0).outcome is outcome


@pytest.mark.parametrize("error", [CancelRejected("-2011"), OutcomeUnknown("lost")])
def test_gone_counts_of_an_accepted_cancel_only(error):
    """One that was refused, or whose answer was lost, took nothing off the book: a list that misses it may be wrong."""
    case = accepted()
    case.learn_failure(1, error)
    case.learn_look(order())
    case.learn_miss(1.0, gone=True, as_of={SYMBOL: NOW + 1})
    assert verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.UNKNOWN


def test_gone_needs_the_age_of_the_order():
    """Where nobody said when the order was made, or when its cancel left, no list is proven younger."""
    for case, seen in ((accepted(), order(timestamp=None)), (CancelCase(CancelRequest(order_id="1")), order())):
        case.learn_answer(1, seen)
        case.learn_gone({SYMBOL: NOW + 1000})
        assert verdict(case, Wait.FINAL, 1.0).outcome is CancelOutcome.PENDING
