"""Where ccxt would lose or refuse an exact number, or change how the bot's own are rounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from typing import Any

import msgspec

from hk_adapter.model.decimals import own_context

_EXACT_JSON = msgspec.json.Encoder(decimal_format="number")
_LONG_NUMBER = re.compile(r"[\d.]{16}")
"""What is shorter, a float holds."""
_DIGITS = re.compile(r"-?[0-9]{1,100}", re.ASCII)


class ExactNumbers:
    """Stands before ccxt's class: its readers and its JSON take Decimals.

    Newer releases of ccxt take numbers as float, int and str only where they read their own dicts again: an exact
    price would be None there. 4.5.28 took any.
    """

    def safe_string(self, found: Any, key: Any, default: Any = None) -> Any:
        """Read a text, or a number as text."""
        exact = _decimal_text(found, (key,))
        return super().safe_string(found, key, default) if exact is None else exact  # type: ignore[misc]

    def safe_string_2(self, found: Any, key: Any, other: Any, default: Any = None) -> Any:
        """Read the first of two."""
        exact = _decimal_text(found, (key, other))
        return super().safe_string_2(found, key, other, default) if exact is None else exact  # type: ignore[misc]

    def safe_string_n(self, found: Any, keys: Any, default: Any = None) -> Any:
        """Read the first of several."""
        exact = _decimal_text(found, keys)
        return super().safe_string_n(found, keys, default) if exact is None else exact  # type: ignore[misc]

    def safe_integer(self, found: Any, key: Any, default: Any = None) -> Any:
        """Read a whole number, all digits of it: ccxt goes by a float, which has 15."""
        exact = _whole(found, (key,))
        return super().safe_integer(found, key, default) if exact is None else exact  # type: ignore[misc]

    def safe_integer_2(self, found: Any, key: Any, other: Any, default: Any = None) -> Any:
        """Read the first of two."""
        exact = _whole(found, (key, other))
        return super().safe_integer_2(found, key, other, default) if exact is None else exact  # type: ignore[misc]

    def safe_integer_n(self, found: Any, keys: Any, default: Any = None) -> Any:
        """Read the first of several."""
        exact = _whole(found, keys)
        return super().safe_integer_n(found, keys, default) if exact is None else exact  # type: ignore[misc]

    def parse_to_int(self, number: Any) -> Any:
        """Make a whole number of a text or another number; of an order's id, its own."""
        exact = _whole((number,), (0,))
        return super().parse_to_int(number) if exact is None else exact  # type: ignore[misc]

    def parse_json(self, text: Any) -> Any:
        """Read JSON, but no number as another: what no float holds is text, as ccxt reads every number in JavaScript.

        The reader that ccxt takes makes floats of the digits of long amounts, and of whole numbers over 64 bits: ids.
        """
        if isinstance(text, str) and text.startswith(("{", "[")) and _LONG_NUMBER.search(text):
            try:
                return _EXACT_READER.decode(text)
            except msgspec.MsgspecError:
                pass  # ccxt's reader may take it all the same
        return super().parse_json(text)  # type: ignore[misc]

    def json(self, data: Any, params: Any = None) -> str:
        """Write JSON; exact numbers, which ccxt's encoder refuses, digit by digit."""
        try:
            return str(super().json(data, params))  # type: ignore[misc]
        except TypeError:
            return _EXACT_JSON.encode(data).decode()


def _read_number(text: str) -> float | str:
    number = float(text)
    exact = Decimal(text)
    return number if Decimal(repr(number)) == exact else format(exact, "f")


_EXACT_READER = msgspec.json.Decoder(float_hook=_read_number)


_CCXTS_DIGITS = 28
"""Python's own default, by which ccxt reckons."""
_CCXTS = own_context(DivisionByZero, InvalidOperation, Overflow, digits=_CCXTS_DIGITS)


def sheltered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a function and the bot's decimal context apart.

    ccxt's rounding would stay behind in the bot's, and by one of few digits ccxt would write another amount.
    """

    def sheltered(*arguments: Any, **keywords: Any) -> Any:
        with localcontext(_CCXTS):
            return function(*arguments, **keywords)

    return sheltered


def _whole(found: Any, keys: Iterable[Any]) -> int | None:
    """Return the first value that is there, if it is a whole number or the digits of one; None for anything else."""
    for key in keys:
        try:
            value = found[key]
        except (LookupError, TypeError):
            continue
        if value is None or value == "":
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None
    return None


def _decimal_text(found: Any, keys: Iterable[Any]) -> str | None:
    """Write the first value that is there, if it is a Decimal; None for anything else."""
    for key in keys:
        try:
            value = found[key]
        except (LookupError, TypeError):
            continue
        if value is not None and value != "":
            return format(value, "f") if isinstance(value, Decimal) else None
    return None
