"""What an exchange tells about an account: balances, fees and accounts, from ccxt's unified dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Account, Balance, Balances, TradingFee
from hk_adapter.venues.ccxt_bridge.parse import number, readable, text, time


def balances(row: Mapping[str, Any]) -> Balances:
    """Read ccxt's balance: each currency that it sums up, and tell those that cannot be read."""
    codes = row.get("total") or {}
    rows = [{"currency": code, "balance": row.get(code) or {}} for code in codes]
    read = readable(_named_balance, rows, "balance", "currency")
    return Balances(
        by_currency=dict(read),
        unread=read.unread,
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


def _named_balance(row: Mapping[str, Any]) -> tuple[str, Balance]:
    told = row["balance"]
    if not isinstance(told, Mapping):
        raise InvalidArgument(f"it is {type(told).__name__}")
    return row["currency"], Balance(free=number(told, "free"), used=number(told, "used"), total=number(told, "total"))
