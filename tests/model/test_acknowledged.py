"""An answer may be an id alone, or less: the order is then what was asked for, and of how it stands nothing is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk

REQUEST = hk.CreateOrderRequest(
    symbol="ETH/USD",
    type=hk.OrderType.LIMIT,
    side=hk.OrderSide.BUY,
    client_order_id="mine",
    amount=Decimal("1.50"),
    price=Decimal(1900),
    time_in_force=hk.TimeInForce.GTC,
    post_only=True,
)


def test_it_has_the_terms_and_the_id():
    """Each as asked for, and nothing of fills or status."""
    order = REQUEST.acknowledged("4711")
    asked = (order.symbol, order.type, order.side, order.amount, order.price, order.time_in_force, order.post_only)
    assert asked == ("ETH/USD", "limit", "buy", Decimal("1.50"), Decimal(1900), "GTC", True)
    assert (order.id, order.client_order_id) == ("4711", "mine")
    unsaid = (order.status, order.filled, order.remaining, order.average, order.cost, order.timestamp)
    assert unsaid == (None,) * 6


def test_what_the_answer_told_counts():
    """Beside the terms, and before them."""
    order = REQUEST.acknowledged(
        "4711", status=hk.OrderStatus.OPEN, amount=Decimal(1), timestamp=5, info={"id": "4711"}
    )
    assert (order.status, order.amount, order.timestamp, order.info) == (hk.OrderStatus.OPEN, 1, 5, {"id": "4711"})


def test_what_cannot_be_is_refused():
    """As of any order."""
    with pytest.raises(hk.InvalidArgument):
        REQUEST.acknowledged("4711", filled=Decimal(2))
    with pytest.raises(TypeError):
        REQUEST.acknowledged("4711", fill=Decimal(1))


def test_an_accepted_cancel_is_pending():
    """Under the ids that were asked for, and with nothing else but what the answer told."""
    request = hk.CancelRequest(order_id="4711", client_order_id="mine", symbol="ETH/USD")
    order = request.acknowledged(venue_status="queued")
    assert (order.id, order.client_order_id, order.status) == ("4711", "mine", hk.OrderStatus.PENDING_CANCEL)
    assert (order.venue_status, order.filled, order.symbol) == ("queued", None, None)
