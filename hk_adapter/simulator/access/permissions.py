"""Which calls a key that only reads may not make, and which kind of writing each of them is.

Source: HashKey documentation, Nov 2025: the trading permission covers creating and canceling spot orders.
"""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.simulator.access.keys import ApiKey, Permission
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.refusals import Refusal

ASSET_TRANSFER = ("POST", "/api/v1/account/assetTransfer")

_NOT_TRADING: Mapping[tuple[str, str], Permission] = {ASSET_TRANSFER: Permission.INTERNAL_TRANSFER}


def check_permission(key: ApiKey, route: tuple[str, str], dialect: Dialect) -> None:
    """Raise Refusal when a key may not make a call; every key may read."""
    if route[0] != "GET" and _NOT_TRADING.get(route, Permission.TRADING) not in key.permissions:
        raise Refusal(dialect.no_permission)
