"""Basana, unpatched: what its cancel gives, its order and its balances say what became of each, as the venue does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

pytest.importorskip("basana")

import ccxt
from basana import OrderOperation, Pair, realtime_dispatcher
from basana.external.ccxt.exchange import Exchange

from hk_adapter.ccxt_facade import register
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

PAIR = Pair("ETH", "USD")


@pytest.fixture
def trading(venue):
    """Open basana's exchange by its name; only ``urls`` differs from one for the real venue."""
    register()

    @asynccontextmanager
    async def start(name):
        config = {"urls": {"api": {"public": venue.url, "private": venue.url}}, "timeout": 3000, "rateLimit": 10}
        exchange = Exchange(realtime_dispatcher(), name, DEFAULT_API_KEY, DEFAULT_SECRET, config=config)
        try:
            yield exchange
        finally:
            await exchange.close()

    return start


async def place(exchange, client_order_id=None):
    """Place an order to buy 1."""
    return await exchange.create_limit_order(OrderOperation.BUY, PAIR, Decimal(1), Decimal(1900), client_order_id)


async def check_truth(exchange, venue, order_id, filled):
    """Have basana look: the order and the balances are what they are at the venue."""
    info = await exchange.get_order_info(PAIR, order_id=order_id)
    assert (info.is_open, info.amount_filled) == (False, Decimal(str(filled)))
    ether, dollar = await exchange.get_balance("ETH"), await exchange.get_balance("USD")
    assert (ether.total, dollar.locked) == (1000 + Decimal(str(filled)), 0)
    assert dollar.available == 1_000_000 - 1900 * Decimal(str(filled))


@pytest.mark.parametrize("by_client_id", [False, True], ids=["by id", "by client id"])
def test_a_canceled_order_ends_in_the_truth(trading, venue, scenario, unknown_id, by_client_id):
    """A ``CanceledOrder`` is one that the venue canceled; for any other there is ccxt's exception."""

    async def run():
        async with trading("hkadapter") as exchange:
            placed = await place(exchange, "mine" if by_client_id else None)
            if by_client_id:
                # One as young as the doubt about the venue's clock might be another that took over the client's id.
                await asyncio.sleep(0.3)
            scenario.arrange(venue.control, placed.id)
            if not scenario.is_known:
                ids = {"client_order_id": "nobody"} if by_client_id else {"order_id": unknown_id}
                with pytest.raises(ccxt.OrderNotFound):
                    await exchange.cancel_order(PAIR, **ids)
                assert venue.control.order(placed.id).status == "NEW"
                assert (await exchange.get_order_info(PAIR, order_id=placed.id)).is_open
                return
            ids = {"client_order_id": "mine"} if by_client_id else {"order_id": placed.id}
            if scenario.filled == 1:
                with pytest.raises(ccxt.OrderNotFound):
                    await exchange.cancel_order(PAIR, **ids)
            else:
                canceled = await exchange.cancel_order(PAIR, **ids)
                assert (canceled.id, canceled.amount) == (placed.id, 1)
            assert venue.control.order(placed.id).status == scenario.venue_status
            await check_truth(exchange, venue, placed.id, scenario.filled)

    asyncio.run(run())


def test_an_order_that_filled_first(trading, venue, filled_first):
    """With ``return`` basana calls it a canceled order, and has no field that says otherwise."""

    async def run():
        async with trading("hkadapter") as exchange:
            placed = await place(exchange)
            venue.control.fill(placed.id)
            if filled_first == "raise":
                with pytest.raises(ccxt.OrderNotFound):
                    await exchange.cancel_order(PAIR, order_id=placed.id)
            else:
                assert type(await exchange.cancel_order(PAIR, order_id=placed.id)).__name__ == "CanceledOrder"
            await check_truth(exchange, venue, placed.id, 1)

    asyncio.run(run())


def test_why_ccxts_own_class_is_not_enough(trading, venue):
    """A cancel whose answer is lost is an error there, though the venue canceled."""
    venue.control.fail_next(status=503, method="DELETE", acted=True)

    async def run():
        async with trading("hashkey") as exchange:
            placed = await place(exchange)
            with pytest.raises(ccxt.ExchangeNotAvailable):
                await exchange.cancel_order(PAIR, order_id=placed.id)
            assert venue.control.order(placed.id).status == "CANCELED"

    asyncio.run(run())
