"""investing-algorithm-framework, unpatched: its database says what became of each order, and so does the venue."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytest.importorskip("investing_algorithm_framework")

import ccxt
import investing_algorithm_framework as framework
from investing_algorithm_framework.domain.exceptions import OperationalException
from investing_algorithm_framework.infrastructure.order_executors.ccxt_order_executor import CCXTOrderExecutor

from hk_adapter.ccxt_facade import register
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

CASH = 10_000.0


class Quiet(framework.TradingStrategy):
    """Never trades by itself."""

    time_unit = framework.TimeUnit.SECOND
    interval = 1

    def run_strategy(self, context, data):
        """Do nothing."""


class Late(CCXTOrderExecutor):
    """The bot's own executor; what happens at the venue happens between the bot's last look and its cancel."""

    happens = staticmethod(lambda order: None)

    def cancel_order(self, portfolio, order, market_credential):
        """Cancel as the bot does."""
        self.happens(order)
        return super().cancel_order(portfolio, order, market_credential)


@pytest.fixture
def late(monkeypatch):
    """Let something happen late; the framework keeps executors from one app to the next, so the class is told."""
    return lambda happens: monkeypatch.setattr(Late, "happens", staticmethod(happens))


@pytest.fixture
def start(venue, tmp_path, monkeypatch):
    """Run the bot once, live, on an exchange by its name, and give its context."""
    # It has no place for ccxt's options; nothing else differs from a start for the real venue.
    monkeypatch.setenv("HK_ADAPTER_CCXT_URL", venue.url)
    register()

    def run(name):
        app = framework.create_app(config={framework.RESOURCE_DIRECTORY: str(tmp_path)})
        app.add_strategy(Quiet)
        app.add_order_executor(Late())
        key = {"api_key": DEFAULT_API_KEY, "secret_key": DEFAULT_SECRET}
        app.add_market(market=name, trading_symbol="USD", initial_balance=CASH, **key)
        app.run(number_of_iterations=1)
        return app.context

    return run


def place(context):
    """Have the bot place an order to buy 1."""
    return context.create_limit_order("ETH", price=1900, order_side=framework.OrderSide.BUY, amount=1)


def check_truth(context, venue, order, status, filled):
    """Compare the bot's order, cash and position with what they are."""
    kept = context.order_service.get(order.id)
    assert (kept.status, kept.filled) == (status, pytest.approx(filled))
    assert context.get_unallocated() == pytest.approx(CASH - 1900 * filled)
    position = context.get_position("ETH")
    assert float(0 if position is None else position.amount) == pytest.approx(filled)
    assert venue.control.balance("ETH").total == 1000 + Decimal(str(filled))


def test_a_canceled_order_ends_in_the_truth(start, late, venue, scenario, unknown_id):
    """No order stays open that the venue has ended, with the amount and the cash that truly traded."""
    context = start("hkadapter")
    order = place(context)
    order_id = str(order.external_id)
    if not scenario.is_known:
        late(lambda order: order.set_external_id(unknown_id))
        with pytest.raises(OperationalException):
            context.order_service.cancel_order(order)
        assert context.order_service.get(order.id).status == "OPEN"
        assert venue.control.order(order_id).status == "NEW"
        return
    scenario.arrange(venue.control, order_id)
    context.order_service.cancel_order(order)
    assert venue.control.order(order_id).status == scenario.venue_status
    check_truth(context, venue, order, "CLOSED" if scenario.filled == 1 else "CANCELED", scenario.filled)


def test_an_order_that_filled_first(start, late, venue, filled_first):
    """Filled after the bot's last look: with ``return`` the bot books it as canceled, and never looks again."""
    context = start("hkadapter")
    order = place(context)
    late(lambda order: venue.control.fill(str(order.external_id)))
    if filled_first == "return":
        context.order_service.cancel_order(order)
        context.order_service.check_pending_orders()
        kept = context.order_service.get(order.id)
        assert (kept.status, kept.filled, context.get_unallocated()) == ("CANCELED", 0, CASH)
        return
    with pytest.raises(OperationalException):
        context.order_service.cancel_order(order)
    assert context.order_service.get(order.id).status == "OPEN"
    context.order_service.check_pending_orders()  # as it does before every run of a strategy
    check_truth(context, venue, order, "CLOSED", 1)


def test_why_ccxts_own_class_is_not_enough(start, venue, monkeypatch):
    """A cancel whose answer is lost is an error there, though the venue canceled: the bot holds back the cash."""
    stock = {"public": venue.url, "private": venue.url}
    describe = ccxt.hashkey.describe
    monkeypatch.setattr(
        ccxt.hashkey, "describe", lambda self: self.deep_extend(describe(self), {"urls": {"api": stock}})
    )
    context = start("hashkey")
    order = place(context)
    venue.control.fail_next(status=503, method="DELETE", acted=True)
    with pytest.raises(OperationalException):
        context.order_service.cancel_order(order)
    assert venue.control.order(str(order.external_id)).status == "CANCELED"
    assert (context.order_service.get(order.id).status, context.get_unallocated()) == ("OPEN", CASH - 1900)
