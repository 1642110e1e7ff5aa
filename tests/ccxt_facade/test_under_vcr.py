"""A bot's own tests may replay its requests with vcrpy, and write down as JSON whatever it is given, as with ccxt's."""

from __future__ import annotations

import json
from decimal import Decimal

import ccxt
import pytest
import vcr


async def everything(bot, *, at_the_venue=True):
    """Call each method that is ours, and those of ccxt that tell of orders, and give what came back by its name.

    What happens at the venue between the calls happens only ``at_the_venue``, and not where it is replayed.
    """
    told = {}

    async def place():
        return (await bot.call("create_order", "ETH/USD", "limit", "buy", 1, 1900))["id"]

    def fill(order_id, amount=None):
        if at_the_venue:
            bot.served.control.fill(order_id, amount)

    first, second, third = [await place() for _ in range(3)]
    fill(first, "0.4")
    told["fetch_order"] = await bot.call("fetch_order", first, "ETH/USD")
    told["edit_order"] = await bot.call("edit_order", first, "ETH/USD", "limit", "buy", 1, 1890)
    told["cancel_order"] = await bot.call("cancel_order", second, "ETH/USD")
    told["cancel_orders"] = await bot.call("cancel_orders", [told["edit_order"]["id"], second], "ETH/USD")
    for name in ("fetch_open_orders", "fetch_canceled_and_closed_orders", "fetch_my_trades"):
        told[name] = await bot.call(name, "ETH/USD")
    told["cancel_all_orders"] = await bot.call("cancel_all_orders", "ETH/USD")
    told["fetch_balance"] = await bot.call("fetch_balance")
    fill(third := await place())
    with pytest.raises(ccxt.OrderNotFound) as caught:
        await bot.call("cancel_orders", [second, third])
    return told | {"orders of an exception": caught.value.orders}


async def test_everything_is_plain_json(bot):
    """``json.dumps`` takes what any method gives, and what it says is the same again when it is read."""
    for name, value in (await everything(bot)).items():
        assert value, name
        assert json.loads(json.dumps(value)) == value, name


async def test_a_cancels_payload_has_text_for_numbers(bot):
    """Exact, as ccxt's own ``info`` has it, whatever the class that the instance's numbers have."""
    for number in (float, Decimal, str):
        bot.exchange.number = number
        done = await bot.cancel(await bot.place())
        assert {type(value) for value in done["info"].values()} <= {str, bool, type(None), list, dict}
        assert isinstance(done["filled"], number)


async def test_everything_is_recorded_and_replayed(make_bot, tmp_path):
    """The replay gives the same again, and needs no venue."""
    recorder = vcr.VCR(match_on=("method", "path"), record_mode="once")
    with recorder.use_cassette(str(tmp_path / "life.yaml")):
        bot = await make_bot()
        recorded = await everything(bot)
    asked = len(bot.served.control.requests)
    with recorder.use_cassette(str(tmp_path / "life.yaml")) as cassette:
        again = await everything(await make_bot(), at_the_venue=False)
    assert again == recorded
    assert cassette.play_count == len(cassette) > 10
    assert len(bot.served.control.requests) == asked
