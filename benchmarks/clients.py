"""Ours and ccxt's clients of the loopback server, as a bot in a hurry would set them: no pacing, markets known."""

from __future__ import annotations

from typing import Any

import ccxt
import ccxt.async_support

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

MARKET = {
    "id": "ETHUSD", "symbol": "ETH/USD", "base": "ETH", "quote": "USD", "baseId": "ETH", "quoteId": "USD",
    "type": "spot", "spot": True, "swap": False, "future": False, "option": False, "contract": False, "active": True,
    "precision": {"amount": 0.0001, "price": 0.01}, "limits": {"amount": {}, "price": {}, "cost": {}},
}  # fmt: skip
"""What ccxt knows of the market beforehand: it is asked for none."""


def ccxt_config(url: str) -> dict[str, Any]:
    """Give a ccxt configuration for a server."""
    return {
        "apiKey": DEFAULT_API_KEY,
        "secret": DEFAULT_SECRET,
        "enableRateLimit": False,
        "urls": {"api": {"public": url, "private": url}},
    }


def ccxt_blocking(url: str) -> Any:
    """Open ccxt's own HashKey class."""
    exchange = ccxt.hashkey(ccxt_config(url))
    exchange.set_markets([MARKET])
    return exchange


def ccxt_asyncio(url: str) -> Any:
    """As ``ccxt_blocking``, for the running loop."""
    exchange = ccxt.async_support.hashkey(ccxt_config(url))
    exchange.set_markets([MARKET])
    return exchange


def ours_blocking(url: str, plugins: tuple[Any, ...] = ()) -> hk.Venue:
    """Open ours."""
    return hk.connect(
        "hashkey", api_key=DEFAULT_API_KEY, secret=DEFAULT_SECRET, base_url=url, budget="unlimited", plugins=plugins
    )


def ours_asyncio(url: str) -> hk.AsyncVenue:
    """Open ours for the running loop."""
    return hk.connect_async("hashkey", api_key=DEFAULT_API_KEY, secret=DEFAULT_SECRET, base_url=url, budget="unlimited")
