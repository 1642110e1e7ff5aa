"""What an exchange tells about an account: balances, fills, fees and accounts, from ccxt's unified dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.model import Account, Balance, Balances, TradingFee
from hk_adapter.venues.ccxt_bridge.rows import number, text, time


def balances(row: Mapping[str, Any]) -> Balances:
    """Read ccxt's balance: each currency that it sums up."""
    return Balances(
        by_currency={code: _balance(row.get(code) or {}) for code in row.get("total") or {}},
        timestamp=time(row, "timestamp"),
        info=row.get("info") or {},
    )


def trading_fee(row: Mapping[str, Any]) -> TradingFee:
    """Read a market's fee."""
    return TradingFee(
        symbol=text(row, "symbol"),
        maker=number(row, "maker"),
        taker=number(row, "taker"),
        info=row.get("info") or {},
    )


def account(row: Mapping[str, Any]) -> Account:
    """Read an account."""
    return Account(id=str(row["id"]), type=text(row, "type"), name=text(row, "name"), info=row.get("info") or {})


def _balance(row: Mapping[str, Any]) -> Balance:
    return Balance(free=number(row, "free"), used=number(row, "used"), total=number(row, "total"))
