"""Markets of contracts: amounts count contracts, of whatever size, and what an order is worth is not reckoned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter.errors import OrderDenied
from hk_adapter.model import CreateOrderRequest, OrderSide, OrderType
from hk_adapter.model.market_rules import check_terms
from hk_adapter.venues.ccxt_bridge.parse_markets import market

TICK_SIZE = 4


@pytest.mark.parametrize("size", [None, "1", "1.0", "0.01", "10000"])
def test_an_order_of_contracts_is_not_held_to_what_it_is_not_worth(size):
    """One contract of 10,000 coins at 0.001 is worth 10, and not 0.001; where a contract is of 1, the limit holds."""
    row = {
        "id": "PEPE_USDT", "symbol": "PEPE/USDT:USDT", "base": "PEPE", "quote": "USDT", "type": "swap",
        "contractSize": size, "limits": {"cost": {"min": 5}, "amount": {"min": 1}},
    }  # fmt: skip
    read = market(row, TICK_SIZE)
    request = CreateOrderRequest(
        symbol=read.symbol, type=OrderType.LIMIT, side=OrderSide.BUY, client_order_id="mine",
        amount=Decimal(1), price=Decimal("0.001"),
    )  # fmt: skip
    if size in {"0.01", "10000"}:
        check_terms({read.symbol: read}, request)
    else:
        with pytest.raises(OrderDenied, match="minimum of 5"):
            check_terms({read.symbol: read}, request)
    assert read.amount.min == 1


def test_nor_is_one_of_inverse_contracts():
    """Each is worth one of the quote currency, whatever the price is."""
    row = {
        "id": "BTCUSD", "symbol": "BTC/USD:BTC", "base": "BTC", "quote": "USD", "type": "swap",
        "contractSize": 1, "inverse": True, "limits": {"cost": {"max": 1000}},
    }  # fmt: skip
    assert market(row, TICK_SIZE).cost.max is None
