"""The common order model: what every venue's words are turned into."""

from hk_adapter.model.enums import (
    CancelOutcome,
    Evidence,
    OrderSide,
    OrderStatus,
    OrderType,
    TimeInForce,
    Wait,
)
from hk_adapter.model.order import Fee, Order, Trade
from hk_adapter.model.reports import CancelReport
from hk_adapter.model.requests import CancelRequest, CreateOrderRequest, FetchOrderRequest, Operation

__all__ = [
    "CancelOutcome",
    "CancelReport",
    "CancelRequest",
    "CreateOrderRequest",
    "Evidence",
    "Fee",
    "FetchOrderRequest",
    "Operation",
    "Order",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "TimeInForce",
    "Trade",
    "Wait",
]
