"""Every call of a venue, one row each: the hooks it needs, ccxt's keys for it, and what its reads give.

A new call is a row here, its hook in ``hooks.py``, its method in ``venue/api``, and the venues' own rooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hk_adapter.model import (
    Account,
    Balances,
    Candle,
    Currency,
    KeyInfo,
    Market,
    OrderBook,
    OrderStatus,
    Ticker,
    Trade,
    TradingFee,
    VenueStatus,
)
from hk_adapter.record import Record


class Row(Record, frozen=True):
    """One call.

    Attributes:
        hooks: those without which the core cannot carry it out. What a venue cannot do at once, the core does singly.
        keys: ccxt's, of ``has``.
        read: what its hook gives, where that is the call's own result; None for calls that the core puts together.
        element: what a tuple that is read must hold.
        statuses: those that a list of orders keeps; None for a call that lists none.
    """

    hooks: tuple[str, ...]
    keys: tuple[str, ...] = ()
    read: type | None = None
    element: type | None = None
    statuses: frozenset[OrderStatus] | None = None


_ALL = frozenset(OrderStatus)
OPERATIONS: Mapping[str, Row] = MappingProxyType(
    {
        "cancel_order": Row(("cancel_order",), ("cancelOrder",)),
        "cancel_orders": Row(("cancel_order",), ("cancelOrders",)),
        "cancel_all_orders": Row(("cancel_order", "fetch_open_orders"), ("cancelAllOrders",)),
        "create_order": Row(("create_order",), ("createOrder", "createLimitOrder", "createMarketOrder")),
        "create_orders": Row(("create_order",), ("createOrders",)),
        "fetch_order": Row(("fetch_order",), ("fetchOrder",)),
        "fetch_open_orders": Row(("fetch_open_orders",), ("fetchOpenOrders",), statuses=_ALL),
        "fetch_orders": Row(("fetch_orders",), ("fetchOrders",), statuses=_ALL),
        "fetch_closed_orders": Row(("fetch_orders",), ("fetchClosedOrders",), statuses=frozenset({OrderStatus.CLOSED})),
        "fetch_canceled_orders": Row(
            ("fetch_orders",), ("fetchCanceledOrders",), statuses=frozenset({OrderStatus.CANCELED})
        ),
        "fetch_my_trades": Row(("fetch_my_trades",), ("fetchMyTrades",)),
        "fetch_balance": Row(("fetch_balance",), ("fetchBalance",), read=Balances),
        "fetch_trading_fees": Row(("fetch_trading_fees",), ("fetchTradingFees",), read=tuple, element=TradingFee),
        "fetch_accounts": Row(("fetch_accounts",), ("fetchAccounts",), read=tuple, element=Account),
        "check_key": Row(("check_key",), read=KeyInfo),
        "fetch_markets": Row(("fetch_markets",), ("fetchMarkets",), read=tuple, element=Market),
        "fetch_currencies": Row(("fetch_currencies",), ("fetchCurrencies",), read=tuple, element=Currency),
        "fetch_tickers": Row(("fetch_tickers",), ("fetchTicker", "fetchTickers"), read=tuple, element=Ticker),
        "fetch_order_book": Row(("fetch_order_book",), ("fetchOrderBook",), read=OrderBook),
        "fetch_trades": Row(("fetch_trades",), ("fetchTrades",), read=tuple, element=Trade),
        "fetch_ohlcv": Row(("fetch_ohlcv",), ("fetchOHLCV",), read=tuple, element=Candle),
        "fetch_time": Row(("fetch_time",), ("fetchTime",), read=int),
        "fetch_status": Row(("fetch_status",), ("fetchStatus",), read=VenueStatus),
        "watch_orders": Row(("watch_orders",), ("watchOrders",)),
        "watch_my_trades": Row(("watch_my_trades",), ("watchMyTrades",)),
    }
)
READS: Mapping[str, tuple[type, type | None]] = MappingProxyType(
    {name: (row.read, row.element) for name, row in OPERATIONS.items() if row.read is not None}
)
"""The calls whose hook gives the call's own result: what it must be, and what a tuple must hold."""
ORDER_LISTS: Mapping[str, tuple[str, frozenset[OrderStatus]]] = MappingProxyType(
    {name: (row.hooks[0], row.statuses) for name, row in OPERATIONS.items() if row.statuses is not None}
)
"""The calls that list orders: by which hook, and which statuses they keep."""


def capabilities(implemented: frozenset[str], support: Mapping[str, bool | str]) -> Mapping[str, bool | str]:
    """Return, by ccxt's keys, what works: True, ``"partial"``, or False.

    ``support`` is what the venue says of its own hooks: ``"partial"`` or False where its site lacks something. Of a
    call that works more, or less, than the hooks that it needs, it says so by ccxt's key.
    """

    def of_hook(hook: str) -> bool | str:
        return support.get(hook, True) if hook in implemented else False

    def of_call(key: str, hooks: tuple[str, ...]) -> bool | str:
        answers = [of_hook(hook) for hook in hooks]
        if not all(answers):
            return False
        if key in support:
            return support[key]
        return True if all(answer is True for answer in answers) else "partial"

    return MappingProxyType({key: of_call(key, row.hooks) for row in OPERATIONS.values() for key in row.keys})
