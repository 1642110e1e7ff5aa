"""ccxt's own HashKey class, which knows a few markets without asking anybody."""

from __future__ import annotations

from typing import Any

import pytest

ccxt = pytest.importorskip("ccxt")

PAIRS = (("ETH", "USD"), ("ETH", "USDT"), ("BTC", "USD"), ("BTC", "FDUSD"))


def offline() -> Any:
    """Give the class with a list of markets, all with a price step of 0.01."""
    client = ccxt.hashkey()
    client.set_markets([_market(client, base, quote) for base, quote in PAIRS])
    return client


def _market(client: Any, base: str, quote: str) -> Any:
    return client.safe_market_structure(
        {
            "id": base + quote,
            "symbol": f"{base}/{quote}",
            "base": base,
            "quote": quote,
            "baseId": base,
            "quoteId": quote,
            "type": "spot",
            "spot": True,
            "contract": False,
            "precision": {"amount": 0.0001, "price": 0.01},
        }
    )
