"""Reads what is ours in ccxt's ``options``: a program with no place for them gives them as text (``--option``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import ConfigurationError

_DIGITS = re.compile(r"[0-9]{1,9}")
_FILLED_FIRST = ("return", "raise")


def raises_filled_first(options: Mapping[str, Any]) -> bool:
    """Whether an order that filled first is to be raised. ConfigurationError for another word than the two."""
    word = options.get("filledFirst") or "return"
    if word not in _FILLED_FIRST:
        raise ConfigurationError(f"the option filledFirst must be one of {', '.join(_FILLED_FIRST)}, not {word!r}")
    return bool(word == "raise")


def budget(options: Mapping[str, Any]) -> Any:
    """Give the budget as ``connect`` takes it; the text "None" is None."""
    given = options.get("budget", "unlimited")
    return None if _is_none(given) else given


def plugins(options: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the wrappers as ``connect`` takes them; a text names them with commas between."""
    given = options.get("plugins")
    if _is_none(given):
        return ()
    if isinstance(given, str):
        return tuple(name.strip() for name in given.split(",") if name.strip())
    if not isinstance(given, list | tuple):
        raise ConfigurationError(f"the option plugins must be a list or a text, not {type(given).__name__}")
    return tuple(given)


def recv_window(options: Mapping[str, Any]) -> Any:
    """Give the window in ms as ``connect`` takes it, which checks it; None where none is given."""
    given = options.get("recvWindow")
    if _is_none(given):
        return None
    if (isinstance(given, float) and given.is_integer()) or (isinstance(given, str) and _DIGITS.fullmatch(given)):
        return int(given)
    return given


def _is_none(given: Any) -> bool:
    return given is None or given in ("", "None", "none")
