"""What a cancel's answer and a caller's symbol make of an order, beside ccxt."""

from __future__ import annotations

from typing import Any

import pytest

from hk_adapter.venues.hashkey.parse import ACKNOWLEDGED, parse_order

from .exchange import offline
from .orders import ORDERS


@pytest.fixture(scope="module")
def exchange() -> Any:
    """Give ccxt's HashKey class, offline."""
    return offline()


@pytest.mark.parametrize("name", [name for name in ORDERS.payloads if name.startswith("cancel, ")])
def test_what_a_cancel_acknowledges_is_what_ccxt_calls_open(exchange: Any, name: str) -> None:
    """Where ccxt's cancel says open, ours, which is pending_cancel inside, says open too; ends are ends in both."""
    order = parse_order(ORDERS.payloads[name], operation="cancel_order", statuses=ACKNOWLEDGED)
    ours = order.to_ccxt()["status"]
    if name != "cancel, PENDING_CANCEL":
        assert ours == ORDERS.by_ccxt(exchange, name)["status"]
    assert ours == ORDERS.by_us(name)["status"]


def test_the_callers_symbol_ends_the_difference(exchange: Any) -> None:
    """With the symbol that a ccxt bot hands over anyway, an ambiguous word gives what ccxt gives."""
    name = "cancel, ambiguous symbol"
    ours = parse_order(ORDERS.payloads[name], operation="cancel_order", symbol="BTC/FDUSD").to_ccxt()
    assert ours["symbol"] == ORDERS.by_ccxt(exchange, name)["symbol"] == "BTC/FDUSD"
