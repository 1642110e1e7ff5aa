"""What of an order's fills ccxt guesses where the exchange says nothing of it: it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hk_adapter.venues.ccxt_bridge.status_words import tells_all_filled

_OF_FILLS = ("filled", "remaining", "cost", "average")
_ENDED_UNFILLED = frozenset({"canceled", "cancelled", "expired", "rejected"})


def without_guesses(said: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """Return ccxt's order without what it only guesses of fills.

    ccxt takes every order that it calls closed for filled whole, also where that only means that it has ended; one that
    was canceled, of which the exchange says that nothing remains, for filled too; and the limit for what fills cost.

    Args:
        said: the order as an exchange's parser gave it to ``safe_order``, which writes into it: a copy.
        made: what that made of it.
    """
    return {**made, **dict.fromkeys(_guesses(said, made))}


def _guesses(said: Mapping[str, Any], made: Mapping[str, Any]) -> set[str]:
    if said.get("trades"):
        return set()
    unsaid = {name for name in _OF_FILLS if said.get(name) is None}
    status, remaining = made.get("status"), said.get("remaining")
    if "filled" in unsaid and remaining is None and status == "closed" and not tells_all_filled(said.get("info")):
        return unsaid
    if "filled" in unsaid and status in _ENDED_UNFILLED and _is_zero(remaining):
        return unsaid | {"remaining"}
    by_the_limit = "cost" in unsaid and ("average" in unsaid or _is_zero(said["average"]))
    return {"cost"} if by_the_limit and not _is_zero(made.get("filled")) else set()


def _is_zero(value: Any) -> bool:
    """Whether a number, or the text of one, is zero; an empty text is no number."""
    try:
        return Decimal(str(value)) == 0
    except ArithmeticError:
        return False
