"""Balances and fees in ccxt's unified dicts."""

from __future__ import annotations

from typing import Any

from hk_adapter.model.ccxt_format import Number, Record, iso8601
from hk_adapter.model.decimals import writer


def balances_to_ccxt(balances: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's balance dict: each currency, and ``free``, ``used`` and ``total`` by currency."""
    number = writer(number)
    data: dict[str, Any] = {"info": balances.info, "free": {}, "used": {}, "total": {}}
    if balances.timestamp is not None:
        data |= {"timestamp": balances.timestamp, "datetime": iso8601(balances.timestamp)}
    for currency, balance in balances.items():
        row = {
            name: None if value is None else number(value)
            for name, value in (("free", balance.free), ("used", balance.used), ("total", balance.total))
        }
        data[currency] = row
        for name, value in row.items():
            data[name][currency] = value
    return data


def trading_fee_to_ccxt(fee: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's trading fee dict."""
    number = writer(number)
    return {
        "info": fee.info,
        "symbol": fee.symbol,
        "maker": None if fee.maker is None else number(fee.maker),
        "taker": None if fee.taker is None else number(fee.taker),
        "percentage": True,
        "tierBased": True,
    }
