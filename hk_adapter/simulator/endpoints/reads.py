"""Where market data and accounts are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.endpoints.account import account_types, balances, end_of_day_balances, key_type, vip_info
from hk_adapter.simulator.endpoints.exchange_info import exchange_info
from hk_adapter.simulator.endpoints.fills import account_fills, fills_by_client_id, sub_account_fills
from hk_adapter.simulator.endpoints.klines import klines
from hk_adapter.simulator.endpoints.market_data import (
    book_tickers,
    day_tickers,
    depth,
    merged_depth,
    price_tickers,
    trades,
)
from hk_adapter.simulator.endpoints.statement import statement
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState

Route = tuple[str, str]

FILLS_BY_CLIENT_ID = ("GET", "/api/v1/account/tradesByClOrderId")
END_OF_DAY = ("GET", "/api/v1/account/eodBalance")

PUBLIC_READS: Mapping[Route, Callable[[VenueState, Parameters, int], Answer]] = MappingProxyType(
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
SIGNED_READS: Mapping[Route, Callable[[VenueState, Account, Parameters, int], Answer]] = MappingProxyType(
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
