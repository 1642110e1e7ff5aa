"""Checks of what a caller hands in, made before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import ids
from hk_adapter.model.enums import Wait
from hk_adapter.model.frozen import frozen
from hk_adapter.model.numbers import whole

W = TypeVar("W", bound=StrEnum)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_ID_LIMIT = 10**60
"""Python refuses to write far longer ints; venues' ids have 20 digits."""


def order_id(name: str, value: Any) -> str | None:
    """Take an id given as str, or as a non-negative int; None stays None.

    Refused too is what a venue could read as another id, or as several (``ids.py``).
    """
    number = whole(value)
    if number is not None:
        if not 0 <= number < _ID_LIMIT:
            raise InvalidArgument(f"{name} must not be negative, nor longer than 60 digits")
        return str(number)
    text = printable_text(name, value)
    if text is not None:
        ids.check_order_id(name, text)
    return text


def client_order_id(name: str, value: Any) -> str | None:
    """Take a client's id, unless a venue could read it as another, or as several (``ids.py``); None stays None."""
    text = printable_text(name, value)
    if text is not None:
        ids.check_client_order_id(name, text)
    return text


def printable_text(name: str, value: Any) -> str | None:
    """Take non-blank printable ASCII text without blanks at its ends; None stays None."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidArgument(f"{name} must be a str, not {type(value).__name__}")
    text: str = str.__str__(value)  # the text itself, whatever a class of the caller's makes of it
    if not text.strip():
        raise InvalidArgument(f"{name} is empty")
    if not text.isascii() or not text.isprintable():
        raise InvalidArgument(f"{name} must be printable ASCII: {text[:40]!r}")
    if text != text.strip():
        raise InvalidArgument(f"{name} has blanks around it: {text[:40]!r}")
    if text.startswith("-") and text[1:].isdigit():
        raise InvalidArgument(f"{name} must not be negative: {text[:40]!r}")
    return text


def wait(value: Any) -> Wait:
    """Take ``final`` or ``ack``."""
    try:
        return Wait(value)
    except ValueError:
        raise InvalidArgument(f"wait must be 'final' or 'ack', not {value!r}") from None


def timeout(value: Any, default: float) -> float:
    """Take a positive number of seconds; None is the default."""
    if value is None:
        return default
    counted = whole(value)
    if counted is None and not isinstance(value, float):
        raise InvalidArgument(f"timeout must be a number of seconds, not {value!r}")
    try:
        seconds = float(value if counted is None else counted)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds) or seconds <= 0:
        raise InvalidArgument("timeout must be a finite number of seconds above 0")
    return seconds


def params(value: Any) -> Mapping[str, Any]:
    """Take ccxt's ``params`` mapping, frozen all the way down; None is empty."""
    if value is None:
        return _NOTHING
    if not isinstance(value, Mapping):
        raise InvalidArgument(f"params must be a mapping, not {type(value).__name__}")
    for key in value:
        if not isinstance(key, str):
            raise InvalidArgument(f"params: keys must be str, not {key!r}")
    taken: Mapping[str, Any] = frozen(value)
    return taken


def word(name: str, value: Any, words: type[W]) -> W:
    """Take one of an enum's words, in any case."""
    if isinstance(value, str):
        for known in words:
            if value.lower() == known.value.lower():
                return known
    raise InvalidArgument(f"{name} must be one of {', '.join(known.value for known in words)}, not {value!r}")


def optional_word(name: str, value: Any, words: type[W]) -> W | None:
    """Take one of an enum's words, in any case; None stays None."""
    return None if value is None else word(name, value, words)


def flag(name: str, value: Any) -> bool:
    """Take True or False."""
    if not isinstance(value, bool):
        raise InvalidArgument(f"{name} must be True or False, not {value!r}")
    return value
