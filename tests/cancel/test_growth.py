"""What an order costs in a cancel of many does not grow with how many there are: none is compared with all others."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

import hk_adapter as hk

ORDERS = 120


@pytest.fixture
def venue():
    """A venue with a simulator of its own, and no budget."""
    with hk.connect("hashkey", environment="simulator", budget="unlimited") as opened:
        yield opened


def comparisons(call):
    """Make a call, and count how often its thread compared two of our records."""
    seen = Counter()

    def watch(frame, event, value):
        if event == "call" and frame.f_code.co_name == "__eq__":
            seen[frame.f_code.co_filename] += 1

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        reports = call()
    finally:
        sys.setprofile(before)
    assert all(report.final for report in reports), reports
    return seen.total()


def test_orders_named_by_id_are_not_compared_with_each_other(venue):
    """Orders named by the venue's ids."""
    ids = [venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900").id for _ in range(ORDERS)]
    assert comparisons(lambda: venue.cancel_orders(ids)) < 5 * ORDERS


def test_orders_named_either_way_are_not_compared_with_each_other(venue):
    """Some by the venue's ids, others by the client's."""
    orders = [venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900") for _ in range(ORDERS)]
    ids, own = [one.id for one in orders[::2]], [one.client_order_id for one in orders[1::2]]
    assert comparisons(lambda: venue.cancel_orders(ids, client_order_ids=own)) < 5 * ORDERS
