"""What is more than was asked for is not given to ccxt: numbers that it would write out, levels, rows, bytes."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.model import ListTradesRequest
from hk_adapter.parsing.json_faults import fault_of
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET

HUGE = {
    "text": '"1e99999999"',
    "number": "1e99999999",
    "small": '"-1.5E-99999999"',
    "signed": '"1e+0099999999"',
    "escaped": '"1\\u0065999\\u0039999"',
    "spaced": '" 1e9_9_9_9_9 "',
    "other digits": '"1e٩٩٩٩٩٩"',
    "integer": "1" + "0" * 5000,
    "integer text": '"' + "1" * 5000 + '"',
    "fraction": '"0.' + "0" * 5000 + '1"',
    "beside NaN": '"1e99999999", "other": NaN',
}
ROW = '{"error": [], "result": {"O1": {"status": "open", "vol": "2", "vol_exec": %s}}}'


@pytest.fixture
def kraken_by_hand():
    """An exchange whose read orders are counted."""
    venue, read = opened("kraken"), []
    whole = venue._exchange.parse_order
    venue._exchange.parse_order = lambda *arguments, **keywords: read.append(1) or whole(*arguments, **keywords)
    venue.read = read
    return venue


@pytest.mark.parametrize("huge", HUGE.values(), ids=HUGE)
def test_a_number_that_would_be_written_out(kraken_by_hand, huge):
    """As a number or as text, in any spelling that Python reads: the answer is unexpected, and ccxt reads no row."""
    look = kraken_by_hand.fetch_order(hk.FetchOrderRequest(order_id="O1"))
    with pytest.raises(hk.UnexpectedPayload, match="digits"):
        run(look, always(200, (ROW % huge).encode()))
    assert kraken_by_hand.read == []


@pytest.mark.parametrize(
    ("rows", "row"),
    [(2_700_000, "{}"), (500_000, "[]"), (6000, '{"vol": "1"}'), (900_000, "7"), (40_000, '"' + "x" * 200 + '"')],
)
def test_more_rows_than_any_page_has(kraken_by_hand, rows, row):
    """Refused by count and size, before one is read."""
    body = b'{"error": [], "result": {"open": [' + b",".join([row.encode()] * rows) + b"]}}"
    with pytest.raises(hk.UnexpectedPayload, match="at most"):
        run(kraken_by_hand.fetch_open_orders(hk.ListOrdersRequest()), always(200, body))
    assert kraken_by_hand.read == []


def test_rows_by_name_are_rows(kraken_by_hand):
    """Kraken's lists are objects of orders."""
    body = json.dumps({"error": [], "result": {"open": {f"O{number}": {} for number in range(6000)}}})
    with pytest.raises(hk.UnexpectedPayload, match="6000 rows"):
        run(kraken_by_hand.fetch_open_orders(hk.ListOrdersRequest()), always(200, body.encode()))
    assert kraken_by_hand.read == []


@each(
    "body",
    [
        json.dumps([{"fills": [{}] * 50} for _ in range(300)]),
        json.dumps([[[]] * 4000, [[]] * 4000, [[]] * 4000]),
        json.dumps({"error": [], "result": {"trades": "x" * 6000}}),
        "x" * 6000,
        json.dumps("x" * 6000),
    ],
)
def test_rows_within_rows_and_texts_in_their_place(body):
    """Ccxt goes through a text letter by letter where it looks for a list."""
    venue, read = opened("binance"), []
    venue._exchange.parse_trade = lambda *arguments, **keywords: read.append(1) or {}
    with pytest.raises(hk.UnexpectedPayload, match=r"rows within|letters"):
        run(venue.fetch_my_trades(ListTradesRequest(symbol="ETH/USD")), always(200, body.encode()))
    assert read == []


@pytest.mark.parametrize("depth", [40, 900, 300_000])
def test_too_many_levels(kraken_by_hand, depth):
    """No reader goes down as deep as a payload can be nested."""
    body = '{"error": [], "result": ' + '{"a":' * depth + "1" + "}" * depth + "}"
    look = kraken_by_hand.fetch_order(hk.FetchOrderRequest(order_id="O1"))
    with pytest.raises(hk.UnexpectedPayload):
        run(look, always(200, body.encode()))
    assert kraken_by_hand.read == []


@pytest.mark.parametrize("status", [418, 429])
def test_a_limit_is_one_all_the_same(kraken_by_hand, status):
    """HTTP 429 and 418 say what they say beside any body."""
    for body in (b"[" + b"{}," * 400_000 + b"{}]", b'{"error": "1e99999999"}'):
        with pytest.raises(hk.RateLimited):
            run(kraken_by_hand.fetch_order(hk.FetchOrderRequest(order_id="O1")), always(status, body))


@pytest.mark.parametrize("huge", ["number", "integer text"])
async def test_a_cancel_is_settled_by_a_look(facade, kraken, huge):
    """An acknowledgement that is not read leaves a doubt: the order is looked up, and its end is what it shows."""
    options = {"base_url": kraken.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1, "timeout": 3.0}
    kraken.faults["CancelOrder"] = (200, b'{"error": [], "result": {"count": ' + HUGE[huge].encode() + b"}}")
    if facade == "blocking":
        with hk.connect("ccxt:kraken", **options) as venue:
            order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            report = venue.try_cancel(order.id)
    else:
        async with hk.connect_async("ccxt:kraken", **options) as venue:
            order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            report = await venue.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 1)


@each(
    "text",
    [
        '{"id": "507e1911810019729086090", "order_id": "12e456789", "clOrdID": "9e999", "txid": "1e999"}',
        '{"qty": "1e-18", "cap": 1.5e24, "wei": "' + "9" * 78 + '", "zero": "0E-18"}',
        '{"hash": "' + "f" * 128 + '", "note": "' + "e " * 500 + '", "time": "2026-11-28T09:00:00.000000Z"}',
        "[[1, 2.5, null, true, [], {}]]",
        "<html>" + "1e99999999" + "</html>",
        "",
        "7",
    ],
)
def test_what_is_not_too_much(text):
    """Ids that read as numbers, and numbers as long as money ever is."""
    assert fault_of(text, 100) is None


@each("name", ["bid", "BID", "bestBid", "paid", "fee_paid", "void", "price", "gr1d", "amountPaid"])
def test_a_name_that_only_ends_like_an_ids(name):
    """It may name a number."""
    assert "digits" in fault_of(json.dumps({name: "12e456789"}), 100)
