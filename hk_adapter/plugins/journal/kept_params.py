"""What of a call's ``params`` stands in a row: what says where an order is, and nothing that may be a secret.

Params may hold anything, a trading password too. So flags are kept, and short words under names that say where orders
are; whatever else there is makes the row say that something was left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_NAME = re.compile(r"[A-Za-z_]{1,32}")
"""Letters alone: what looks like a key is no name."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_FLAGS = {"stop", "trigger", "conditional", "is_stop_order", "trailing", "tpsl", "algo", "hf", "isIsolated"}
_PLACES = {
    "type",
    "subType",
    "category",
    "kind",
    "market",
    "marketType",
    "instType",
    "productType",
    "tradeType",
    "accountType",
    "marginMode",
    "marginCoin",
    "settle",
    "orderFilter",
    "orderType",
    "ordType",
    "algoOrdType",
    "algoType",
    "planType",
    "recvWindow",  # says nothing of places, and is no secret: a cancel that has it stays recoverable
}
_PRICES = {"triggerPrice", "stopPrice", "stopLossPrice", "takeProfitPrice", "trailingAmount", "trailingPercent"}
"""Terms of a new order that put it into a book of its own."""
_MOST = 32
"""Params of one call; more is nothing that a person said."""


def keep(params: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the params that stand in a row, and whether any was left out. Prices become text."""
    if len(params) > _MOST:
        return {}, True
    kept = {name: _plain(name, value) for name, value in params.items() if _can_stand(name, value)}
    return kept, len(kept) < len(params)


def _can_stand(name: str, value: Any) -> bool:
    if _NAME.fullmatch(name) is None:
        return False
    if value is None or type(value) is bool:
        return True
    if name in _PRICES:
        return type(value) in {str, int, float, Decimal} and _NUMBER.fullmatch(str(value)) is not None
    if name not in _FLAGS | _PLACES:
        return False
    if type(value) is int:
        return 0 <= value < 100_000
    return type(value) is str and _WORD.fullmatch(value) is not None


def _plain(name: str, value: Any) -> Any:
    return str(value) if name in _PRICES and type(value) is not bool and value is not None else value
