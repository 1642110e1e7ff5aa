"""What an exchange's parser in ccxt takes for what it is not, and how the row means it: before an order is made of it.

Money that was asked for is no fill: okx and gate say of a market order that was placed by its cost how much money that
was, where others say how much of the market; ccxt takes it for what the fills cost, and divides gate's by an average
that is rounded. What remains is not the amount, and a number may say that a cancel is under way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hk_adapter.venues.ccxt_bridge.raw_numbers import is_zero, raw_number
from hk_adapter.venues.ccxt_bridge.status_words import NUMBERS_UNDER_WAY

_ASKED = re.compile(r"(orig_?)?(order_?)?(sz|size|amount|qty|quantity|vol(ume)?|funds|notional)|left", re.IGNORECASE)
_FILLED = re.compile(r"(filled|executed|deal|exec)_?(sz|size|amount|qty|quantity|vol(ume)?)", re.IGNORECASE)
_COST = re.compile(r"(filled|executed|deal|exec)_?(total|value|funds)", re.IGNORECASE)
_REST = re.compile(r"pend|remain|unfilled|outstanding|left|leaves|open", re.IGNORECASE)
_REMAINING = re.compile(r"(remain(ing)?|unfilled|leaves)_?(sz|size|amount|qty|quantity|vol(ume)?)", re.IGNORECASE)


def as_meant(exchange_id: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order, as a parser gives it to ``safe_order``, as its raw row means it."""
    order = dict(said)
    for meant in (_without_asked_money, _with_whole_amount, _without_one_number_twice, _with_no_rest):
        order = meant(order)
    info = said.get("info")
    if isinstance(info, Mapping) and str(info.get("status")) in NUMBERS_UNDER_WAY.get(exchange_id, ()):
        order["status"] = "canceling"
    return order


def _without_asked_money(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order without the money that was asked for in its fills.

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
        order["cost"] = "0" if is_zero(order.get("filled")) else _told(info, _COST)
    return order


def _with_whole_amount(said: Mapping[str, Any]) -> dict[str, Any]:
    """Read the amount as what remains, where a row, as Bitstamp's, has another one of when the order was made."""
    info = said.get("info")
    if not isinstance(info, Mapping) or info.get("amount_at_create") in (None, ""):
        return dict(said)
    return {**said, "amount": info["amount_at_create"], "remaining": said.get("amount")}


def _without_one_number_twice(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order without an amount that is only what remains.

    Coincheck tells no more than that, ccxt takes it for both, and so nothing for filled.
    """
    info, amount = said.get("info"), said.get("amount")
    if said.get("filled") is not None or amount is None or amount != said.get("remaining"):
        return dict(said)
    values = info.items() if isinstance(info, Mapping) else ()
    names = [str(name) for name, value in values if str(value) == str(amount)]
    return {**said, "amount": None} if len(names) == 1 and _REST.search(names[0]) else dict(said)


def _with_no_rest(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order with the zero that remains of a closed one.

    ccxt reads Paradex's zero as nothing said, and so nothing of what was filled.
    """
    info = said.get("info")
    is_unsaid = said.get("status") == "closed" and said.get("filled") is None and said.get("remaining") is None
    if not is_unsaid or not isinstance(info, Mapping):
        return dict(said)
    rests = [value for name, value in info.items() if _REMAINING.fullmatch(str(name))]
    return {**said, "remaining": "0"} if rests and all(map(is_zero, rests)) else dict(said)


def _told(info: Mapping[Any, Any], word: re.Pattern[str]) -> str | None:
    found = (value for key, value in info.items() if word.fullmatch(str(key)) and raw_number(value) is not None)
    return next((str(value) for value in found), None)


def _names(info: Mapping[Any, Any], value: Any) -> Iterator[str]:
    """Return the names under which a raw row has a number."""
    number = raw_number(value)
    if number is not None:
        yield from (str(key) for key, one in info.items() if raw_number(one) == number)
