"""Exact numbers: the context every computation runs under, numbers in, and numbers out as text."""

from __future__ import annotations

from decimal import Context, Decimal, DecimalException, DivisionByZero, Inexact, InvalidOperation, Overflow

# Sums and products of what the venue lets in need far fewer digits; a rounding would be lost money, so it raises.
EXACT = Context(prec=100, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])

ZERO = Decimal(0)

_MOST = Decimal("1e24")
_FINEST = -24


def plain(number: Decimal) -> str:
    """Write a number as the documents' samples do: no exponent, no needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: Decimal | int | str, name: str) -> Decimal:
    """Read a Decimal, int or text as an exact amount of 0 or more; ValueError for anything else, floats included."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise ValueError(  # noqa: TRY004 - one kind of error for every wrong argument
            f"{name} must be a Decimal, int or str, not {type(value).__name__}: {value!r}"
        )
    try:
        number = Decimal(value)
    except DecimalException as error:
        raise ValueError(f"{name} is not a number: {value!r}") from error
    if not number.is_finite() or not ZERO <= number <= _MOST or int(number.as_tuple().exponent) < _FINEST:
        raise ValueError(f"{name} must be between 0 and 1e24 with at most 24 decimals: {value!r}")
    return number
