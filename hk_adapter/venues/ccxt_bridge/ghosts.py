"""Whether an answer says anything of an order: ccxt makes a whole one of an empty answer and of what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hk_adapter.venues.ccxt_bridge.venue_words import venue_word

_FACTS = ("id", "clientOrderId", "amount", "filled", "remaining", "cost", "price", "average", "timestamp")
_DEPTH = 6
"""Levels of a raw answer that are looked into."""


def shows_an_order(row: Mapping[str, Any], asked: set[str | None]) -> bool:
    """Whether ccxt's dict has a fact of an order that stands in the raw answer, and not only in the question.

    ``asked`` are the ids that were asked for. Zero is no fact: it is what ccxt and envelopes say of anything.
    """
    info = row.get("info")
    if not isinstance(info, Mapping | list):
        return False  # some of ccxt's parsers take a bare text for the new order's id
    if row.get("status") is not None and venue_word(info) is not None:
        return True
    raw = set(_plain_texts(info, _DEPTH))
    facts = (_plain(row.get(name)) for name in _FACTS)
    return any(fact in raw and fact not in asked for fact in facts if fact is not None)


def _plain_texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple):
        inner = value.values() if isinstance(value, Mapping) else value
        for one in inner if depth else ():
            yield from _plain_texts(one, depth - 1)
    elif (plain := _plain(value)) is not None:
        yield plain


def _plain(value: Any) -> str | None:
    """Write a value so that the same number is the same text, however it was written; None for nothing and zero."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or number == 0:
        return None
    return str(number.normalize())
