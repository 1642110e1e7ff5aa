"""A field is read exactly, or the answer is a doubt."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.parsing import Fields, SaidTwice, exact_product, exact_sum, reading
from tests.cases import each

ROW = Fields(
    {
        "price": "1900.10", "none": None, "empty": "", "zero": 0, "id": 9007199254740993, "side": "b",
        "made": 1790000000000, "opened": Decimal("1790000000.1239"), "coin": "eth", "more": {"fee": "0.1"}, "rows": [1],
        "live": True,
    }
)  # fmt: skip


@each(
    ("read", "value"),
    [
        (ROW.number("price"), Decimal("1900.10")),
        (ROW.above_zero("zero"), None),
        (ROW.id("id"), "9007199254740993"),
        (ROW.whole("id"), 9007199254740993),
        (ROW.word("side", {"b": hk.OrderSide.BUY}), hk.OrderSide.BUY),
        (ROW.time("made"), 1790000000000),
        (ROW.seconds("opened"), 1790000000123),
        (ROW.maybe_seconds("zero"), None),
        (ROW.code("coin"), "ETH"),
        (ROW.object("more").amount("fee"), Decimal("0.1")),
        (ROW.maybe_object("none").maybe_number("fee"), None),
        (ROW.rows("rows"), [1]),
        (ROW.flag("live"), True),
    ],
)
def test_what_is_there(read, value):
    """Each reader gives its kind."""
    assert read == value
    assert type(read) is type(value)


@each("name", ["none", "empty", "nowhere"])
def test_what_is_absent(name):
    """Null, empty text and no field are the same: the twin gives None, the reader refuses."""
    assert not ROW.has(name)
    for kind in ("number", "amount", "text", "id", "time", "flag", "seconds"):
        assert getattr(ROW, f"maybe_{kind}")(name) is None
        with pytest.raises(hk.InvalidArgument, match=f"{name} is missing"):
            getattr(ROW, kind)(name)


@each(
    ("kind", "value"),
    [
        *[("number", wrong) for wrong in (0.1, "NaN", "Infinity", True, "1_000", "one", [], Decimal("NaN"))],
        *[("amount", wrong) for wrong in ("-1", Decimal(-1))],
        *[("id", wrong) for wrong in (True, 1.5, " ", "a\nb", "x" * 256, [])],
        *[("time", wrong) for wrong in ("soon", -1, 1.5, 10**15, True)],
        *[("seconds", wrong) for wrong in ("soon", -1, 1.5, 10**12, True)],
        *[("whole", wrong) for wrong in ("1", True, 1.0, Decimal(1))],
        *[("flag", wrong) for wrong in ("true", 1, 0)],
        *[("text", wrong) for wrong in (1, [], {})],
        *[("code", wrong) for wrong in ("E/T", "\u00e9")],
        *[("rows", wrong) for wrong in ({}, "rows")],
        *[("object", wrong) for wrong in ([], "more", 1)],
    ],
)
def test_what_is_of_another_kind(kind, value):
    """A reader takes its kind alone: no float, no NaN, no truth value for a number."""
    with pytest.raises(hk.UnexpectedPayload), reading("an order", "lagoon"):
        getattr(Fields({"field": value}), kind)("field")


def test_an_unknown_word():
    """A word that the table lacks is no guess."""
    with pytest.raises(hk.InvalidArgument, match="unknown side 'b'"):
        ROW.word("side", {"buy": hk.OrderSide.BUY})


def test_a_word_that_is_a_number():
    """A code that a venue writes as a JSON number is looked up by its digits; another kind of value is no word."""
    sides = {"1": hk.OrderSide.BUY, "2": hk.OrderSide.SELL}
    assert [Fields({"dir": one}).word("dir", sides) for one in (2, "2")] == [hk.OrderSide.SELL] * 2
    for wrong in (True, 1.0, Decimal(1), [1], 3):
        with pytest.raises(hk.InvalidArgument):
            Fields({"dir": wrong}).word("dir", sides)


@each("payload", [None, [], "text", 1, SaidTwice("id", {})])
def test_what_is_no_object(payload):
    """Only a JSON object has fields."""
    with pytest.raises(hk.InvalidArgument):
        Fields(payload)


@each("error", [ValueError("x"), KeyError("gone"), IndexError(0), ArithmeticError(), hk.InvalidArgument("x")])
def test_reading_makes_a_doubt(error):
    """What an answer can cause is UnexpectedPayload, of the venue, with what was being read, and chained."""
    with pytest.raises(hk.UnexpectedPayload, match=r"^lagoon: not a fill: ") as caught, reading("a fill", "lagoon"):
        raise error
    assert caught.value.__cause__ is error
    assert caught.value.venue == "lagoon"
    assert caught.value.request_state == "unknown"


@each("error", [TypeError(), AttributeError(), RuntimeError(), hk.OrderNotFound("none"), KeyboardInterrupt()])
def test_reading_lets_pass(error):
    """A fault of the plugin's own, and what is an error of ours already, stay what they are."""
    with pytest.raises(type(error)) as caught, reading("a fill", "lagoon"):
        raise error
    assert caught.value is error


def test_records_refuse_inside_reading():
    """What a record cannot be, such as filled above the amount, is a doubt too."""
    with pytest.raises(hk.UnexpectedPayload, match="filled 2 is above the amount 1"), reading("an order", "lagoon"):
        hk.Order(id="1", amount=Decimal(1), filled=Decimal(2))


def test_sums_and_products_are_exact():
    """No digit is rounded away, whatever the caller's own decimal context."""
    digits = 10**40 + 7
    number = Decimal(f"1.{7:040}")
    assert exact_product(number, number).as_tuple().digits == Decimal(digits**2).as_tuple().digits
    assert exact_sum(number, Decimal("1E-50")).as_tuple().digits == Decimal(digits * 10**10 + 1).as_tuple().digits


@each("reader", ["number", "maybe_number", "amount", "maybe_amount"])
@each("written", ["-0", "-0.00", Decimal("-0.0"), 0])
def test_minus_nothing_is_nothing(reader, written):
    """No number that is read has the sign of -0, which would go out again in an order."""
    assert not getattr(Fields({"a": written}), reader)("a").is_signed()
