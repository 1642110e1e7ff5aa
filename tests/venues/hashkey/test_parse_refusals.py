"""Everything that must not be read as an order: it is a doubt, never a guess."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.flow.http import Response
from hk_adapter.venues.hashkey.parse import STATUSES, parse_order
from hk_adapter.venues.hashkey.parse.batches import parse_refusals
from hk_adapter.venues.hashkey.responses import read_object
from tests.cases import each

# HashKey Hong Kong documentation, Nov 2025: the answer of "Cancel Order", and the same order as the query shows it.
ORDERS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("orders.json").read_text(encoding="utf-8"))
DOCUMENTED, QUERIED = ORDERS["cancel answer"], ORDERS["query answer"]
NUMBERS = ("price", "origQty", "executedQty", "avgPrice", "stopPrice", "cumulativeQuoteQty", "cummulativeQuoteQty")
IDS = ("orderId", "clientOrderId", "accountId")
TIMES = ("transactTime", "time", "updateTime")


def refused_json(body: bytes) -> UnexpectedPayload:
    """Read an answer's bytes, which must be refused, and give the error; it tells where it comes from."""
    payload = read_object(Response(200, {}, body), "fetch_order")
    with pytest.raises(UnexpectedPayload) as caught:
        parse_order(payload, operation="fetch_order")
    assert (caught.value.venue, caught.value.operation) == ("hashkey", "fetch_order")
    return caught.value


def refused(changes: dict[str, Any], base: dict[str, Any] = DOCUMENTED) -> UnexpectedPayload:
    """Read a changed answer through the JSON decoder that a real one takes; it must be refused."""
    return refused_json(json.dumps(base | changes).encode())


@each("word", ["CANCELLED", "canceled", "EXPIRED", "ORDER_CANCELED", "DONE", " NEW", "4", "N" * 500])
def test_an_unknown_status_is_a_doubt(word: str) -> None:
    """A word nobody knows, even one like a known one, is never guessed at; a long one does not flood the message."""
    assert len(str(refused({"status": word}))) < 200


@each("word", ["BUY_OPEN", "buy", "SELL_CLOSE", "LONG", "B"])
def test_an_unknown_side_is_a_doubt(word: str) -> None:
    """Buy or sell: nothing else is a spot order's side."""
    refused({"side": word})


@each("name", NUMBERS)
@each(
    "value",
    [
        "NaN",
        "sNaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "-1",
        "1e61",
        "1e999999",
        "1e99999999999999999999",
        "1e-61",
    ],
)
def test_a_number_that_is_no_money_is_refused(name: str, value: str) -> None:
    """NaN, infinities, negative and absurdly large or small numbers are a doubt in every field that holds one."""
    refused({"executedQty": "0.4"} | {name: value}, QUERIED | {"status": "NEW"})


@each("name", NUMBERS)
@each("value", ["1_000", " 1", "1 ", "\uff11", "0x1", "1,5", "one", True, [], {}, ["1"], "9" * 300])
def test_what_is_no_plain_number_is_refused(name: str, value: object) -> None:
    """Text that only some parsers take for a number, and other kinds of JSON, are a doubt."""
    refused({"executedQty": "0.4"} | {name: value}, QUERIED | {"status": "NEW"})


@each("name", NUMBERS)
@each("value", ["1e61", "1e999999", "-1", "1e-61"])
def test_a_json_number_that_is_no_money_is_refused(name: str, value: str) -> None:
    """The same holds without quotes."""
    payload = QUERIED | {"status": "NEW", "executedQty": "0.4"}
    payload.pop(name, None)
    body = json.dumps(payload)[:-1] + f', "{name}": {value}}}'
    refused_json(body.encode())


@each("name", ["orderId", "status", "origQty", "executedQty", "symbol", "side"])
def test_what_an_order_cannot_be_without(name: str) -> None:
    """Without its id, status, amounts, symbol or side, by absence, null or an empty string, nothing is an order."""
    refused_json(json.dumps({key: value for key, value in DOCUMENTED.items() if key != name}).encode())
    refused({name: None})
    refused({name: ""})


@each("name", IDS)
@each("value", [True, 1.5, [], {}, " ", "a\nb", "a\u202eb", "\u00e9", "1" * 256])
def test_what_is_no_id_is_refused(name: str, value: object) -> None:
    """Ids are printable ASCII text of up to 255 characters, or whole numbers."""
    refused({name: value})


@each("name", TIMES)
@each("value", [True, 1.5, "1701094920045.5", "-1", -1, "soon", [], "\uff11", "1" * 16, 999_999_999_999_999])
def test_what_is_no_time_is_refused(name: str, value: object) -> None:
    """Times are whole ms since 1970, before the year 10000."""
    base = {key: value for key, value in DOCUMENTED.items() if key != "transactTime"}
    refused({name: value}, base)


@each("name", ["status", "side", "symbol", "type", "timeInForce"])
@each("value", [1, True, [], {}, 1.5])
def test_a_word_that_is_no_text_is_refused(name: str, value: object) -> None:
    """Words are text."""
    refused({name: value})


@pytest.mark.parametrize("word", ["LIMIT", "LIMIT_MAKER", "STOP"])
def test_no_other_order_may_lack_its_amount(word: str) -> None:
    """An origQty of 0 on a limit order is a row half written; FILLED beside it would else be believed."""
    refused({"type": word, "origQty": "0", "executedQty": "0.4", "status": "FILLED"})
    refused({"type": word, "origQty": "0"})


@pytest.mark.parametrize("other", ["761", "0", "760.0000000000000001"])
def test_spellings_that_disagree_are_a_doubt(other: str) -> None:
    """Two costs are no cost."""
    changes = {"status": "PARTIALLY_FILLED", "executedQty": "0.4", "cumulativeQuoteQty": "760"}
    refused(changes | {"cummulativeQuoteQty": other})


@each(
    "changes",
    [
        {"status": "PARTIALLY_CANCELED", "executedQty": "0"},
        {"status": "PARTIALLY_CANCELED", "executedQty": "0.000"},
        {"executedQty": "1.1"},
        {"status": "FILLED", "executedQty": "2"},
        {"status": "CANCELED", "executedQty": "0", "cumulativeQuoteQty": "760"},
        {"status": "CANCELED", "executedQty": "0", "avgPrice": "1900"},
    ],
)
def test_a_row_that_contradicts_itself_is_a_doubt(changes: dict[str, str]) -> None:
    """Partly canceled without a fill, more filled than ordered, money without a fill: half written, so unread."""
    refused(changes)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.decimals() | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
odd_numbers = st.sampled_from(["0", "1", "0.5", "2", "sNaN", "NaN", "-0", "1e400", "-1", "", "1e-400"])
odd_words = st.sampled_from([*STATUSES, "BUY", "SELL", "LIMIT", "MARKET", "BTCFDUSD", "X"])


@given(st.dictionaries(st.sampled_from(sorted(set(QUERIED) | set(DOCUMENTED))), junk | odd_numbers | odd_words))
def test_whatever_comes_is_an_order_or_a_doubt(changes: dict[str, Any]) -> None:
    """For any values in any fields, reading ends in a valid order or in UnexpectedPayload, and nothing else."""
    for base in (DOCUMENTED, QUERIED):
        try:
            order = parse_order(base | changes, operation="cancel_order")
        except UnexpectedPayload:
            continue
        assert order.status is not None
        assert {order.id, order.venue_status, order.venue_symbol}.isdisjoint({None, ""})
        assert replace(order, **{field.name: getattr(order, field.name) for field in fields(order)}) == order


@each(
    "result",
    [False, 0, "", {}, [{"orderId": "1"}], [{"orderId": "1", "code": None}], [{"orderId": "1", "code": "0211"}] * 2],
    ids=str,
)
def test_a_batch_cancel_that_says_nothing_readable_is_no_acceptance(result: object) -> None:
    """Documented for "none failed" are the empty list and null; anything else leaves every order in doubt."""
    with pytest.raises(UnexpectedPayload):
        parse_refusals({"code": "0000", "result": result}, ["1", "2"])


@pytest.mark.parametrize("result", [[], None])
def test_none_of_a_batch_failed(result: object) -> None:
    """Both forms stand on the venue's pages."""
    assert parse_refusals({"code": "0000", "result": result}, ["1", "2"]) == {}
