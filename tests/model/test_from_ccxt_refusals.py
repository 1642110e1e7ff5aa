"""ccxt's order dict, where it cannot be taken: InvalidArgument, and nothing else."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Order
from tests.cases import each

BASE: dict[str, Any] = {"id": "1", "symbol": "ETH/USD", "side": "buy", "status": "open", "amount": 2.0, "filled": 1.0}
NUMBERS = (
    "price",
    "triggerPrice",
    "stopPrice",
    "takeProfitPrice",
    "stopLossPrice",
    "average",
    "amount",
    "filled",
    "remaining",
    "cost",
)
NO_NUMBERS = [
    float("nan"),
    float("inf"),
    -float("inf"),
    True,
    "NaN",
    "Infinity",
    "one",
    " 1",
    "1_0",
    [],
    {},
    b"1",
    1j,
    1e300,
    10**99,
]
TIMES = ("timestamp", "lastTradeTimestamp", "lastUpdateTimestamp")
NO_TIMES = [True, "1701094949000", 1.5, -1, float("nan"), float("inf"), 1e300, 10**30, []]
TEXTS = ("id", "clientOrderId", "symbol", "type", "timeInForce")
BAD_VALUES: dict[str, list[Any]] = {
    "status": ["NEW", "OPEN", "", 5, True, [], {}, "pending_new"],
    "side": ["BUY", "short", "", 5, True, [], {}],
    "postOnly": ["true", 1, 0, []],
    "reduceOnly": ["true", 1, 0, []],
    "trades": [
        *(5, "trades", {}, {"id": "1"}, [5], [None], [[]], True),
        *([{"id": 5}], [{"id": "t", "price": float("nan")}], [{"id": "t", "amount": -1.0}]),
        *([{"id": "t", "side": "hold"}], [{"id": "t", "timestamp": "now"}]),
    ],
    "fees": [5, "fees", {"cost": 1}, [5], [None], True],
    "fee": [
        *(5, "fee", [5], True, {"cost": 1.0, "currency": 5}),
        *({"cost": float("nan")}, {"cost": True}, {"cost": "x"}, {"cost": []}),
    ],
}
EXCHANGE = ccxt.Exchange()


@each("data", [None, 5, "order", [BASE], [("id", "1")], True])
def test_what_is_no_dict_is_refused(data: Any) -> None:
    """Only a mapping is an order."""
    with pytest.raises(InvalidArgument):
        Order.from_ccxt(data)


@each("key", NUMBERS)
@each("value", NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_a_bad_number_is_refused(key: str, value: Any) -> None:
    """NaN, infinity, bool, odd text, overlong numbers and other types are refused by key, wherever they stand."""
    with pytest.raises(InvalidArgument, match=key):
        Order.from_ccxt(BASE | {key: value})


@each("key", ["price", "triggerPrice", "average", "amount", "filled", "cost"])
@each("value", [-1, -0.5, "-1", Decimal(-1)], ids=repr)
def test_a_negative_number_is_refused(key: str, value: Any) -> None:
    """No amount or price of an order is below zero."""
    with pytest.raises(InvalidArgument):
        Order.from_ccxt(BASE | {key: value})


@each("key", TIMES)
@each("value", NO_TIMES, ids=repr)
def test_a_bad_time_is_refused(key: str, value: Any) -> None:
    """A time is whole ms UTC that have a date."""
    with pytest.raises(InvalidArgument):
        Order.from_ccxt(BASE | {key: value})


@each("key", TEXTS)
@each("value", [5, 5.0, True, b"x", ["x"], {}], ids=repr)
def test_a_word_that_is_no_text_is_refused(key: str, value: Any) -> None:
    """Ids and words are str."""
    with pytest.raises(InvalidArgument, match=key):
        Order.from_ccxt(BASE | {key: value})


@each(
    ("key", "value"),
    [(key, value) for key, values in BAD_VALUES.items() for value in values],
    ids=repr,
)
def test_a_bad_field_is_refused(key: str, value: Any) -> None:
    """Unknown words and wrong types are InvalidArgument and nothing else, at every depth."""
    with pytest.raises(InvalidArgument):
        Order.from_ccxt(BASE | {key: value})


@each(
    "change",
    [{"filled": 3.0}, {"filled": 0.0, "average": 5.0}, {"id": None}, {"id": ""}, {"filled": None, "remaining": 3.0}],
    ids=repr,
)
def test_contradictions_are_refused(change: dict[str, Any]) -> None:
    """What cannot be true of one order is not taken for one."""
    with pytest.raises(InvalidArgument):
        Order.from_ccxt(BASE | change)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=3)
    | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "cost", "price"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = sorted(EXCHANGE.safe_order({"info": {}}))


@given(data=st.dictionaries(st.sampled_from(KEYS), JUNK))
def test_any_junk_is_an_order_or_an_invalid_argument(data: dict[str, Any]) -> None:
    """Whatever stands under the keys, only InvalidArgument comes out; an order taken can be given back."""
    try:
        order = Order.from_ccxt({"id": "1"} | data)
    except InvalidArgument:
        return
    assert not math.isnan(order.to_ccxt()["price"] or 0.0)
