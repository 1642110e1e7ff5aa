"""Cancels whose answer says 'pending', and shows no order."""

from __future__ import annotations

import hk_adapter as hk
from hk_adapter.testing import Request
from hk_adapter.testing.conformance.bench import Bench


def _placed(bench: Bench, own: str) -> hk.Order:
    order = bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id=own)
    assert isinstance(order, hk.Order)
    return order


def test_an_order_of_ours_by_its_clients_id(bench: Bench) -> None:
    """An acceptance that shows no order is one, also where the order's venue id is known and was not asked for."""
    order = _placed(bench, "mine1")
    report = bench.venue.try_cancel(client_order_id="mine1")
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 1, 0)
    assert report.order is not None
    assert report.order.id == order.id
    assert bench.exchange.count(Request.CANCEL) == 1


def test_accepted_is_pending_under_the_id_that_was_asked_for(bench: Bench) -> None:
    """With ``wait="ack"`` the order that is pending is told, by the ids that are known of it."""
    order = _placed(bench, "mine1")
    by_own = bench.venue.cancel_order(client_order_id="mine1", wait="ack")
    assert (by_own.id, by_own.client_order_id, by_own.status) == (None, "mine1", hk.OrderStatus.PENDING_CANCEL)
    other = _placed(bench, "mine2")
    by_id = bench.venue.cancel_order(other.id, wait="ack")
    assert (by_id.id, by_id.status) == (other.id, hk.OrderStatus.PENDING_CANCEL)
    assert order.id != other.id
