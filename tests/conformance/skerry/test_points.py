"""Points: a cancel costs what its order's age makes it cost, as far as the host knows of that."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.testing import Request
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from tests.conformance.skerry.plugin import WITHDRAWALS, Skerry


def _cost(bench: Bench) -> int:
    """Say what the last cancel cost, when it went out."""
    call = next(one for one in reversed(bench.sent) if "cancel" in one.path)
    assert isinstance(call.weight, hk.CostByAge)
    sent = next(one.at for one in reversed(bench.exchange.seen) if "cancel" in one.request.path)
    return call.weight.at(sent)


def _wait(bench: Bench, seconds: float) -> None:
    bench._time.jump(bench._time.now + seconds)


@pytest.mark.parametrize(("seconds", "cost"), [(1, 8), (6, 4), (20, 2), (61, 1), (301, 0)])
def test_an_order_of_ours_costs_by_its_age(bench: Bench, seconds: float, cost: int) -> None:
    """The host knows when it placed it."""
    order = bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine")
    _wait(bench, seconds)
    assert bench.venue.try_cancel(client_order_id="mine").final
    assert _cost(bench) == cost
    assert isinstance(order, hk.Order)


def test_an_order_that_nobody_knows_costs_the_most(bench: Bench) -> None:
    """It may be brand new."""
    assert bench.cancel(bench.exchange.place()).final
    assert _cost(bench) == 8


def test_an_order_that_was_shown_is_as_old_as_the_venue_says(bench: Bench) -> None:
    """By the time of its row: an hour, and more than a few seconds."""
    placed = bench.exchange.place()
    bench.venue.fetch_order(placed.id)
    assert bench.cancel(placed).final
    assert _cost(bench) == 0
    young = bench.exchange.place(created=bench.exchange.now() - 8_000)
    bench.venue.fetch_open_orders()
    assert bench.cancel(young).final
    assert _cost(bench) == 4


def test_a_batch_costs_what_its_orders_cost(bench: Bench) -> None:
    """Each by its own age."""
    old, young = bench.exchange.place(), bench.exchange.place(created=bench.exchange.now() - 16_500)
    bench.venue.fetch_open_orders()
    reports = bench.venue.cancel_orders([old.id, young.id, bench.exchange.place().id])
    assert bench.exchange.count(Request.CANCEL) == 0
    assert len(reports) == 3
    assert _cost(bench) == 0 + 2 + 8


def test_a_cancel_that_waits_goes_out_when_it_is_cheap_enough(bench: Bench) -> None:
    """It does not wait for the points that it would have cost when it began to."""
    for own in ("mine1", "mine2", "mine3"):
        order = bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=own)
    for _ in range(7):
        bench.cancel(bench.exchange.place(), wait="ack")
    begun = bench.exchange.now()  # with 59 of 60 points taken: 8 more would have room in 7 s, and 4 in 3
    assert isinstance(order, hk.Order)
    assert bench.venue.cancel_order(order.id, wait="ack").status is hk.OrderStatus.PENDING_CANCEL
    assert _cost(bench) == 4
    assert 4_000 < bench.exchange.now() - begun < 5_500


def test_the_dearest_batch_has_room() -> None:
    """No batch costs more than the bucket holds."""
    dearest = WITHDRAWALS.replace(existed=(None,) * Skerry.cancel_batch)
    assert dearest.most == 40 <= Skerry.limits["points"].capacity


def test_what_a_look_has_shown_counts_for_a_repeat(bench: Bench) -> None:
    """A cancel that was lost is sent again at the price of the order that was looked at meanwhile."""
    order = bench.exchange.place()
    bench.exchange.meet(Request.CANCEL, Fate(arrives=False), Fate())
    assert bench.cancel(order, timeout=60.0).attempts == 2
    assert _cost(bench) == 0


def test_what_was_listed_to_be_canceled_is_as_old_as_its_rows_say(bench: Bench) -> None:
    """``cancel_all_orders`` pays for its orders by their own times."""
    bench.exchange.place()
    bench.venue.cancel_all_orders("ETH/USD")
    assert _cost(bench) == 0
