"""What an id may look like at any venue: one that could be read as another, or as several, names no order.

Ids travel in lists, in paths, in queries and through parsers that nobody has seen. A comma splits a list, a slash a
path; a plus becomes a space, a percent sign another character, where a text is decoded once too often; blanks are
trimmed, and ``0x1F``, ``1e3``, ``1_0`` and ``007`` are numbers that are written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hk_adapter.errors import InvalidArgument

_ORDER_ID = re.compile(r"[A-Za-z0-9._:@~-]+", re.ASCII)
_PLAIN_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)
_CLIENT_ID = re.compile(r"[A-Za-z0-9._:@~/-]+", re.ASCII)
_STEPS = re.compile(r"(?:^|/)\.*(?:/|$)", re.ASCII)
"""A part of a path that names no place of its own."""
_WORDS = frozenset({"all", "none", "null", "undefined", "nan", "true", "false"})
"""They name every order, or none."""
_LONGEST_NUMBER = 20
"""Digits of the largest whole number that machines read; a longer text is no number, whatever it looks like."""


def is_plain_number(text: str) -> bool:
    """Whether an id is a whole number without leading zeros, as most venues' are."""
    return _PLAIN_NUMBER.fullmatch(text) is not None


def check_order_id(name: str, text: str) -> None:
    """Raise InvalidArgument for an order id that could be read as another, or as several."""
    if is_plain_number(text):
        return
    if not _ORDER_ID.fullmatch(text):
        swapped = "; the order's id comes first, then its symbol" if "/" in text else ""
        raise InvalidArgument(f"{name} may have letters, digits and . _ - : @ ~ only: {text[:40]!r}{swapped}")
    _check_word(name, text)
    if len(text) <= _LONGEST_NUMBER and _is_number(text) and not _is_plain(text):
        raise InvalidArgument(f"{name} could be read as another number: {text!r}")


def check_client_order_id(name: str, text: str) -> None:
    """Raise InvalidArgument for a client order id that could be read as another, or as several."""
    if not _CLIENT_ID.fullmatch(text):
        raise InvalidArgument(f"{name} may have letters, digits and . _ - : / @ ~ only: {text[:40]!r}")
    _check_word(name, text)


def is_order_id(text: object) -> bool:
    """Whether a venue may show this as an order's id: how it writes its numbers is its own affair."""
    if not isinstance(text, str) or not _ORDER_ID.fullmatch(text):
        return False
    if is_plain_number(text):
        return True
    return text.casefold() not in _WORDS and not _STEPS.search(text)


def check_distinct(name: str, ids: Iterable[tuple[str, str]]) -> None:
    """Raise InvalidArgument for ids of one call that a venue could take for the same: also but for case and zeros.

    Each comes with where it stands, such as ``orders[2]``, which the message names.
    """
    found: dict[str, tuple[str, str]] = {}
    for place, one in ids:
        first_place, first = found.setdefault(folded(one), (place, one))
        if first_place != place:
            raise InvalidArgument(
                f"{name} must not name two that are the same but for case or leading zeros:"
                f" {first[:40]!r} in {first_place}, {one[:40]!r} in {place}"
            )


def _check_word(name: str, text: str) -> None:
    if text.casefold() in _WORDS:
        raise InvalidArgument(f"{name} {text!r} names no order")
    if _STEPS.search(text):
        raise InvalidArgument(f"{name} could be read as a path: {text[:40]!r}")


def _is_plain(text: str) -> bool:
    return text.isdigit() and (text == "0" or not text.startswith("0"))


def _is_number(text: str) -> bool:
    """Whether a parser may read a number here: Python's own read what those of other languages do."""
    try:
        float(text)
    except ValueError:
        pass
    else:
        return True
    try:
        int(text, 0)
    except ValueError:
        return False
    return True


def folded(text: str) -> str:
    """Return what an id has in common with those that a venue could take for the same, or write it as."""
    return text.lstrip("0") or "0" if text.isdigit() else text.casefold()
