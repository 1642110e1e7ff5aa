"""What an answer says twice, and not the same, is not believed: it ends no order, and is the answer of no call."""

from __future__ import annotations

import ccxt
import pytest


async def test_a_cancel_is_not_ended_by_it(make_bot):
    """An answer that says both CANCELED and NEW is a doubt; the order is canceled by what follows."""
    one = await make_bot()
    order_id = await one.place()
    one.fail(body=f'{{"orderId": "{order_id}", "status": "NEW", "status": "CANCELED", "executedQty": "0"}}')
    done = await one.cancel(order_id)
    assert (done["status"], one.status(order_id), one.sent()) == ("canceled", "CANCELED", 2)


ROW = '{"orderId": "77", "status": "NEW", "status": "FILLED"}'


@pytest.mark.parametrize(
    ("name", "arguments", "method", "body"),
    [
        ("create_order", ("ETH/USD", "limit", "buy", 1, 1900), "POST", ROW),
        ("fetch_order", ("77", "ETH/USD"), "GET", f'{{"data": {{"order": {ROW}}}}}'),
        ("fetch_open_orders", ("ETH/USD",), "GET", f"[{ROW}]"),
        ("fetch_balance", (), "GET", '{"balances": [{"asset": "ETH", "free": "1", "free": "9"}]}'),
        ("fetch_ticker", ("ETH/USD",), "GET", '[{"s": "ETHUSD", "c": "1900", "c": "1"}]'),
    ],
)
async def test_no_other_call_believes_it(bot, name, arguments, method, body):
    """Ccxt's reader takes the last word; here the answer is no answer, as at ``hashkey``, at any depth."""
    bot.fail(method=method, body=body, status=200)
    with pytest.raises(ccxt.BadResponse, match="twice"):
        await bot.call(name, *arguments)


async def test_equal_words_are_one(bot):
    """A field that is said twice, and the same, is none to doubt."""
    order_id = await bot.place()
    twice = f'"orderId": "{order_id}", "orderId": "{order_id}"'
    row = f'{{{twice}, "symbol": "ETHUSD", "status": "NEW", "type": "LIMIT", "side": "BUY", "origQty": "1"}}'
    bot.fail(method="GET", body=row, status=200)
    assert (await bot.call("fetch_order", order_id, "ETH/USD"))["status"] == "open"


@pytest.mark.parametrize("status", [418, 429])
async def test_a_refusal_to_serve_is_taken_at_its_status(bot, status):
    """Whatever its body says: a bot that is told to wait must wait."""
    bot.fail(method="GET", body='{"code": "-1003", "code": "0"}', status=status)
    with pytest.raises((ccxt.RateLimitExceeded, ccxt.DDoSProtection)):
        await bot.call("fetch_balance")
