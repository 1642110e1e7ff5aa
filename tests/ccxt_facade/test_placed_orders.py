"""What ccxt's own code placed for the bot is known to the core: no view that lags makes it an unknown order."""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt
import pytest

from hk_adapter.ccxt_facade.connections import connection_of
from tests.ccxt_facade.conftest import Bot, MakeBot

TERMS = ("ETH/USD", "limit", "buy", 1, 1900)
MANY = [dict(zip(("symbol", "type", "side", "amount", "price"), TERMS, strict=True)) for _ in range(2)]


def known(bot: Bot) -> Any:
    """What the core knows of the orders of the bot's key."""
    return connection_of(bot.exchange).shared.looks.known


async def test_an_order_just_placed_that_the_gateway_does_not_know_yet(make_bot: MakeBot) -> None:
    """It was OrderNotFound, which bots take for an order that is not there, while it rested."""
    bot = await make_bot(timeout=1600)
    order_id = await bot.place()
    bot.fail(code="0211", times=9)
    bot.fail(code="-1143", times=9, method="GET", path="/api/v1/spot/order")
    with pytest.raises(ccxt.RequestTimeout):
        await bot.cancel(order_id, "ETH/USD")
    assert bot.status(order_id) == "NEW"


async def test_what_ccxt_placed_is_known(bot: Bot) -> None:
    """By both ids; so are several."""
    own = await bot.place(clientOrderId="mine")
    many = await bot.call("create_orders", [dict(one) for one in MANY])
    assert known(bot).id_of("mine") == own
    assert all(known(bot).placed_at(order["id"]) is not None for order in many)
    assert len(many) == len(MANY)


@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"status": 503}])
async def test_a_create_without_an_answer_may_have_placed_one(bot: Bot, fault: dict[str, Any]) -> None:
    """Its client order id is known as one that an order may have."""
    bot.fail(**fault, method="POST")
    with pytest.raises(ccxt.OperationFailed):
        await bot.place(clientOrderId="mine")
    assert known(bot).placed_at(client_order_id="mine") is not None


@pytest.mark.parametrize("code", ["-1000", "-1006", "-1141", "-9999"])
async def test_an_exchange_error_that_is_no_refusal_leaves_one_that_may_exist(bot: Bot, code: str) -> None:
    """To ccxt "execution unknown" is as a word it does not know; "used already" may be of our own order."""
    bot.fail(code=code, msg="no", method="POST")
    with pytest.raises(ccxt.ExchangeError):
        await bot.place(clientOrderId="mine")
    assert known(bot).placed_at(client_order_id="mine") is not None


async def test_one_refusal_of_several_is_not_of_them_all(bot: Bot) -> None:
    """It is raised for the whole call; the other order rests."""
    one, too_much = MANY[0] | {"params": {"clientOrderId": "mine"}}, MANY[0] | {"amount": 100_000_000}
    with pytest.raises(ccxt.BadRequest):
        await bot.call("create_orders", [one, too_much])
    assert len(bot.served.control.orders()) == 1
    assert known(bot).placed_at(client_order_id="mine") is not None


async def test_a_create_that_was_left_may_have_placed_one(bot: Bot) -> None:
    """A task that is canceled; the blocking class is interrupted by the same way out."""
    if bot.exchange.synchronous:
        bot.exchange.fetch2 = _interrupted
        with pytest.raises(KeyboardInterrupt):
            bot.exchange.create_order(*TERMS, {"clientOrderId": "mine"})
    else:
        bot.fail("stall", method="POST")
        task = asyncio.ensure_future(bot.place(clientOrderId="mine"))
        while bot.sent("POST") == 0:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert known(bot).placed_at(client_order_id="mine") is not None


async def test_a_refused_create_placed_none(bot: Bot) -> None:
    """The exception is ccxt's own, and no order is known."""
    with pytest.raises(ccxt.InvalidOrder):
        await bot.call("create_order", "ETH/USD", "limit", "buy", 0.00000001, 1900, {"clientOrderId": "too-small"})
    assert known(bot).placed_at(client_order_id="too-small") is None


def _interrupted(*args: Any, **kwargs: Any) -> Any:
    raise KeyboardInterrupt
