"""Every call of a venue, one row each: the hooks it needs, ccxt's keys for it, and the flow that carries it out.

A new call is a row here, its flow, its hook in ``hooks``, its method in ``venue/api``, and the venues' own rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.all_open import resolve_cancel_all
from hk_adapter.execution.cancel.many import resolve_cancels
from hk_adapter.execution.cancel.one import resolve_cancel
from hk_adapter.execution.context import Context
from hk_adapter.execution.countdown import set_countdown
from hk_adapter.execution.create import settle_create, settle_creates
from hk_adapter.execution.order_trades import list_order_trades
from hk_adapter.execution.paging import list_orders, list_trades
from hk_adapter.execution.reads import fetch_order, read
from hk_adapter.flow.effects import Flow
from hk_adapter.model import (
    Account,
    Balances,
    Candle,
    Currency,
    KeyInfo,
    Market,
    MarketStreamPlan,
    Operation,
    OrderBook,
    OrderStatus,
    StreamPlan,
    Ticker,
    Trade,
    TradingFee,
    VenueStatus,
)
from hk_adapter.record import Record

CarryOut = Callable[[OperationHooks, Operation, Context], Flow[Any]]


class Row(Record, frozen=True):
    """One call.

    Attributes:
        hooks: those without which the core cannot carry it out. What a venue cannot do at once, the core does singly.
        keys: ccxt's, of ``has``.
        flow: carries it out; None for a call that nothing carries out yet.
        instead: the hooks by which the core imitates it where a venue lacks those, as ``has`` says: ``"emulated"``.
    """

    hooks: tuple[str, ...]
    keys: tuple[str, ...] = ()
    flow: CarryOut | None = None
    instead: tuple[str, ...] = ()


def _read(kind: type, element: type | None = None) -> CarryOut:
    """Make the flow of a call whose hook gives the call's own result: a ``kind``, a tuple of ``element``s."""
    return lambda hooks, operation, context: read(hooks, operation, kind, element)


def _list(hook: str, *statuses: OrderStatus) -> CarryOut:
    """Make the flow of a list of orders: by which hook, and which statuses it keeps; without any, all."""
    kept = frozenset(statuses or OrderStatus)
    return lambda hooks, operation, context: list_orders(hooks, operation, context, hook, kept)


OPERATIONS: Mapping[str, Row] = MappingProxyType(
    {
        "cancel_order": Row(("cancel_order",), ("cancelOrder",), resolve_cancel),
        "cancel_orders": Row(("cancel_order",), ("cancelOrders",), resolve_cancels),
        "cancel_all_orders": Row(("cancel_order", "fetch_open_orders"), ("cancelAllOrders",), resolve_cancel_all),
        "cancel_all_orders_after": Row(("cancel_all_orders_after",), ("cancelAllOrdersAfter",), set_countdown),
        "create_order": Row(("create_order",), ("createOrder", "createLimitOrder", "createMarketOrder"), settle_create),
        "create_orders": Row(("create_order",), ("createOrders",), settle_creates),
        "fetch_order": Row(("fetch_order",), ("fetchOrder",), fetch_order),
        "fetch_open_orders": Row(("fetch_open_orders",), ("fetchOpenOrders",), _list("fetch_open_orders")),
        "fetch_orders": Row(("fetch_orders",), ("fetchOrders",), _list("fetch_orders")),
        "fetch_closed_orders": Row(
            ("fetch_orders",), ("fetchClosedOrders",), _list("fetch_orders", OrderStatus.CLOSED)
        ),
        "fetch_canceled_orders": Row(
            ("fetch_orders",), ("fetchCanceledOrders",), _list("fetch_orders", OrderStatus.CANCELED)
        ),
        "fetch_my_trades": Row(("fetch_my_trades",), ("fetchMyTrades",), list_trades),
        "fetch_order_trades": Row(("fetch_order_trades", "fetch_order"), ("fetchOrderTrades",), list_order_trades),
        "fetch_balance": Row(("fetch_balance",), ("fetchBalance",), _read(Balances)),
        "fetch_trading_fees": Row(("fetch_trading_fees",), ("fetchTradingFees",), _read(tuple, TradingFee)),
        "fetch_accounts": Row(("fetch_accounts",), ("fetchAccounts",), _read(tuple, Account)),
        "check_key": Row(("check_key",), (), _read(KeyInfo)),
        "fetch_markets": Row(("fetch_markets",), ("fetchMarkets",), _read(tuple, Market)),
        "fetch_currencies": Row(("fetch_currencies",), ("fetchCurrencies",), _read(tuple, Currency)),
        "fetch_tickers": Row(("fetch_tickers",), ("fetchTicker", "fetchTickers"), _read(tuple, Ticker)),
        "fetch_order_book": Row(("fetch_order_book",), ("fetchOrderBook",), _read(OrderBook)),
        "fetch_trades": Row(("fetch_trades",), ("fetchTrades",), _read(tuple, Trade)),
        "fetch_ohlcv": Row(("fetch_ohlcv",), ("fetchOHLCV",), _read(tuple, Candle)),
        "fetch_time": Row(("fetch_time",), ("fetchTime",), _read(int)),
        "fetch_status": Row(("fetch_status",), ("fetchStatus",), _read(VenueStatus)),
        "open_stream": Row(("open_stream",), (), _read(StreamPlan)),
        "renew_stream": Row(("renew_stream",), (), _read(bool)),
        "close_stream": Row(("close_stream",), (), _read(bool)),
        "open_market_stream": Row(("open_market_stream",), (), _read(MarketStreamPlan)),
        # What is watched is no call: the core keeps a stream by the three above, or lists again (``streams/``).
        "watch_orders": Row(
            ("open_stream", "fetch_open_orders", "fetch_order"),
            ("watchOrders",),
            instead=("fetch_open_orders", "fetch_order"),
        ),
        "watch_my_trades": Row(
            ("open_stream", "fetch_open_orders", "fetch_order", "fetch_my_trades"),
            ("watchMyTrades",),
            instead=("fetch_my_trades",),
        ),
        "watch_balance": Row(
            ("open_stream", "fetch_open_orders", "fetch_order", "fetch_balance"),
            ("watchBalance",),
            instead=("fetch_balance",),
        ),
        # Of these a venue may lack some: it says so in its ``support``, by ccxt's key.
        "watch_order_book": Row(("open_market_stream",), ("watchOrderBook",)),
        "watch_trades": Row(("open_market_stream",), ("watchTrades",)),
        "watch_ticker": Row(("open_market_stream",), ("watchTicker",)),
    }
)


def capabilities(implemented: frozenset[str], support: Mapping[str, bool | str]) -> Mapping[str, bool | str]:
    """Return, by ccxt's keys, what works: True, ``"partial"``, ``"emulated"``, or False.

    ``support`` is what the venue says of its own hooks: ``"partial"`` or False where its site lacks something. Of a
    call that works more, or less, than the hooks that it needs, it says so by ccxt's key.
    """

    def of_hook(hook: str) -> bool | str:
        return support.get(hook, True) if hook in implemented else False

    def of_call(key: str, row: Row) -> bool | str:
        answers = [of_hook(hook) for hook in row.hooks]
        if not all(answers):
            return "emulated" if row.instead and all(of_hook(hook) for hook in row.instead) else False
        if key in support:
            return support[key]
        return True if all(answer is True for answer in answers) else "partial"

    return MappingProxyType({key: of_call(key, row) for row in OPERATIONS.values() for key in row.keys})
