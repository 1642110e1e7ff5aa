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
from hk_adapter.model.place import Place
from hk_adapter.model.recovery import JournalEntry, RecoveredOperation
from hk_adapter.model.reports import CancelReport
from hk_adapter.model.requests import (
    CancelAllRequest,
    CancelManyRequest,
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    Operation,
    OrderPage,
)

__all__ = [
    "CancelAllRequest",
    "CancelManyRequest",
    "CancelOrdersAnswer",
    "CancelOrdersRequest",
    "CancelOutcome",
    "CancelReport",
    "CancelRequest",
    "CreateOrderRequest",
    "Evidence",
    "Fee",
    "FetchOrderRequest",
    "JournalEntry",
    "ListOrdersRequest",
    "Operation",
    "Order",
    "OrderPage",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "Place",
    "RecoveredOperation",
    "TimeInForce",
    "Trade",
    "Wait",
]
