"""Every HashKey endpoint in use, one row each: where it is, what it costs, and which hook asks it.

The hooks stand in ``cancels``, ``orders``, ``account``, ``markets`` and ``streams``. Endpoints that are not used are in
``docs/venues/hashkey.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from hk_adapter.errors import NotSupported
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.record import Record
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.sites import ORDERS, PUBLIC, QUERIES, Site

EVERY_SITE = ("hk", "global", "mena")


class Endpoint(Record, frozen=True):
    """One row.

    Attributes:
        weight: what it costs; the dearer one where documentations differ, 1 where none says.
        group: the rate-limit group that it is charged to; those of ``public`` need no key.
        lane: which part of that group it may use.
        hook: the hook that asks it.
        sites: where it is documented.
    """

    method: str
    path: str
    weight: int
    group: str
    lane: Lane
    hook: str
    sites: tuple[str, ...] = EVERY_SITE

    def call(self, params: Mapping[str, str], *, json: Any = None, path: str | None = None) -> HttpCall:
        """Write what to send; ``path`` replaces the row's."""
        return HttpCall(
            method=self.method,
            path=path or self.path,
            params=params,
            json=json,
            signed=self.group != PUBLIC,
            group=self.group,
            lane=self.lane,
            weight=self.weight,
        )

    def check_site(self, site: Site) -> None:
        """Raise NotSupported where the site has no such endpoint."""
        if site.name not in self.sites:
            text = f"{VENUE}'s site {site.name} has no {self.method} {self.path}"
            raise NotSupported(text, venue=VENUE, operation=self.hook)


_N, _C = Lane.NORMAL, Lane.CANCEL

# Weights: HashKey's documentations of HK (Nov 2025) and MENA (Sept 2026). The first says 5 for batches and mass cancels
# where the second says 1; the dearer is safe under both.
# fmt: off
CREATE_ORDER = Endpoint("POST", "/api/v1.1/spot/order", 1, ORDERS, _N, "create_order")
TEST_ORDER = Endpoint("POST", "/api/v1/spot/orderTest", 1, ORDERS, _N, "create_order", ("hk", "global"))
CREATE_ORDERS = Endpoint("POST", "/api/v1.1/spot/batchOrders", 5, ORDERS, _N, "create_orders")
CANCEL_ORDER = Endpoint("DELETE", "/api/v1/spot/order", 1, ORDERS, _C, "cancel_order")
CANCEL_ORDERS = Endpoint("DELETE", "/api/v1/spot/cancelOrderByIds", 5, ORDERS, _C, "cancel_orders")
CANCEL_SYMBOL = Endpoint("DELETE", "/api/v1/spot/openOrders", 5, ORDERS, _C, "cancel_all_orders")
CANCEL_EVERY_SYMBOL = Endpoint(
    "DELETE", "/api/v1/spot/cancelAllOpenOrders", 5, ORDERS, _C, "cancel_all_orders", ("global", "mena"))

ORDER = Endpoint("GET", "/api/v1/spot/order", 1, QUERIES, _N, "fetch_order")
OPEN_ORDERS = Endpoint("GET", "/api/v1/spot/openOrders", 1, QUERIES, _N, "fetch_open_orders")
ORDER_HISTORY = Endpoint("GET", "/api/v1/spot/tradeOrders", 5, QUERIES, _N, "fetch_orders")
SUB_OPEN_ORDERS = Endpoint(
    "GET", "/api/v1/spot/subAccount/openOrders", 1, QUERIES, _N, "fetch_open_orders", ("global", "mena"))
SUB_ORDER_HISTORY = Endpoint(
    "GET", "/api/v1/spot/subAccount/tradeOrders", 5, QUERIES, _N, "fetch_orders", ("global", "mena"))

FILLS = Endpoint("GET", "/api/v1/account/trades", 5, QUERIES, _N, "fetch_my_trades")
ORDER_FILLS = Endpoint("GET", "/api/v1/account/trades", 5, QUERIES, _N, "fetch_order_trades")
SUB_FILLS = Endpoint(
    "GET", "/api/v1/subAccount/trades", 5, QUERIES, _N, "fetch_my_trades", ("global", "mena"))
BALANCES = Endpoint("GET", "/api/v1/account", 5, QUERIES, _N, "fetch_balance")
FEES = Endpoint("GET", "/api/v1/account/vipInfo", 5, QUERIES, _N, "fetch_trading_fees")
ACCOUNTS = Endpoint("GET", "/api/v1/account/type", 5, QUERIES, _N, "fetch_accounts")
KEY = Endpoint("GET", "/api/v1/account/checkApiKey", 1, QUERIES, _N, "check_key")

# Weight 1, of a class that no page names: counted with the orders, whose limit is the one that does not starve looks.
NEW_LISTEN_KEY = Endpoint("POST", "/api/v1/userDataStream", 1, ORDERS, _N, "open_stream")
RENEW_LISTEN_KEY = Endpoint("PUT", "/api/v1/userDataStream", 1, ORDERS, _N, "renew_stream")
END_LISTEN_KEY = Endpoint("DELETE", "/api/v1/userDataStream", 1, ORDERS, _N, "close_stream")

MARKETS = Endpoint("GET", "/api/v1/exchangeInfo", 1, PUBLIC, _N, "fetch_markets")
CURRENCIES = Endpoint("GET", "/api/v1/exchangeInfo", 1, PUBLIC, _N, "fetch_currencies")
TICKERS = Endpoint("GET", "/quote/v1/ticker/24hr", 1, PUBLIC, _N, "fetch_tickers")
BOOK = Endpoint("GET", "/quote/v1/depth", 1, PUBLIC, _N, "fetch_order_book")
TRADES = Endpoint("GET", "/quote/v1/trades", 1, PUBLIC, _N, "fetch_trades")
CANDLES = Endpoint("GET", "/quote/v1/klines", 1, PUBLIC, _N, "fetch_ohlcv")
TIME = Endpoint("GET", "/api/v1/time", 1, PUBLIC, _N, "fetch_time")
PING = Endpoint("GET", "/api/v1/ping", 1, PUBLIC, _N, "fetch_status")
# fmt: on

ENDPOINTS = (
    CREATE_ORDER, TEST_ORDER, CREATE_ORDERS, CANCEL_ORDER, CANCEL_ORDERS, CANCEL_SYMBOL, CANCEL_EVERY_SYMBOL,
    ORDER, OPEN_ORDERS, ORDER_HISTORY, SUB_OPEN_ORDERS, SUB_ORDER_HISTORY,
    FILLS, ORDER_FILLS, SUB_FILLS, BALANCES, FEES, ACCOUNTS, KEY,
    NEW_LISTEN_KEY, RENEW_LISTEN_KEY, END_LISTEN_KEY,
    MARKETS, CURRENCIES, TICKERS, BOOK, TRADES, CANDLES, TIME, PING,
)  # fmt: skip
"""All of them."""

_EXTRAS = (TEST_ORDER, SUB_OPEN_ORDERS, SUB_ORDER_HISTORY, SUB_FILLS)
"""Without these a hook still does what it is for: tests of orders, and lists of sub-accounts beside ``accountId``."""


def site_support(site: Site) -> Mapping[str, Literal["partial", False]]:
    """Name the hooks that lack some of their endpoints on a site, or all of them."""
    there: dict[str, set[bool]] = {}
    for endpoint in ENDPOINTS:
        if endpoint not in _EXTRAS:
            there.setdefault(endpoint.hook, set()).add(site.name in endpoint.sites)
    return {hook: "partial" if True in found else False for hook, found in there.items() if False in found}
