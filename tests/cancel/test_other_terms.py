"""A row under the id of the order with other terms than were shown before: a doubt, until it is said again."""

from __future__ import annotations

from copy import copy
from decimal import Decimal

import pytest

from hk_adapter import CancelOutcome, OrderSide, OrderStatus
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import CancelRequest, Order

ORDER_PATH = "/api/v1/spot/order"

OTHER = [
    pytest.param({"side": "SELL"}, id="side"),
    pytest.param({"price": "1901"}, id="price"),
    pytest.param({"origQty": "2"}, id="amount"),
    pytest.param({"type": "MARKET"}, id="type"),
    pytest.param({"symbol": "BTCUSD"}, id="symbol"),
]


@pytest.mark.parametrize("other", OTHER)
async def test_an_end_with_other_terms_is_no_proof(desk, other):
    """The look may show another order: it is asked again, and what the venue truly has is told."""
    order = await desk.place()
    desk.simulator.fill(order.id, "0.25")
    ended = {"status": "CANCELED", "executedQty": "0.5"}
    desk.simulator.fail_next(body=desk.row(order.id, **ended | other), method="GET")
    report = await desk.try_cancel(order.id, timeout=5)
    assert (report.outcome, str(report.order.filled)) == (CancelOutcome.PARTIALLY_CANCELED, "0.25")
    assert len(desk.seen("GET")) == 2


@pytest.mark.parametrize("other", OTHER)
async def test_said_again_a_second_later_it_is_an_end(desk, other):
    """The venue means it: the end is believed, and no sooner than a second after it was first said."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, status="CANCELED", **other), method="GET", times=99)
    report = await desk.try_cancel(order.id, timeout=5)
    assert report.outcome is CancelOutcome.CANCELED
    first, *_, last = (one.at for one in desk.seen("GET"))
    assert last - first >= 1000


async def test_too_little_time_to_hear_it_again(desk):
    """The cancel was accepted, and its end is not proven."""
    order = await desk.place()
    row = desk.row(order.id, status="CANCELED", side="SELL")
    desk.simulator.fail_next(body=row, method="GET", times=99)
    report = await desk.try_cancel(order.id, timeout=0.6)
    assert report.outcome is CancelOutcome.PENDING
    assert str(report.order.side) == "buy"


async def test_now_one_now_the_other(desk):
    """Terms that do not stay are never a proof, whatever they say of an end."""
    order = await desk.place()
    for _ in range(20):
        for side in ("SELL", "BUY"):
            word = "CANCELED" if side == "SELL" else "NEW"
            desk.simulator.fail_next(body=desk.row(order.id, status=word, side=side), method="GET")
    assert (await desk.try_cancel(order.id, timeout=5)).outcome is CancelOutcome.PENDING


async def test_a_row_of_another_order_tells_nothing_of_fills(desk):
    """What another order's row says was filled is not this one's."""
    order = await desk.place()
    row = desk.row(order.id, status="PARTIALLY_FILLED", executedQty="0.5", side="SELL")
    desk.simulator.fail_next(body=row, method="GET")
    report = await desk.try_cancel(order.id, timeout=5)
    assert (report.outcome, str(report.order.filled)) == (CancelOutcome.CANCELED, "0")


async def test_open_with_other_terms_is_no_refusal(desk):
    """An order that may be another one, seen open, does not prove that this one rests."""
    order = await desk.place()
    desk.simulator.fail_next(code="-2011", method="DELETE", times=9)
    desk.simulator.fail_next(body=desk.row(order.id, side="SELL"), method="GET", path=ORDER_PATH, times=99)
    [report] = await desk.call("cancel_all_orders", timeout=0.6)
    assert (report.outcome, str(report.order.side)) == (CancelOutcome.UNKNOWN, "buy")


async def test_an_answer_that_shows_other_terms_than_the_list_is_no_end(desk):
    """The list showed an order to buy, the answer to its cancel one to sell that is canceled: accepted, and no more."""
    order = await desk.place()
    desk.simulator.fail_next(body=desk.row(order.id, side="SELL", status="CANCELED"), method="DELETE", acted=True)
    desk.simulator.fail_next(status=503, method="GET", path=ORDER_PATH, times=99)
    [report] = await desk.call("cancel_all_orders", timeout=0.6)
    assert (report.outcome, report.ambiguous_attempts, str(report.order.side)) == (CancelOutcome.PENDING, 0, "buy")


def test_terms_of_one_order_are_not_held_against_another():
    """Two orders that had the same client order id may differ in every term."""
    case = CancelCase(CancelRequest(client_order_id="mine"))
    older = Order(id="1", client_order_id="mine", status=OrderStatus.OPEN, side=OrderSide.BUY)
    case.learn_row(older)
    case.learn_look(older.replace(status=OrderStatus.CANCELED))  # before any send: another one
    ours = older.replace(id="2", side=OrderSide.SELL)
    case.learn_look(ours)
    assert (case.last_seen, case.look_error) == (ours, None)


def test_two_copies_of_a_case_learn_apart():
    """What rows prove to one of them, as each branch of an enumerated history does, is nothing to the other."""
    case = CancelCase(CancelRequest(order_id="1"))
    other = copy(case)
    other.learn_look(
        Order(id="1", status=OrderStatus.OPEN, side=OrderSide.BUY, amount=Decimal(1), filled=Decimal(1)), 1.0
    )
    case.learn_look(
        Order(id="1", status=OrderStatus.CANCELED, side=OrderSide.SELL, amount=Decimal(1), filled=Decimal(0)), 1.0
    )
    assert case.proven_end is not None
