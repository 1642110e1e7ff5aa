"""OctoBot's trading engine, unpatched: its orders and balances say what became of each, and so does the venue."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

pytest.importorskip("octobot_trading")

import octobot_commons.configuration as configuration
import octobot_commons.constants as words
import octobot_tentacles_manager.api as tentacles
import octobot_trading.api as trading_api
import octobot_trading.enums as enums
import octobot_trading.errors as errors
import octobot_trading.exchanges as exchanges
import octobot_trading.personal_data as personal_data

from hk_adapter.ccxt_facade import register
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

PAIR = "ETH/USD"


@pytest.fixture
def trading(venue, monkeypatch):
    """Start the engine, for real trading, on an exchange by its name, as its configuration would."""
    register()
    # It waits 2 s before it looks again at an order whose cancel it takes to be under way.
    monkeypatch.setattr(personal_data.state.State, "PENDING_REFRESH_INTERVAL", 0.05)

    class Pointed(exchanges.DefaultRestExchange):
        """What OctoBot calls a tentacle: it adds to ccxt's configuration. For the real venue none is needed."""

        def get_additional_connector_config(self):
            return {"urls": {"api": {"public": venue.url, "private": venue.url}}, "timeout": 1500, "rateLimit": 10}

    @asynccontextmanager
    async def start(name):
        builder = exchanges.create_exchange_builder_instance(settings(name), name)
        builder.disable_trading_mode()
        builder.use_tentacles_setup_config(tentacles.create_tentacles_setup_config_with_tentacles())
        builder.is_spot_only()
        builder.is_rest_only()
        builder.is_real()
        builder.enable_storage(False)
        manager = await builder.build()
        await until_quiet(venue)
        try:
            yield manager
        finally:
            await manager.stop()

    yield start
    del Pointed


async def until_quiet(venue):
    """Let what the engine asks for at its start be over."""
    asked = -1
    while asked != len(venue.control.requests):
        asked = len(venue.control.requests)
        await asyncio.sleep(0.5)


def settings(name):
    """Write what is needed of a configuration."""
    key, secret = (configuration.encrypt(one).decode() for one in (DEFAULT_API_KEY, DEFAULT_SECRET))
    return {
        words.CONFIG_EXCHANGES: {
            name: {
                words.CONFIG_ENABLED_OPTION: True,
                words.CONFIG_EXCHANGE_KEY: key,
                words.CONFIG_EXCHANGE_SECRET: secret,
            }
        },
        words.CONFIG_TRADER: {words.CONFIG_ENABLED_OPTION: True},
        words.CONFIG_SIMULATOR: {words.CONFIG_ENABLED_OPTION: False, words.CONFIG_STARTING_PORTFOLIO: {}},
        words.CONFIG_TRADING: {words.CONFIG_TRADER_REFERENCE_MARKET: "USD", words.CONFIG_TRADER_RISK: 0.5},
        words.CONFIG_CRYPTO_CURRENCIES: {"Ethereum": {"pairs": [PAIR]}},
        words.CONFIG_TIME_FRAME: [],
    }


async def place(manager):
    """Have the engine place an order to buy 1."""
    return await manager.trader.create_order(
        personal_data.create_order_instance(
            trader=manager.trader,
            order_type=enums.TraderOrderType.BUY_LIMIT,
            symbol=PAIR,
            current_price=Decimal(1900),
            quantity=Decimal(1),
            price=Decimal(1900),
        )
    )


async def cancel(manager, order, scenario, unknown_id):
    """Have the engine cancel its order, or one that the venue does not know."""
    if scenario.filled == 1:
        with pytest.raises(errors.OrderNotFoundOnCancelError):
            await manager.trader.cancel_order(order)
    elif scenario.is_known:
        assert await manager.trader.cancel_order(order)
    else:
        known, order.exchange_order_id = order.exchange_order_id, unknown_id
        with pytest.raises(errors.OrderNotFoundOnCancelError):
            await manager.trader.cancel_order(order)
        order.exchange_order_id = known


def test_a_canceled_order_ends_in_the_truth(trading, venue, scenario, unknown_id):
    """No order stays open that the venue has ended, it ended as it truly did, and the balances are true.

    What a canceled order traded the engine learns from the balances alone, whoever the venue is: it asks for those
    every few minutes, and here at once.
    """

    async def run():
        async with trading("hkadapter") as manager:
            order = await place(manager)
            order_id = order.exchange_order_id
            scenario.arrange(venue.control, order_id)
            await cancel(manager, order, scenario, unknown_id)
            await trading_api.refresh_real_trader_portfolio(manager)
            open_orders = manager.exchange_personal_data.orders_manager.get_open_orders()
            if not scenario.is_known:
                assert (order.is_open(), venue.control.order(order_id).status) == (True, "NEW")
                return
            assert venue.control.order(order_id).status == scenario.venue_status
            assert open_orders == []
            assert (order.is_filled(), order.is_cancelled()) == (scenario.filled == 1, scenario.filled < 1)
            ether, dollar = (trading_api.get_portfolio_currency(manager, one) for one in ("ETH", "USD"))
            assert float(ether.total) == pytest.approx(1000 + scenario.filled)
            assert float(dollar.available) == pytest.approx(1_000_000 - 1900 * scenario.filled)

    asyncio.run(run())


def test_an_order_that_filled_first(trading, venue, filled_first):
    """With ``return`` the engine takes a cancel that raises nothing for a cancel, whatever the order with it says."""

    async def run():
        async with trading("hkadapter") as manager:
            order = await place(manager)
            venue.control.fill(order.exchange_order_id)
            if filled_first == "raise":
                with pytest.raises(errors.OrderNotFoundOnCancelError):
                    await manager.trader.cancel_order(order)
            else:
                assert await manager.trader.cancel_order(order)
            await trading_api.refresh_real_trader_portfolio(manager)
            assert (order.is_filled(), order.is_cancelled()) == (filled_first == "raise", filled_first == "return")

    asyncio.run(run())


def test_why_ccxts_own_class_is_not_enough(trading, venue):
    """With the ccxt that it pins the engine cannot even place an order there: the fee has no cost."""

    async def run():
        async with trading("hashkey") as manager:
            assert await place(manager) is None
            assert [order.status for order in venue.control.orders()] == ["NEW"]

    asyncio.run(run())
