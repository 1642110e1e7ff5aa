"""An order object, field by field: what each says, and what it does not say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.flow.http import Response
from hk_adapter.model import Order, OrderSide, OrderStatus
from hk_adapter.venues.hashkey.parse import ACKNOWLEDGED, STATUSES, parse_order
from hk_adapter.venues.hashkey.responses import read_object
from tests.cases import each

# HashKey Hong Kong documentation, Nov 2025: the answer of "Cancel Order", and the same order as the query shows it.
ORDERS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("orders.json").read_text(encoding="utf-8"))
DOCUMENTED, QUERIED = ORDERS["cancel answer"], ORDERS["query answer"]


def parsed(
    changes: dict[str, Any] | None = None, base: dict[str, Any] = DOCUMENTED, symbol: str | None = None
) -> Order:
    """Read the documented answer with changes, through the same JSON decoder that a real answer takes."""
    body = json.dumps(base | (changes or {})).encode()
    return parsed_json(body, symbol)


def parsed_json(body: bytes, symbol: str | None = None) -> Order:
    """Read an answer's bytes."""
    payload = read_object(Response(200, {}, body), "fetch_order")
    return parse_order(payload, operation="fetch_order", symbol=symbol)


def without(*names: str) -> bytes:
    """Give the documented answer with fields left out."""
    return json.dumps({name: value for name, value in DOCUMENTED.items() if name not in names}).encode()


def test_all_twelve_documented_fields_are_mapped() -> None:
    """Every field of the documented answer arrives under its name, and nothing is added that it does not say."""
    assert parsed() == Order(
        account_id="1464567707961719552",
        venue_symbol="ETHUSD",
        symbol="ETH/USD",
        client_order_id="99999888912",
        id="1563291927536863744",
        timestamp=1701094920045,
        price=Decimal(1900),
        amount=Decimal(1),
        filled=Decimal(0),
        remaining=Decimal(1),
        venue_status="NEW",
        status=OrderStatus.OPEN,
        time_in_force="GTC",
        type="limit",
        post_only=False,
        side=OrderSide.BUY,
        cost=Decimal(0),
    )


def test_the_raw_payload_is_kept() -> None:
    """``info`` is the whole payload, fields that we do not read included, as a dict of its own."""
    payload = DOCUMENTED | {"concentration": ""}
    order = parse_order(payload, operation="cancel_order")
    assert order.info == payload
    assert order.info is not payload


def test_a_queried_order_has_its_last_change() -> None:
    """Query answers say ``time`` for the creation, and ``updateTime`` for the last change of status."""
    order = parsed(base=QUERIED)
    assert (order.timestamp, order.last_update_timestamp) == (1701094920045, 1701094949567)
    assert (order.status, order.filled, order.cost, order.average) == (OrderStatus.CANCELED, 0, 0, None)
    assert order.last_trade_timestamp is None


def test_order_level_fees_are_not_trusted() -> None:
    """The last fill's fee of HK's answers, and the dead fields of the other sites, are no fees of the order."""
    changes = {"executedQty": "1", "status": "FILLED", "feeCoin": "ETH", "feeAmount": "0.001", "sumFeeAmount": "0.003"}
    assert parsed(changes, QUERIED).fees == ()


def test_numbers_may_come_as_json_numbers() -> None:
    """LONG and DECIMAL as the tables have them give the very order that the samples' strings give."""
    body = json.dumps(DOCUMENTED)
    for name in ("accountId", "orderId", "transactTime", "price", "origQty", "executedQty", "clientOrderId"):
        body = body.replace(f'"{name}": "{DOCUMENTED[name]}"', f'"{name}": {DOCUMENTED[name]}')
    assert parsed_json(body.encode()) == parsed()


@each("quote", ['"', ""])
@each("number", ["0.1", "0.30000000000000004", "12345678901234567.123456789012345678", "1E+3", "1e-8"])
def test_every_digit_of_a_number_is_kept(quote: str, number: str) -> None:
    """Neither strings nor JSON numbers pass through a float."""
    body = json.dumps(DOCUMENTED).replace('"price": "1900"', f'"price": {quote}{number}{quote}')
    price = parsed_json(body.encode()).price
    assert price is not None
    assert price.as_tuple() == Decimal(number).as_tuple()


@each("quote", ['"', ""])
@each("number", ["9007199254740993", "2128389008024406016", "18446744073709551617", "99999999999999999999"])
def test_ids_beyond_2_to_the_53_are_exact(quote: str, number: str) -> None:
    """An id is text, whichever way it is written and however long."""
    body = json.dumps(DOCUMENTED).replace('"orderId": "1563291927536863744"', f'"orderId": {quote}{number}{quote}')
    assert parsed_json(body.encode()).id == number


def test_an_id_keeps_its_leading_zeros() -> None:
    """A client's id is the client's text, not a number."""
    assert parsed({"clientOrderId": "000123"}).client_order_id == "000123"


@each(
    ("word", "changes", "status"),
    [
        ("PENDING_NEW", {}, OrderStatus.PENDING_NEW),
        ("PENDING", {}, OrderStatus.PENDING_NEW),
        ("NEW", {}, OrderStatus.OPEN),
        ("PARTIALLY_FILLED", {"executedQty": "0.4"}, OrderStatus.OPEN),
        ("FILLED", {"executedQty": "1"}, OrderStatus.CLOSED),
        ("CANCELED", {}, OrderStatus.CANCELED),
        ("PARTIALLY_CANCELED", {"executedQty": "0.4"}, OrderStatus.CANCELED),
        ("REJECTED", {}, OrderStatus.REJECTED),
        ("PENDING_CANCEL", {}, OrderStatus.PENDING_CANCEL),
    ],
)
def test_each_status_word(word: str, changes: dict[str, str], status: OrderStatus) -> None:
    """Every word of the venue has one meaning; its own spelling is kept beside it."""
    order = parsed(changes | {"status": word})
    assert (order.status, order.venue_status) == (status, word)


def test_no_other_status_word_is_known() -> None:
    """The table of words holds the documented ones and the two that other clients know: none joins unnoticed."""
    documented = {"PENDING_NEW", "NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED"}
    assert set(STATUSES) == documented | {"PENDING_CANCEL", "PENDING"}


def test_a_sell_is_a_sell() -> None:
    """The other side."""
    assert parsed({"side": "SELL"}).side is OrderSide.SELL


@each(
    ("word", "kind", "post_only"),
    [
        ("LIMIT", "limit", False),
        ("LIMIT_MAKER", "limit", True),
        ("MARKET", "market", False),
        ("MARKET_OF_BASE", "market", False),
        ("MARKET_OF_QUOTE", "market", False),
        ("STOP", "stop", False),
    ],
)
def test_each_type_word(word: str, kind: str, post_only: bool) -> None:
    """LIMIT_MAKER is a limit order that is post-only; a word of the venue's own stays, in lower case."""
    order = parsed({"type": word})
    assert (order.type, order.post_only) == (kind, post_only)


@each("word", ["GTC", "IOC", "FOK", "LIMIT_MAKER"])
def test_the_time_in_force_is_the_venues(word: str) -> None:
    """Known or not, the word is passed on."""
    assert parsed({"timeInForce": word}).time_in_force == word


@each(
    ("name", "field"),
    [
        ("accountId", "account_id"),
        ("clientOrderId", "client_order_id"),
        ("transactTime", "timestamp"),
        ("price", "price"),
        ("timeInForce", "time_in_force"),
        ("type", "type"),
    ],
)
def test_what_an_order_may_be_without(name: str, field: str) -> None:
    """Any other field may be absent, null or empty: it is None then, and the rest stands."""
    expected = replace(parsed(), **{field: None} | ({"post_only": None} if name == "type" else {}))
    assert parsed_json(without(name)) == expected
    assert parsed({name: None}) == expected
    assert parsed({name: ""}) == expected


def test_a_cash_market_order_has_no_amount() -> None:
    """Placed by its cost, the venue shows origQty 0: amount and remaining are unknown, what filled is not."""
    order = parsed({"type": "MARKET", "price": "0", "origQty": "0", "executedQty": "0.0061", "status": "FILLED"})
    assert (order.amount, order.remaining, order.price) == (None, None, None)
    assert (order.filled, order.status) == (Decimal("0.0061"), OrderStatus.CLOSED)


def test_a_market_order_has_no_price() -> None:
    """The venue shows price 0; the average is no price, whatever other clients make of it."""
    changes = {"type": "MARKET", "price": "0", "executedQty": "1", "status": "FILLED", "avgPrice": "3235.49"}
    order = parsed(changes | {"cumulativeQuoteQty": "3235.49", "cummulativeQuoteQty": "3235.49"}, QUERIED)
    assert (order.price, order.average) == (None, Decimal("3235.49"))


@pytest.mark.parametrize("word", ["PARTIALLY_FILLED", "PARTIALLY_CANCELED"])
def test_average_and_cost_are_never_invented(word: str) -> None:
    """Answers of create and cancel say neither: a filled part gets no cost from the limit price."""
    order = parsed({"status": word, "executedQty": "0.4"})
    assert (order.average, order.cost) == (None, None)
    assert (order.filled, order.remaining) == (Decimal("0.4"), Decimal("0.6"))


def test_an_average_of_zero_is_none() -> None:
    """The venue's 0 for "not known" is not a price, and the cost beside it gives no average."""
    order = parsed({"status": "PARTIALLY_FILLED", "executedQty": "0.4", "cumulativeQuoteQty": "760"})
    assert (order.average, order.cost) == (None, Decimal(760))


def test_a_fill_for_nothing_has_no_cost() -> None:
    """A row written before its cost was: the venue's 0 stands for "not known" there too."""
    changes = {"status": "FILLED", "executedQty": "1", "avgPrice": "0"}
    order = parsed(changes | {"cumulativeQuoteQty": "0", "cummulativeQuoteQty": "0.00"}, QUERIED)
    assert (order.status, order.average, order.cost) == (OrderStatus.CLOSED, None, None)


@each(("average", "cost"), [("1900", "5"), ("5", "1900"), ("1899.51", "1899.75"), ("0.01", "1900")])
def test_an_average_and_a_cost_that_differ_are_neither_known(average: str, cost: str) -> None:
    """One of them is wrong, and nothing tells which."""
    changes = {"status": "FILLED", "executedQty": "1", "avgPrice": average}
    order = parsed(changes | {"cumulativeQuoteQty": cost, "cummulativeQuoteQty": cost}, QUERIED)
    assert (order.status, order.average, order.cost) == (OrderStatus.CLOSED, None, None)


@pytest.mark.parametrize(("average", "cost"), [("1899.33", "569.8"), ("1899.3334", "569.8"), ("1899", "569.8")])
def test_an_average_may_be_rounded(average: str, cost: str) -> None:
    """To whatever place the venue rounds: by how much, its last digit tells."""
    changes = {"status": "PARTIALLY_FILLED", "executedQty": "0.3", "avgPrice": average}
    order = parsed(changes | {"cumulativeQuoteQty": cost, "cummulativeQuoteQty": cost}, QUERIED)
    assert (order.average, order.cost) == (Decimal(average), Decimal(cost))


def test_nothing_filled_cost_nothing() -> None:
    """That follows exactly, so it is said even where the venue does not."""
    assert parsed().cost == 0


@pytest.mark.parametrize(
    "names", [("cumulativeQuoteQty",), ("cummulativeQuoteQty",), ("cumulativeQuoteQty", "cummulativeQuoteQty")]
)
def test_either_spelling_of_the_cost_is_read(names: tuple[str, ...]) -> None:
    """Both are sent today; one alone is enough."""
    changes = {"status": "PARTIALLY_FILLED", "executedQty": "0.4", "avgPrice": "1899.5"}
    order = parsed(changes | dict.fromkeys(names, "759.8"))
    assert (order.cost, order.average) == (Decimal("759.8"), Decimal("1899.5"))


def test_spellings_may_differ_in_zeros_only() -> None:
    """The same number written twice is one cost."""
    changes = {"status": "PARTIALLY_FILLED", "executedQty": "0.4", "cumulativeQuoteQty": "760"}
    assert parsed(changes | {"cummulativeQuoteQty": "760.00"}).cost == 760


@each("word", STATUSES)
def test_an_acknowledgement_shows_the_order_before_the_cancel(word: str) -> None:
    """A working order in a cancel's answer is pending_cancel, a final word stays; nothing else changes."""
    executed = {OrderStatus.CLOSED: "1"}.get(STATUSES[word], "0.4" if "PARTIALLY" in word else "0")
    payload = DOCUMENTED | {"status": word, "executedQty": executed}
    order = parse_order(payload, operation="fetch_order")
    expected = order.status if STATUSES[word].final else OrderStatus.PENDING_CANCEL
    assert parse_order(payload, operation="cancel_order", statuses=ACKNOWLEDGED) == replace(order, status=expected)


def test_nothing_filled_has_no_sign() -> None:
    """A venue that writes -0 has filled nothing."""
    assert str(parsed({"executedQty": "-0.0"}).filled) == "0.0"
