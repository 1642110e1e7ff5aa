"""Whether an answer that refuses, or cannot be read, shows or names an order all the same."""

from __future__ import annotations

import re
from typing import Any

from hk_adapter.model import Order
from hk_adapter.parsing import SaidTwice
from hk_adapter.venues.hashkey.parse import STATUSES
from hk_adapter.venues.hashkey.validation import is_order_id

_ORDER_ID = re.compile(rb'"orderId"\s*:\s*"?(\d{1,30})(?=["\s,}\]])')
_TOLD = ("status", "executedQty", "origQty", "transactTime", "time", "updateTime")
"""Fields that tell something of an order beyond what a request names it by."""
_NONE = (None, "", 0, "0")
"""How the venue may write that there is no order."""


def order_named_in(body: bytes) -> Order | None:
    """Return the one order id of an answer that cannot be read otherwise: to be canceled, it must be named."""
    found = {text.decode() for text in _ORDER_ID.findall(body)}
    name = found.pop() if len(found) == 1 else ""
    return Order(id=name) if is_order_id(name) else None


def shows_an_order(value: Any, *, placed: bool) -> bool:
    """Whether JSON shows an order, at any depth.

    ``placed``: an id alone is one, as nobody asked by it. Else it must be told something of the order that has it, as
    a refusal may say which order it is about.
    """
    if isinstance(value, SaidTwice):
        value = value.certain
    if isinstance(value, list):
        return any(shows_an_order(part, placed=placed) for part in value)
    if not isinstance(value, dict):
        return False
    if _is_order(value, placed=placed):
        return True
    return any(shows_an_order(part, placed=placed) for part in value.values())


def _is_order(row: dict[str, Any], *, placed: bool) -> bool:
    word = row.get("status")
    if isinstance(word, str) and word.strip().upper() in STATUSES:
        return True
    if placed and row.get("order") not in _NONE:
        return True
    named = row.get("orderId") not in _NONE
    return named and (placed or any(row.get(name) not in (None, "") for name in _TOLD))
