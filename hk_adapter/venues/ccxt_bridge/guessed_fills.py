"""What of an order's fills ccxt guesses where the exchange says nothing of it: it is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from hk_adapter.venues.ccxt_bridge.raw_numbers import is_zero
from hk_adapter.venues.ccxt_bridge.status_words import tells_all_filled

_OF_FILLS = ("filled", "remaining", "cost", "average")
_FOR_MONEY = frozenset({"market", "price"})
_ENDED_UNFILLED = frozenset({"canceled", "cancelled", "expired", "rejected"})
_FILLS = re.compile(r"(transaction|trade|fill|execution)s?(list|details)?", re.IGNORECASE)


def sums_unread_fills(said: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Whether ccxt made ``filled`` the sum of fills of which it does not read the amounts: it takes these for 0."""
    if not said.get("trades") or said.get("filled") is not None:
        return False
    fills: Iterable[Mapping[str, Any]] = made.get("trades") or ({},)
    return any(fill.get("amount") is None for fill in fills)


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
    if "filled" in unsaid and status in _ENDED_UNFILLED and is_zero(remaining):
        return unsaid | {"remaining"}
    if said.get("type") in _FOR_MONEY and "average" in unsaid and _is_the_money(said):
        return {"cost", "average"}
    by_the_limit = "cost" in unsaid and ("average" in unsaid or is_zero(said["average"]))
    return {"cost"} if by_the_limit and not is_zero(made.get("filled")) else set()


def _is_the_money(said: Mapping[str, Any]) -> bool:
    """Whether ccxt takes what a market order was to spend for what its fills cost: Upbit writes it as the price."""
    info, cost = said.get("info"), str(said.get("cost"))
    return isinstance(info, Mapping) and [str(name) for name, value in info.items() if str(value) == cost] == ["price"]
