"""The common order model: what every venue's words are turned into."""

from hk_adapter.model.account import Account, Balance, Balances, KeyInfo, TradingFee
from hk_adapter.model.enums import (
    CancelOutcome,
    Evidence,
    OrderSide,
    OrderStatus,
    OrderType,
    TimeInForce,
    Wait,
)
from hk_adapter.model.market import Currency, Limits, Market, Markets
from hk_adapter.model.market_data import BookLevel, Candle, OrderBook, Ticker, VenueStatus
from hk_adapter.model.order import Fee, Order, Trade
from hk_adapter.model.partial import PartialDict, PartialList, ReadRows
from hk_adapter.model.place import Place
from hk_adapter.model.read_requests import AccountRequest, ListTradesRequest, MarketRequest, SymbolsRequest, TradePage
from hk_adapter.model.recovery import JournalEntry, RecoveredOperation
from hk_adapter.model.reports import CancelReport, CreateReport
from hk_adapter.model.requests import (
    CancelAllRequest,
    CancelManyRequest,
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelRequest,
    CreateOrderRequest,
    CreateOrdersAnswer,
    CreateOrdersRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    Operation,
    OrderPage,
    UnreadRow,
)

__all__ = [
    "Account",
    "AccountRequest",
    "Balance",
    "Balances",
    "BookLevel",
    "CancelAllRequest",
    "CancelManyRequest",
    "CancelOrdersAnswer",
    "CancelOrdersRequest",
    "CancelOutcome",
    "CancelReport",
    "CancelRequest",
    "Candle",
    "CreateOrderRequest",
    "CreateOrdersAnswer",
    "CreateOrdersRequest",
    "CreateReport",
    "Currency",
    "Evidence",
    "Fee",
    "FetchOrderRequest",
    "JournalEntry",
    "KeyInfo",
    "Limits",
    "ListOrdersRequest",
    "ListTradesRequest",
    "Market",
    "MarketRequest",
    "Markets",
    "Operation",
    "Order",
    "OrderBook",
    "OrderPage",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "PartialDict",
    "PartialList",
    "Place",
    "ReadRows",
    "RecoveredOperation",
    "SymbolsRequest",
    "Ticker",
    "TimeInForce",
    "Trade",
    "TradePage",
    "TradingFee",
    "UnreadRow",
    "VenueStatus",
    "Wait",
]
