"""Numbers in an exchange's JSON come through digit by digit, whichever reader ccxt takes."""

from __future__ import annotations

from decimal import Decimal

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge.by_hand import NEW, always, opened, run

ASKED = hk.FetchOrderRequest(order_id="41", symbol="ETH/USD")
ROW = b'{"id": "41", "symbol": "ETH_USD", "state": "NEW", "type": "LIMIT", "side": "BUY", "price": %s, "quantity": %s}'


@each(
    "number",
    [
        "0.123456789012345678",
        "1234567890.123456789",
        "9007199254740993.5",
        "1.2345678901234567891e3",
        "18446744073709551616.25",
        "2000",
        "0.1",
        "13.57",
    ],
)
def test_amounts_and_prices_keep_their_digits(number):
    """A float holds 15 to 17 of them."""
    found = run(opened("poloniex").fetch_order(ASKED), always(200, ROW % (number.encode(), number.encode())))
    assert (found.price, found.amount) == (Decimal(number), Decimal(number))


@each("number", ["9007199254740993", "18446744073709551616", "123456789012345678901234567890"])
@each(
    ("member", "answer"),
    [("binance", b'{"orderId": %s, "status": "NEW"}'), ("kraken", b'{"error": [], "result": {"txid": [%s]}}')],
)
def test_a_new_orders_id_keeps_its_digits(member, answer, number):
    """A whole number of over 64 bits, too: by another id nobody could cancel the order."""
    found = run(opened(member).create_order(NEW), always(200, answer % number.encode()))
    assert found.id == number
