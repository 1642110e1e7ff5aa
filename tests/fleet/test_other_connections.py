"""A stop knows what this process placed with the account's key, also by connections that are not the pool's."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.fleet.arrivals import LAG
from hk_adapter.fleet.kill_report import AccountStop
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from tests.fleet.test_orders_in_other_books import TwoBooks, account_of, stop

LIFETIME = 5.0
BUY = hk.OrderSide.BUY


def stopped(orders: KnownOrders, calls: TwoBooks | None = None, **scope: str) -> AccountStop:
    """Stop an account of which the pool itself has placed nothing."""
    books = calls or TwoBooks(set(), set())
    return stop(account_of(books, orders, may_arrive=LIFETIME), **scope)


def test_a_create_in_doubt_is_waited_for() -> None:
    """It may arrive for as long as the venue carries it out."""
    orders = KnownOrders()
    assert stopped(orders).elapsed == pytest.approx(LAG)
    orders.note_doubt(0.5)
    told = stopped(orders)
    assert told.clean
    assert told.elapsed == pytest.approx(0.5 + LIFETIME + LAG)


def test_a_create_under_way_is_waited_for() -> None:
    """Until its call is over at the latest; so is one whose caller went away."""
    orders = KnownOrders()
    with orders.placing(["mine"], 0.0, 3.0):
        assert stopped(orders).elapsed >= 3.0 + LIFETIME + LAG
    assert stopped(orders).elapsed == pytest.approx(LAG)
    with pytest.raises(KeyboardInterrupt), orders.placing(["mine"], 0.0, 3.0):
        raise KeyboardInterrupt
    assert stopped(orders).elapsed == pytest.approx(3.0 + LIFETIME + LAG)


def test_an_order_that_no_list_shows_yet() -> None:
    """It was placed a second ago: it is canceled by its id, within the scope, and has to be proven."""
    orders = KnownOrders()
    orders.note_opened(hk.Order(id="1", symbol="A/B", side=BUY), -1.0)
    orders.note_opened(hk.Order(id="2", symbol="A/B", side=BUY), -9.0)  # which every list has by now
    orders.note_opened(hk.Order(id="3", symbol="A/B", side=BUY, status=hk.OrderStatus.CLOSED), -1.0)
    lagging = TwoBooks({"1"}, set())
    lagging.cancel_all_orders = TwoBooks(set(), set()).cancel_all_orders  # type: ignore[method-assign]
    assert [one.order_id for one in stopped(orders, lagging, side="sell").orders] == []
    told = stopped(orders, lagging)
    assert [(one.order_id, one.final) for one in told.orders] == [("1", True)]
    orders.note_ended("1", "A/B", 0.0)
    assert stopped(orders, lagging).orders == ()


def test_an_order_of_another_type_of_market() -> None:
    """A stop of spot orders leaves what a connection for swaps has just placed, unless its symbol is named."""
    orders = KnownOrders()
    orders.note_opened(hk.Order(id="1", symbol="A/B"), -1.0, market_type="swap")
    lagging = TwoBooks({"1"}, set())
    lagging.cancel_all_orders = TwoBooks(set(), set()).cancel_all_orders  # type: ignore[method-assign]
    account = account_of(lagging, orders, market_type="spot")
    assert (stop(account).orders, lagging.ordinary) == ((), {"1"})
    assert [one.order_id for one in stop(account, symbol="A/B").orders] == ["1"]


def test_what_the_bots_own_connection_placed() -> None:
    """A pool that is made for the stop knows it, where no list can be had: it is canceled by its id, and proven."""
    with serve() as served:
        keys = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "base_url": served.url}
        with hk.connect("hashkey", environment="sandbox", **keys) as bot:
            rests, ended = [bot.create_order("ETH/USD", "limit", "buy", "1", "1900") for _ in range(2)]
            bot.cancel_order(ended.id)
        served.control.fail_next(status=503, path="/api/v1/spot/openOrders", times=99)
        with hk.VenuePool([hk.PoolAccount("desk", "hashkey", environment="sandbox", **keys)]) as pool:
            [account] = hk.kill_switch(pool, timeout=3.0).accounts
    assert [(one.order_id, one.known_by, one.final) for one in account.orders] == [(rests.id, hk.KnownBy.PLACED, True)]


def test_the_bots_own_connection_beside_the_pool() -> None:
    """What its creates came to is known of the key: that one is in doubt, and which order there is."""
    with serve() as served:
        keys = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "base_url": served.url}
        with hk.connect("hashkey", environment="sandbox", **keys) as bot:
            known = bot._connection.shared.looks.known
            order = bot.create_order("ETH/USD", "limit", "buy", "1", "1900")
            assert [one.id for one in known.opened_since(0.0)] == [order.id]
            assert known.in_doubt_until < 0
            served.control.fail_next("cut", method="POST")
            with pytest.raises(hk.OutcomeUnknown):
                bot.create_order("ETH/USD", "limit", "buy", "1", "1900", timeout=0.5)
            assert known.in_doubt_until > 0
            bot.cancel_order(order.id)
            assert known.opened_since(0.0) == []
        with hk.VenuePool([hk.PoolAccount("desk", "hashkey", environment="sandbox", **keys)]) as pool:
            [account] = hk.kill_switch(pool, timeout=3.0).accounts
            assert not account.complete
            assert "may arrive" in str(account.error)
