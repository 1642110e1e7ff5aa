"""Numbers of raw rows and of params, as numbers or as texts: read to compare them, never to tell them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def raw_number(value: Any) -> Decimal | None:
    """Return what a value is as a number; None for what is none: nothing, a flag, an empty text."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return None if number.is_snan() else number  # over which any comparison fails


def raw_size(value: Any) -> Decimal | None:
    """Return a number without its sign, by which some exchanges tell the side."""
    number = raw_number(value)
    return None if number is None else number.copy_abs()


def is_zero(value: Any) -> bool:
    """Whether a number, or the text of one, is zero."""
    return raw_number(value) == 0
