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


@each(
    ("text", "value"),
    [
        ('{"id": 41.5, "qty": 1.5e18}', {"id": 41.5, "qty": 1.5e18}),
        ('{"qty": 0.123456789012345678}', {"qty": "0.123456789012345678"}),
        ("[1, 2.5]", [1, 2.5]),
        ('{"qty": NaN}', None),
        ('{"name": "\\ud800"}', None),
        ("41", None),
        ("[1,]", None),
        (None, None),
    ],
)
def test_what_ccxt_reads_json_with_makes_no_difference(text, value):
    """Older releases make a text of every number where a package of theirs is missing, and take what is no JSON."""
    read = opened("kraken")._exchange.parse_json(text)
    assert read == value
    assert repr(read) == repr(value)


def test_what_ccxt_writes_json_with_makes_no_difference():
    """Older releases write an excuse where an exact number is to stand, and send it as the amount."""
    written = opened("foxbit")._exchange.json(
        {"amount": Decimal("0.12345678901234567890"), "id": 2**70, "é": (1e-7, None, True)}
    )
    assert written == '{"amount":0.12345678901234567890,"id":1180591620717411303424,"é":[1e-7,null,true]}'


@each("value", [True, False, ["41"], {"id": "41"}, [], {}, None, ""])
def test_only_a_text_or_a_number_is_read_as_text(value):
    """Older releases make one of anything: an order of the id ``True``."""
    exchange = opened("kraken")._exchange
    assert exchange.safe_string({"id": value}, "id") is None
    assert exchange.safe_string_2({"id": value, "oid": "7"}, "id", "oid") == "7"
    assert exchange.safe_string_n({"id": value}, ["id"], "none") == "none"


def test_the_first_of_several_is_read_whatever_it_is():
    """As ccxt does: the next one means something else."""
    exchange = opened("kraken")._exchange
    assert exchange.safe_string_n({"id": ["41"], "own": "7"}, ["id", "own"]) is None
    assert exchange.safe_string_n({"id": "", "own": 7.5}, ["id", "own"]) == "7.5"


@each("moment", [1_790_000_000_000_000, 10**18, -1, None, "x"])
def test_a_moment_that_no_calendar_has_is_no_text(moment):
    """Older releases fail over it, and with it over the whole order."""
    assert opened("mexc")._exchange.iso8601(moment) is None
