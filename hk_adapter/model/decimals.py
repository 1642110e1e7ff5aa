"""Exact decimal numbers: taken in without loss, and subtracted or multiplied without rounding."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.true_class import class_name

MAX_DIGITS = 60
"""Longest number taken, in digits before or after the point: far above any venue's, and cheap to compute with."""

_PLAIN = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,29})?")
FIRST_MOMENT = 10**12
"""Ms UTC, in 2001: an earlier time is none that an order can have, but one in seconds, or a word for none."""

_TRUTHS = frozenset({"bool", "bool_"})
"""How numpy and its like name their truth values; older ones count as ints."""

_NEVER_WHOLE = (str, bool, bytes)
_TOO_LARGE = 10**MAX_DIGITS
_MOST_EXPONENT = 999_999


def own_context(*traps: type[DecimalException], digits: int = 4 * MAX_DIGITS) -> Context:
    """Return a context in which the program's own has no say, nor ``decimal.DefaultContext``.

    Whoever computes with money sets theirs: few digits, other rounding, an error for whatever is inexact.
    """
    return Context(
        prec=digits,
        rounding=ROUND_HALF_EVEN,
        Emin=-_MOST_EXPONENT,
        Emax=_MOST_EXPONENT,
        capitals=1,
        clamp=0,
        flags=[],
        traps=list(traps),
    )


_EXACT = own_context(Inexact, InvalidOperation, Overflow)
_UNTRAPPED = own_context()
_written = _UNTRAPPED.to_sci_string
"""A number's text, with a capital E where it has an exponent: ``str`` has a small one in some programs' contexts."""


def is_plain(value: Decimal) -> bool:
    """Whether a number is finite and short enough to be money."""
    if not value.is_finite():
        return False
    text = _written(value)
    if len(text) <= MAX_DIGITS and "E" not in text:
        return True  # as nearly all are; the digits of the others are looked at one by one
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -MAX_DIGITS <= exponent <= MAX_DIGITS and value.adjusted() < MAX_DIGITS


def are_plainly_money(numbers: Iterable[Any]) -> bool:
    """Whether the texts of numbers, None aside, show by themselves that they are money and not negative.

    Those of nearly all do; of one that does not, nothing is said.
    """
    for value in numbers:
        if value is None:
            continue
        if type(value) is not Decimal:
            return False
        text = _written(value)
        if not "0" <= text < ":" or "E" in text or len(text) > MAX_DIGITS:
            return False
    return True


def exact_difference(left: Decimal, right: Decimal) -> Decimal:
    """Subtract without rounding."""
    return _EXACT.subtract(left, right)


def exact_product(left: Decimal, right: Decimal) -> Decimal:
    """Multiply two numbers of at most 60 digits without rounding, whatever the caller's decimal context."""
    return _EXACT.multiply(left, right)


def exact_sum(left: Decimal, right: Decimal) -> Decimal:
    """Add two numbers of at most 60 digits without rounding, whatever the caller's decimal context."""
    return _EXACT.add(left, right)


def without_zeros(value: Decimal) -> Decimal:
    """Drop the zeros at a number's end, of 240 digits at most: two ways to write one number are the same then."""
    return _UNTRAPPED.normalize(value)


def whole(value: Any) -> int | None:
    """Read an int, or what Python itself counts with as one (``__index__``, as numpy's ints have); else None.

    A truth value is no number, whoever made its class.
    """
    if issubclass(type(value), int) and not issubclass(type(value), bool):
        return int(int.__index__(value))
    if issubclass(type(value), _NEVER_WHOLE) or class_name(value) in _TRUTHS:
        return None
    try:
        return int(int.__index__(operator.index(value)))
    except Exception:  # noqa: BLE001 - an object of the caller's raises what it will, and is no number then
        return None


def number_text(value: Decimal) -> str:
    """Write a number in plain digits, as a venue reads it: ``0.0000001``, never ``1E-7``."""
    return f"{value:f}"


def writer(number: Any) -> Any:
    """Return what makes a number from its Decimal; ``str`` writes plain digits."""
    return number_text if number is str else number


def to_decimal(name: str, value: Any) -> Decimal:
    """Read a caller's number, given as Decimal, int or str, exactly.

    Raises InvalidArgument for floats (their digits are not what was typed), booleans, text that is no
    number, NaN, infinities and numbers of over 60 digits.
    """
    if type(value) is str and len(value) <= MAX_DIGITS and (plain := plain_number(value)) is not None:
        return plain  # as nearly all are; what is checked below holds of these
    if issubclass(type(value), float):
        raise InvalidArgument(
            f"{name}: a float is not exact; give Decimal, int or str, such as {float.__repr__(value)!r}"
        )
    number = _of_text(name, str.__str__(value)) if issubclass(type(value), str) else _of_number(name, value)
    if not is_plain(number):
        raise InvalidArgument(f"{name} must be finite and of at most {MAX_DIGITS} digits")
    return number


@lru_cache(4096)
def plain_number(text: str) -> Decimal | None:
    """Read a number in plain digits, without a sign; None for what is none. The same few come again and again.

    Give it no text longer than ``MAX_DIGITS``: it is remembered.
    """
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _of_number(name: str, value: Any) -> Decimal:
    counted = whole(value)
    if counted is None and not issubclass(type(value), Decimal):
        raise InvalidArgument(f"{name} must be a Decimal, int or str, not {class_name(value)}")
    if counted is not None and abs(counted) >= _TOO_LARGE:  # a far longer one takes minutes to be written
        raise InvalidArgument(f"{name} must be finite and of at most {MAX_DIGITS} digits")
    return Decimal(value if counted is None else counted)


def _of_text(name: str, text: str) -> Decimal:
    try:
        if len(text) <= 2 * MAX_DIGITS and text.isascii() and "_" not in text and text == text.strip():
            return Decimal(text)
    except InvalidOperation:
        pass
    raise InvalidArgument(f"{name} is not a number: {text[:40]!r}")
