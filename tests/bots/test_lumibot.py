"""Lumibot, unpatched: its tracked orders say what became of each, and so does the venue."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest

pytest.importorskip("lumibot")

import ccxt
from lumibot.brokers import Ccxt
from lumibot.entities import Asset, Order

from hk_adapter.ccxt_facade import register
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

STRATEGY = "quiet"


@pytest.fixture
def make_broker(venue):
    """Make lumibot's broker for an exchange by its name, as its configuration would."""
    register()

    def make(name):
        config = {
            "exchange_id": name,
            "apiKey": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "sandbox": False,
            "timeout": 1500,
            "rateLimit": 10,
            "urls": {"api": {"public": venue.url, "private": venue.url}},
        }
        return Ccxt(config)

    return make


def make_order():
    """Write an order to buy 1, as a strategy's ``create_order`` does."""
    ether, dollar = Asset("ETH", "crypto"), Asset("USD", "crypto")
    return Order(STRATEGY, ether, Decimal(1), "buy", limit_price=1900, quote=dollar, order_type="limit")


def traded(order):
    """Add up what the order's transactions say."""
    return sum(float(one.quantity) for one in order.transactions)


def test_a_canceled_order_ends_in_the_truth(make_broker, venue, scenario, unknown_id):
    """No tracked order stays active that the venue has ended, and its transactions are what truly traded."""
    broker = make_broker("hkadapter")
    order = broker.submit_order(make_order())
    order_id = order.identifier
    scenario.arrange(venue.control, order_id)
    if not scenario.is_known:
        ghost = make_order()
        ghost.set_identifier(unknown_id)
        with pytest.raises(ccxt.OrderNotFound):
            broker.cancel_order(ghost)
        assert broker.get_tracked_orders(STRATEGY) == [order]
        assert (order.is_active(), venue.control.order(order_id).status) == (True, "NEW")
        return
    if scenario.filled == 1:
        with pytest.raises(ccxt.OrderNotFound):
            broker.cancel_order(order)
    else:
        assert broker.cancel_order(order)["filled"] == pytest.approx(scenario.filled)
    assert venue.control.order(order_id).status == scenario.venue_status
    check_truth(broker, order, scenario.filled)


@pytest.mark.usefixtures("filled_first")
def test_an_order_that_filled_first(make_broker, venue):
    """Whichever word the option has, lumibot books it as filled."""
    broker = make_broker("hkadapter")
    order = broker.submit_order(make_order())
    venue.control.fill(order.identifier)
    with suppress(ccxt.OrderNotFound):
        broker.cancel_order(order)
    check_truth(broker, order, 1)


def check_truth(broker, order, filled):
    """Have lumibot look where it has not taken the order's end yet, and compare what it booked with the truth."""
    if order.is_active():  # it takes an end that is no cancel from its next look, whoever the venue is
        broker._refresh_missing_active_order_from_broker(order, STRATEGY)
    assert not order.is_active()
    assert (order.is_canceled(), order.is_filled()) == (filled < 1, filled == 1)
    assert traded(order) == pytest.approx(filled)


def test_an_order_is_replaced(make_broker, venue):
    """``modify_order`` cancels the old order for certain before it places the new one."""
    broker = make_broker("hkadapter")
    order = broker.submit_order(make_order())
    first = order.identifier
    broker._modify_order(order, limit_price=1910)
    statuses = {one.order_id: one.status for one in venue.control.orders()}
    assert statuses.pop(first) == "CANCELED"
    assert list(statuses.values()) == ["NEW"]


def test_why_ccxts_own_class_is_not_enough(make_broker, venue):
    """Its answer shows the order as it was before the cancel, so lumibot keeps it active though it is canceled."""
    broker = make_broker("hashkey")
    order = broker.submit_order(make_order())
    broker.cancel_order(order)
    assert venue.control.order(order.identifier).status == "CANCELED"
    assert order.is_active()
