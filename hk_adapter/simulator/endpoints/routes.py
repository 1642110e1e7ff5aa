"""What each path does: the routing table, of which reads are a part, and the endpoints about nothing at all.

Public endpoints are `(venue, parameters, now)`, signed ones also get the account that asks. Not built, and so answered
like any unknown path: wallet, fiat, futures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hk_adapter.simulator.access.keys import (
    ASSET_TRANSFER,
    LISTEN_KEY_CREATE,
    LISTEN_KEY_DELETE,
    LISTEN_KEY_RENEW,
)
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.endpoints.account import account_types, balances, end_of_day_balances, key_type, vip_info
from hk_adapter.simulator.endpoints.cancel import cancel_all, cancel_by_ids, cancel_of_symbol, cancel_order, query_order
from hk_adapter.simulator.endpoints.create import (
    check_order,
    create_batch,
    create_batch_v1,
    create_order,
    create_order_v1,
)
from hk_adapter.simulator.endpoints.exchange_info import exchange_info
from hk_adapter.simulator.endpoints.fills import account_fills, fills_by_client_id, sub_account_fills
from hk_adapter.simulator.endpoints.klines import klines
from hk_adapter.simulator.endpoints.listen_keys import create_listen_key, delete_listen_key, renew_listen_key
from hk_adapter.simulator.endpoints.lists import (
    open_orders,
    order_history,
    sub_account_history,
    sub_account_open_orders,
)
from hk_adapter.simulator.endpoints.market_data import (
    book_tickers,
    day_tickers,
    depth,
    merged_depth,
    price_tickers,
    trades,
)
from hk_adapter.simulator.endpoints.naming import CANCEL_BY_IDS, CANCEL_ORDER
from hk_adapter.simulator.endpoints.statement import statement
from hk_adapter.simulator.endpoints.transfers import transfer
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState

Route = tuple[str, str]
PublicEndpoint = Callable[[VenueState, Parameters, int], Answer]
SignedEndpoint = Callable[[VenueState, Account, Parameters, int], Answer]

FILLS_BY_CLIENT_ID = ("GET", "/api/v1/account/tradesByClOrderId")
END_OF_DAY = ("GET", "/api/v1/account/eodBalance")

PUBLIC_READS: Mapping[Route, PublicEndpoint] = MappingProxyType(
    {
        ("GET", "/api/v1/exchangeInfo"): exchange_info,
        ("GET", "/quote/v1/depth"): depth,
        ("GET", "/quote/v1/depth/merged"): merged_depth,
        ("GET", "/quote/v1/trades"): trades,
        ("GET", "/quote/v1/klines"): klines,
        ("GET", "/quote/v1/ticker/24hr"): day_tickers,
        ("GET", "/quote/v1/ticker/price"): price_tickers,
        ("GET", "/quote/v1/ticker/bookTicker"): book_tickers,
    }
)
SIGNED_READS: Mapping[Route, SignedEndpoint] = MappingProxyType(
    {
        ("GET", "/api/v1/account"): balances,
        END_OF_DAY: end_of_day_balances,
        ("GET", "/api/v1/account/type"): account_types,
        ("GET", "/api/v1/account/checkApiKey"): key_type,
        ("GET", "/api/v1/account/vipInfo"): vip_info,
        ("GET", "/api/v1/account/trades"): account_fills,
        FILLS_BY_CLIENT_ID: fills_by_client_id,
        ("GET", "/api/v1/subAccount/trades"): sub_account_fills,
        ("GET", "/api/v1/account/balanceFlow"): statement,
    }
)


def are_served(dialect: Dialect) -> dict[Route, bool]:
    """Return, of the reads that not every site has, whether this one does."""
    return {FILLS_BY_CLIENT_ID: dialect.fills_by_client_id_served, END_OF_DAY: dialect.end_of_day_served}


def ping(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Answer the connectivity test."""
    return {}


def server_time(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Return the venue's clock, in ms, as a bare number."""
    return {"serverTime": now}


PUBLIC: Mapping[Route, PublicEndpoint] = {
    ("GET", "/api/v1/ping"): ping,
    ("GET", "/api/v1/time"): server_time,
    **PUBLIC_READS,
}
BATCH = ("POST", "/api/v1.1/spot/batchOrders")
BATCH_V1 = ("POST", "/api/v1/spot/batchOrders")
ORDER_TEST = ("POST", "/api/v1/spot/orderTest")
CANCEL_ALL = ("DELETE", "/api/v1/spot/cancelAllOpenOrders")
SIGNED: Mapping[Route, SignedEndpoint] = {
    ("POST", "/api/v1.1/spot/order"): create_order,
    ("POST", "/api/v1/spot/order"): create_order_v1,
    ORDER_TEST: check_order,
    BATCH: create_batch,
    BATCH_V1: create_batch_v1,
    ("GET", "/api/v1/spot/order"): query_order,
    ("GET", "/api/v1/spot/openOrders"): open_orders,
    ("GET", "/api/v1/spot/tradeOrders"): order_history,
    ("GET", "/api/v1/spot/subAccount/openOrders"): sub_account_open_orders,
    ("GET", "/api/v1/spot/subAccount/tradeOrders"): sub_account_history,
    CANCEL_ORDER: cancel_order,
    CANCEL_BY_IDS: cancel_by_ids,
    ("DELETE", "/api/v1/spot/openOrders"): cancel_of_symbol,
    CANCEL_ALL: cancel_all,
    ASSET_TRANSFER: transfer,
    LISTEN_KEY_CREATE: create_listen_key,
    LISTEN_KEY_RENEW: renew_listen_key,
    LISTEN_KEY_DELETE: delete_listen_key,
    **SIGNED_READS,
}


def served(dialect: Dialect) -> Mapping[Route, SignedEndpoint]:
    """Return the signed endpoints that a site has."""
    is_served = {
        ORDER_TEST: dialect.order_test_served,
        BATCH: dialect.batch_create_paths != "v1",
        BATCH_V1: dialect.batch_create_paths != "v1_1",
        CANCEL_ALL: dialect.cancel_all_served,
        **are_served(dialect),
    }
    return {route: endpoint for route, endpoint in SIGNED.items() if is_served.get(route, True)}
