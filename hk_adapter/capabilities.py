"""Which calls a venue can serve, by ccxt's keys: derived from the hooks that it implements, typed nowhere by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NEEDS: Mapping[str, tuple[str, ...]] = {
    "cancelOrder": ("cancel_order",),
    "cancelOrders": ("cancel_order",),
    "cancelAllOrders": ("cancel_order", "fetch_open_orders"),
    "createOrder": ("create_order",),
    "createLimitOrder": ("create_order",),
    "createMarketOrder": ("create_order",),
    "createOrders": ("create_order",),
    "fetchOrder": ("fetch_order",),
    "fetchOpenOrders": ("fetch_open_orders",),
    "fetchOrders": ("fetch_orders",),
    "fetchClosedOrders": ("fetch_orders",),
    "fetchCanceledOrders": ("fetch_orders",),
    "fetchMyTrades": ("fetch_my_trades",),
    "fetchBalance": ("fetch_balance",),
    "fetchTradingFees": ("fetch_trading_fees",),
    "fetchAccounts": ("fetch_accounts",),
    "fetchMarkets": ("fetch_markets",),
    "fetchCurrencies": ("fetch_currencies",),
    "fetchTicker": ("fetch_tickers",),
    "fetchTickers": ("fetch_tickers",),
    "fetchOrderBook": ("fetch_order_book",),
    "fetchTrades": ("fetch_trades",),
    "fetchOHLCV": ("fetch_ohlcv",),
    "fetchTime": ("fetch_time",),
    "fetchStatus": ("fetch_status",),
    "watchOrders": ("watch_orders",),
    "watchMyTrades": ("watch_my_trades",),
}
"""The hooks without which the core cannot carry a call out. What a venue cannot do at once, the core does singly."""


def capabilities(implemented: frozenset[str], support: Mapping[str, bool | str]) -> Mapping[str, bool | str]:
    """Say by ccxt's keys what works: True, ``"partial"``, or False.

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

    return MappingProxyType({key: of_call(key, hooks) for key, hooks in NEEDS.items()})
