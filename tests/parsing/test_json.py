"""JSON keeps every digit on the way in and on the way out, and is not believed where it contradicts itself."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hk_adapter as hk
from hk_adapter.parsing import Fields, SaidTwice, read_json, reading, write_json
from tests.cases import each

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**20), max_value=10**20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text() | NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@each("text", ["0.1", "1e-8", "0.10000000000000000001", "123456789012345678901234567890.5"])
def test_digits_are_kept(text):
    """A number with a point is the Decimal of its digits."""
    assert read_json(f'{{"price": {text}}}'.encode())["price"] == Decimal(text)


def test_a_long_id_is_kept():
    """A whole number beyond what a float holds is an int."""
    assert read_json(b'{"id": 9007199254740993}') == {"id": 9007199254740993}


@each("body", [b"", b"<html>", b'{"a": NaN}', b'{"a": 1', b"\xff", b"[" * 40 + b"]" * 40])
def test_what_is_no_json(body):
    """Nothing is read of it, and as an object it is refused."""
    assert read_json(body) is None
    with (
        pytest.raises(hk.UnexpectedPayload, match="lagoon: not an order: no JSON object"),
        reading("an order", "lagoon"),
    ):
        Fields(read_json(body))


@each("body", [b'{"id": "1", "id": "2"}', b'{"order": {"id": "1", "id": "2"}}'])
def test_a_field_that_is_said_twice(body):
    """The object that says two things is none, nor is what has it; what it names is told."""
    payload = read_json(body)
    assert isinstance(payload, SaidTwice)
    with pytest.raises(hk.UnexpectedPayload, match="it says id twice, and not the same"), reading("an order", "lagoon"):
        Fields(payload)


def test_a_field_that_is_said_twice_the_same():
    """The same words twice are one."""
    assert read_json(b'{"id": "1", "id": "1"}') == {"id": "1"}


def test_a_row_that_says_two_things_spoils_no_other_row():
    """In a list at the top, each row stands by itself."""
    first, second = read_json(b'[{"id": "1", "id": "2"}, {"id": "3"}]')
    assert isinstance(first, SaidTwice)
    assert second == {"id": "3"}


def test_more_than_was_asked_for():
    """A longer list than the largest page is refused."""
    with pytest.raises(hk.InvalidArgument, match="3 rows, for at most 2"):
        read_json(b"[1, 2, 3]", rows=2)


@given(VALUES)
def test_what_is_written_is_what_is_read(value):
    """Any value goes out and comes back with every digit, and Python's own reader agrees."""
    body = write_json(value)
    assert body.isascii()
    assert json.loads(body, parse_float=Decimal) == value


@each(
    ("value", "body"),
    [
        (Decimal("1E-7"), b"0.0000001"),
        (Decimal("1E+3"), b"1000"),
        (Decimal("0.10"), b"0.10"),
        ({"a": (Decimal(1), "\u20ac", None, True, 5)}, b'{"a":[1,"\\u20ac",null,true,5]}'),
    ],
)
def test_a_body(value, body):
    """Numbers are plain digits, text is ASCII, and nothing stands between."""
    assert write_json(value) == body


@each("value", [0.1, Decimal("NaN"), Decimal("Infinity"), float("nan"), {1: 2}, b"x", object(), {1, 2}])
def test_what_is_not_exact_is_not_written(value):
    """A float is refused with the way out, as is what JSON does not have."""
    with pytest.raises(hk.InvalidArgument):
        write_json({"value": [value]})
