"""Exact decimal numbers: taken in without loss, and subtracted without rounding."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any

from hk_adapter.errors import InvalidArgument

MAX_DIGITS = 60
"""Longest number taken, in digits before or after the point: far above any venue's, and cheap to compute with."""

_EXACT = Context(prec=4 * MAX_DIGITS, traps=[Inexact, InvalidOperation, Overflow])


def is_plain(value: Decimal) -> bool:
    """Whether a number is finite and short enough to be money."""
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -MAX_DIGITS <= exponent <= MAX_DIGITS and value.adjusted() < MAX_DIGITS


def exact_difference(left: Decimal, right: Decimal) -> Decimal:
    """Subtract without rounding."""
    return _EXACT.subtract(left, right)


def to_decimal(name: str, value: Any) -> Decimal:
    """Take a caller's number, given as Decimal, int or str, exactly.

    Raises InvalidArgument for floats (their digits are not what was typed), booleans, text that is no
    number, NaN, infinities and numbers of over 60 digits.
    """
    if isinstance(value, float):
        raise InvalidArgument(f"{name}: a float is not exact; give Decimal, int or str, such as {str(value)!r}")
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise InvalidArgument(f"{name} must be a Decimal, int or str, not {type(value).__name__}")
    if isinstance(value, str) and not _is_number_text(value):
        raise InvalidArgument(f"{name} is not a number: {value[:40]!r}")
    number = Decimal(value)
    if not is_plain(number):
        raise InvalidArgument(f"{name} must be finite and of at most {MAX_DIGITS} digits")
    return number


def _is_number_text(text: str) -> bool:
    if len(text) > 2 * MAX_DIGITS or not text.isascii() or "_" in text or text != text.strip():
        return False
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True
