"""Where ccxt would lose or refuse an exact number, or change how the bot's own are rounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from itertools import islice
from typing import Any

import msgspec

from hk_adapter.model.decimals import own_context

_JSON = msgspec.json.Encoder(decimal_format="number")
_LONG_NUMBER = re.compile(r"[\d.]{16}")
"""What is shorter, a float holds."""
_OBJECT_OR_LIST = ("{", "[")
_TEXTS = (str, float, int, Decimal)
"""What a text is made of; of what is anything else, older releases of ccxt make one, too: ``"True"``, ``"['41']"``."""
_DIGITS = re.compile(r"-?[0-9]{1,100}", re.ASCII)


class ExactNumbers:
    """Stands before ccxt's class: its readers and its JSON take Decimals, and are the same with every release of ccxt.

    Newer ones take numbers as float, int and str only where they read their own dicts again: an exact price would be
    None there. Older ones make a text of anything, true and a list too.
    """

    def safe_string(self, found: Any, key: Any, default: Any = None) -> Any:
        """Read a text, or a number as text."""
        return _text_among(_there(found, (key,)), default)

    def safe_string_2(self, found: Any, key: Any, other: Any, default: Any = None) -> Any:
        """Read the first of two."""
        return _text_among(_there(found, (key, other)), default)

    def safe_string_n(self, found: Any, keys: Any, default: Any = None) -> Any:
        """Read the first of several that is there, whatever the others are."""
        return _text_among(islice(_there(found, keys), 1), default)

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
        """Read a JSON object or list, but no number as another: what no float holds is text; None for anything else.

        What ccxt reads with depends on its release and on what is installed: one reader makes floats of the digits of
        long amounts, and of whole numbers over 64 bits: ids. Another makes a text of every number: 41.5 of an id.
        """
        if not (isinstance(text, str) and text.startswith(_OBJECT_OR_LIST)):
            return None
        try:
            return (_EXACT_READER if _LONG_NUMBER.search(text) else _READER).decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
            return None

    def json(self, data: Any, params: Any = None) -> str:
        """Write JSON, exact numbers digit by digit: ccxt refuses them, or writes an excuse in their place.

        Raises TypeError for what is no JSON.
        """
        return _JSON.encode(data).decode()

    def iso8601(self, timestamp: Any = None) -> Any:
        """Write ms UTC as ccxt does; None for a moment that no calendar has, over which older releases fail."""
        try:
            return super().iso8601(timestamp)  # type: ignore[misc]
        except ValueError:
            return None


def _read_number(text: str) -> float | str:
    number = float(text)
    exact = Decimal(text)
    return number if Decimal(repr(number)) == exact else format(exact, "f")


_EXACT_READER = msgspec.json.Decoder(float_hook=_read_number)
_READER = msgspec.json.Decoder()


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
    value = next(_there(found, keys), None)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _text_among(values: Iterable[Any], default: Any) -> Any:
    """Return the first text or number as text; the default where there is none."""
    for value in values:
        if type(value) in _TEXTS:
            return format(value, "f") if isinstance(value, Decimal) else str(value)
    return default


def _there(found: Any, keys: Iterable[Any]) -> Iterator[Any]:
    """Return what stands at some keys; nothing and an empty text do not."""
    for key in keys:
        try:
            value = found[key]
        except (LookupError, TypeError):
            continue
        if value is not None and value != "":
            yield value
