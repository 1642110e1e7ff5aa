"""How a caller's number is taken in: exactly, or not at all."""

from __future__ import annotations

import contextlib
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Order
from hk_adapter.model.decimals import exact_difference, to_decimal
from tests.cases import each


@each(
    ("value", "number"),
    [
        ("0.1", Decimal("0.1")),
        ("1e3", Decimal("1E+3")),
        ("-2.50", Decimal("-2.50")),
        (7, Decimal(7)),
        (10**59, Decimal(10**59)),
        (Decimal("1.10"), Decimal("1.10")),
        ("9" * 60, Decimal("9" * 60)),
        ("0." + "0" * 59 + "1", Decimal("1E-60")),
    ],
)
def test_exact_numbers_are_taken_digit_for_digit(value: Any, number: Decimal) -> None:
    """Decimal, int and str give the number that was written, trailing zeros included."""
    assert to_decimal("amount", value).as_tuple() == number.as_tuple()


@given(digits=st.integers(-(10**60) + 1, 10**60 - 1), places=st.integers(0, 60))
def test_sixty_digits_survive_any_context(digits: int, places: int) -> None:
    """No digit of a number of up to 60 digits is lost, whatever the caller's Decimal context is."""
    with localcontext() as context:
        context.prec = 2
        number = to_decimal("amount", f"{digits}E-{places}")
    assert Fraction(number) == Fraction(digits, 10**places)


@each("number", [Decimal("1E+999999"), Decimal("1E-999")], ids=str)
def test_a_long_number_is_long_in_any_context(number: Decimal) -> None:
    """Neither a caller's number nor an order's is taken for a short one where exponents have a small e."""
    with localcontext() as context:
        context.capitals = 0
        with pytest.raises(InvalidArgument, match="at most 60 digits"):
            to_decimal("amount", number)
        with pytest.raises(InvalidArgument, match="amount must be a finite Decimal"):
            Order(id="1", amount=number)


@each("value", [0.1, 1.0, float("nan"), float("inf")], ids=repr)
def test_a_float_is_refused_with_a_hint(value: float) -> None:
    """A float is refused, and the message shows the text to give in its place."""
    with pytest.raises(InvalidArgument, match=f"amount: a float is not exact.*'{value!r}'"):
        to_decimal("amount", value)


@each("value", [True, False, None, b"1", [1], {}, object, 1j, Fraction(1, 2)], ids=repr)
def test_only_exact_kinds_of_numbers_are_taken(value: Any) -> None:
    """Anything but Decimal, int and str is refused, bool included; the message names the argument."""
    with pytest.raises(InvalidArgument, match="amount must be a Decimal, int or str"):
        to_decimal("amount", value)


@each(
    "value",
    [
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "1_000",
        "1,000",
        "\uff11\uff12",
        "\u0661",
        "0x10",
        "1.2.3",
        "one",
        "--1",
        "1e",
        "\x001",
        "1" * 5000,
    ],
    ids=ascii,
)
def test_text_that_is_no_plain_number_is_refused(value: str) -> None:
    """Blanks, underscores, other scripts' digits and everything else that merely resembles a number is refused."""
    with pytest.raises(InvalidArgument, match="amount"):
        to_decimal("amount", value)


@each(
    "value",
    [
        *("NaN", "-nan", "sNaN", "nan123", "Infinity", "-inf"),
        *("1e60", "1e-61", "1e999999", "1e-999999", "1e99999999999999999999", "0e999999"),
        *(10**60, 10**5000, -(10**60)),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e60"), Decimal("1e-61")),
    ],
    ids=lambda value: ascii(value) if not isinstance(value, int) else f"int of {value.bit_length()} bits",
)
def test_numbers_that_are_no_money_are_refused(value: Any) -> None:
    """NaN, infinities and more than 60 digits on either side of the point are refused, at once."""
    with pytest.raises(InvalidArgument, match="amount"):
        to_decimal("amount", value)


@given(text=st.text(max_size=200))
def test_any_text_is_a_number_or_an_invalid_argument(text: str) -> None:
    """Whatever text comes in, the only error that comes out is InvalidArgument."""
    with contextlib.suppress(InvalidArgument):
        assert to_decimal("amount", text).is_finite()


@given(left=st.integers(0, 10**60 - 1), right=st.integers(0, 10**60 - 1), places=st.integers(0, 60))
def test_the_difference_is_exact(left: int, right: int, places: int) -> None:
    """Subtracting never rounds, also where the points are 60 digits apart."""
    difference = exact_difference(Decimal(left), Decimal(f"{right}E-{places}"))
    assert Fraction(difference) == left - Fraction(right, 10**places)
