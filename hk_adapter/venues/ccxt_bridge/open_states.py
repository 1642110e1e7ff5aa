"""States of living orders that ccxt's list of open ones leaves out, where that asks for one state: asked for beside it.

What such a list does not show would be taken for ended, and no cancel of all open orders would reach it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hk_adapter.model import Order

CCXTS: Mapping[str, Any] = {}
"""The list as ccxt asks for it."""
_LISTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "blockchaincom": (CCXTS, {"status": "PART_FILLED"}),
    "coinbase": ({"order_status": ["PENDING", "QUEUED"]}, CCXTS, {"order_status": "CANCEL_QUEUED"}),
    "dydx": ({"status": "UNTRIGGERED"}, {"status": "BEST_EFFORT_OPENED"}, CCXTS),
    "foxbit": (CCXTS, {"state": "PARTIALLY_FILLED"}),
}
"""By the states' names in the code of ccxt (4.5.90), and for Coinbase in its documentation of an order's status.

In the order in which an order passes through them: one that does so meanwhile is shown by a later list. dydx's
``BEST_EFFORT_CANCELED`` may stay for good where an order has long ended.
"""


def lists_of_open(exchange_id: str, params: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return what to ask for in turn to have all living orders; ccxt's list alone where the caller names a state."""
    lists = _LISTS.get(exchange_id, (CCXTS,))
    return (CCXTS,) if any(name in params for one in lists for name in one) else lists


def last_shown(lists: Sequence[Sequence[Order]]) -> list[Order]:
    """Return the orders of several lists, one that a later list shows too as it stands there."""
    found: list[Order] = []
    for later in lists:
        again = {order.id for order in later}
        found = [order for order in found if order.id not in again] + list(later)
    return found
