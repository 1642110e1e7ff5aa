"""What ccxt tells of a market order that was placed by its cost, and the exchange does not: money is no fill.

okx and gate say of such an order how much money was asked for, where others say how much of the market; ccxt takes it
for what the fills cost, and divides gate's by an average that is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

_ASKED = re.compile(r"(orig_?)?(order_?)?(sz|size|amount|qty|quantity|vol(ume)?|funds|notional)|left", re.IGNORECASE)
_FILLED = re.compile(r"(filled|executed|deal|exec)_?(sz|size|amount|qty|quantity|vol(ume)?)", re.IGNORECASE)
_COST = re.compile(r"(filled|executed|deal|exec)_?(total|value|funds)", re.IGNORECASE)


def without_asked_money(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order, as a parser gives it to ``safe_order``, without the money that was asked for in its fills.

    The row's own words for what was filled, and for what that cost, stand in the place of what ccxt made of that.
    """
    order, info = dict(said), said.get("info")
    if str(said.get("type")).lower() != "market" or not isinstance(info, Mapping):
        return order
    filled, amount = _told(info, _FILLED), said.get("amount")
    if said.get("filled") is None and filled is not None and not any(_names(info, amount)):
        order |= {"filled": filled, "amount": None, "remaining": None}
    named = list(_names(info, said.get("cost")))
    if named and all(_ASKED.fullmatch(name) for name in named):
        order["cost"] = "0" if _number(order.get("filled")) == 0 else _told(info, _COST)
    return order


def _told(info: Mapping[Any, Any], word: re.Pattern[str]) -> str | None:
    found = (value for key, value in info.items() if word.fullmatch(str(key)) and _number(value) is not None)
    return next((str(value) for value in found), None)


def _names(info: Mapping[Any, Any], value: Any) -> Iterator[str]:
    """Return the names under which a raw row has a number."""
    number = _number(value)
    if number is not None:
        yield from (str(key) for key, one in info.items() if _number(one) == number)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
