"""What of an order's fills ccxt guesses where the exchange says nothing of it: it is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from hk_adapter.venues.ccxt_bridge.status_words import tells_all_filled

_OF_FILLS = ("filled", "remaining", "cost", "average")
_FOR_MONEY = frozenset({"market", "price"})
_ENDED_UNFILLED = frozenset({"canceled", "cancelled", "expired", "rejected"})
_REST = re.compile(r"pend|remain|unfilled|outstanding|left|leaves|open", re.IGNORECASE)
_REMAINING = re.compile(r"(remain(ing)?|unfilled|leaves)_?(sz|size|amount|qty|quantity|vol(ume)?)", re.IGNORECASE)
_FILLS = re.compile(r"(transaction|trade|fill|execution)s?(list|details)?", re.IGNORECASE)


def with_whole_amount(said: Mapping[str, Any]) -> dict[str, Any]:
    """Read the amount as what remains, where a row, as Bitstamp's, has another one of when the order was made."""
    info = said.get("info")
    if not isinstance(info, Mapping) or info.get("amount_at_create") in (None, ""):
        return dict(said)
    return {**said, "amount": info["amount_at_create"], "remaining": said.get("amount")}


def sums_unread_fills(said: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether ccxt made ``filled`` the sum of fills of which it does not read the amounts: it takes these for 0."""
    if not said.get("trades") or said.get("filled") is not None:
        return False
    fills: Iterable[Mapping[str, Any]] = made.get("trades") or ({},)
    return any(fill.get("amount") is None for fill in fills)


def without_one_number_twice(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order, as a parser gives it to ``safe_order``, without an amount that is only what remains.

    Coincheck tells no more than that, ccxt takes it for both, and so nothing for filled.
    """
    info, amount = said.get("info"), said.get("amount")
    if said.get("filled") is not None or amount is None or amount != said.get("remaining"):
        return dict(said)
    values = info.items() if isinstance(info, Mapping) else ()
    names = [str(name) for name, value in values if str(value) == str(amount)]
    return {**said, "amount": None} if len(names) == 1 and _REST.search(names[0]) else dict(said)


def with_no_rest(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order, as a parser gives it to ``safe_order``, with the zero that remains of a closed one.

    ccxt reads Paradex's zero as nothing said, and so nothing of what was filled.
    """
    info = said.get("info")
    is_unsaid = said.get("status") == "closed" and said.get("filled") is None and said.get("remaining") is None
    if not is_unsaid or not isinstance(info, Mapping):
        return dict(said)
    rests = [value for name, value in info.items() if _REMAINING.fullmatch(str(name))]
    return {**said, "remaining": "0"} if rests and all(map(_is_zero, rests)) else dict(said)


def without_guesses(said: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """Return ccxt's order without what it only guesses of fills.

    ccxt takes every order that it calls closed for filled whole, also where that only means that it has ended; one that
    was canceled, of which the exchange says that nothing remains, for filled too; and the limit for what fills cost.

    Args:
        said: the order as an exchange's parser gave it to ``safe_order``, which writes into it: a copy.
        made: what that made of it.
    """
    if _tells_of_no_fills(said, made):
        return {**made, "filled": 0, "cost": 0, "average": None}
    return {**made, **dict.fromkeys(_guesses(said, made))}


def _tells_of_no_fills(said: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether all that a row says of the fills of an order that ended unfilled is a list of them, with none in it."""
    info = said.get("info")
    if said.get("trades") != [] or not isinstance(info, Mapping) or made.get("status") not in _ENDED_UNFILLED:
        return False
    lists = any(value == [] and _FILLS.fullmatch(str(name)) for name, value in info.items())
    return lists and all(said.get(name) is None for name in _OF_FILLS)


def _guesses(said: Mapping[str, Any], made: Mapping[str, Any]) -> set[str]:
    if said.get("trades"):
        return set()
    unsaid = {name for name in _OF_FILLS if said.get(name) is None}
    status, remaining = made.get("status"), said.get("remaining")
    if "filled" in unsaid and remaining is None and status == "closed" and not tells_all_filled(said.get("info")):
        return unsaid
    if "filled" in unsaid and status in _ENDED_UNFILLED and _is_zero(remaining):
        return unsaid | {"remaining"}
    if said.get("type") in _FOR_MONEY and "average" in unsaid and _is_the_money(said):
        return {"cost", "average"}
    by_the_limit = "cost" in unsaid and ("average" in unsaid or _is_zero(said["average"]))
    return {"cost"} if by_the_limit and not _is_zero(made.get("filled")) else set()


def _is_the_money(said: Mapping[str, Any]) -> bool:
    """Whether ccxt takes what a market order was to spend for what its fills cost: Upbit writes it as the price."""
    info, cost = said.get("info"), str(said.get("cost"))
    return isinstance(info, Mapping) and [str(name) for name, value in info.items() if str(value) == cost] == ["price"]


def _is_zero(value: Any) -> bool:
    """Whether a number, or the text of one, is zero; an empty text is no number."""
    try:
        return Decimal(str(value)) == 0
    except ArithmeticError:
        return False
