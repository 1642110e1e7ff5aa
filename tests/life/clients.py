"""Three clients of one served venue, behind one set of words: both our facades, and ccxt's own HashKey class."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

SYMBOL = "ETH/USD"
ORDER_ID = "the order's id"
READS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "markets": (("load_markets", True), ("load_markets", True)),
    "currencies": (("fetch_currencies",), ("fetch_currencies",)),
    "balance": (("fetch_balance",), ("fetch_balance",)),
    "order": (("fetch_order", ORDER_ID, SYMBOL), ("fetch_order", ORDER_ID, SYMBOL)),
    "open orders": (("fetch_open_orders", SYMBOL), ("fetch_open_orders", SYMBOL)),
    "history": (("fetch_orders", SYMBOL), ("fetch_canceled_and_closed_orders", SYMBOL)),
    "my trades": (("fetch_my_trades", SYMBOL), ("fetch_my_trades", SYMBOL)),
    "ticker": (("fetch_ticker", SYMBOL), ("fetch_ticker", SYMBOL)),
    "order book": (("fetch_order_book", SYMBOL), ("fetch_order_book", SYMBOL)),
    "trades": (("fetch_trades", SYMBOL), ("fetch_trades", SYMBOL)),
    "candles": (("fetch_ohlcv", SYMBOL, "1h"), ("fetch_ohlcv", SYMBOL, "1h")),
    "fees": (("fetch_trading_fees",), ("fetch_trading_fees",)),
    "accounts": (("fetch_accounts",), ("fetch_accounts",)),
}
"""What can be seen: by which call of ours, and by which of ccxt's."""


@dataclass
class Ours:
    """One of our facades; everything it gives is in ccxt's structures."""

    venue: Any

    async def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        result = getattr(self.venue, name)(*args, **kwargs)
        return in_ccxts_structure(await result if inspect.isawaitable(result) else result)

    async def create(self, type: str, side: str, amount: str, price: str | None, client_order_id: str) -> Any:
        """Place an order."""
        return await self._call("create_order", SYMBOL, type, side, amount, price, client_order_id=client_order_id)

    async def cancel(self, order_id: str) -> Any:
        """Cancel an order."""
        return await self._call("cancel_order", order_id, SYMBOL)

    async def read(self, what: str, order_id: str) -> Any:
        """See one thing; ``what`` is one of READS."""
        return await self._call(*_named(READS[what][0], order_id))

    async def close(self) -> None:
        """Close every connection."""
        result = self.venue.close()
        if inspect.isawaitable(result):
            await result


@dataclass
class Ccxt:
    """ccxt's own HashKey class, unchanged."""

    exchange: Any

    async def create(self, type: str, side: str, amount: str, price: str | None, client_order_id: str) -> Any:
        """Place an order."""
        limit = None if price is None else float(price)
        params = {"clientOrderId": client_order_id}
        return self.exchange.create_order(SYMBOL, type, side, float(amount), limit, params)

    async def cancel(self, order_id: str) -> Any:
        """Cancel an order, as ccxt does."""
        return self.exchange.cancel_order(order_id, SYMBOL)

    async def read(self, what: str, order_id: str) -> Any:
        """See one thing; ``what`` is one of READS."""
        name, *args = _named(READS[what][1], order_id)
        return getattr(self.exchange, name)(*args)

    async def close(self) -> None:
        """Close every connection."""
        if self.exchange.session is not None:
            self.exchange.session.close()


def open_clients(url: str) -> dict[str, Ours | Ccxt]:
    """Open the three for the same account of the same served venue."""
    import ccxt  # noqa: PLC0415 - an extra

    ours = {"base_url": url, "api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "budget": "unlimited"}
    theirs = {"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "enableRateLimit": False}
    return {
        "blocking": Ours(hk.connect("hashkey", **ours)),
        "asyncio": Ours(hk.connect_async("hashkey", **ours)),
        "ccxt": Ccxt(ccxt.hashkey({**theirs, "urls": {"api": {"public": url, "private": url}}})),
    }


def in_ccxts_structure(result: Any) -> Any:
    """Turn a model, or several in a list or mapping, into ccxt's dicts."""
    if hasattr(result, "to_ccxt"):
        return result.to_ccxt()
    if isinstance(result, Mapping):
        return {key: in_ccxts_structure(value) for key, value in result.items()}
    return [in_ccxts_structure(one) for one in result]


def _named(call: tuple[Any, ...], order_id: str) -> list[Any]:
    return [order_id if part is ORDER_ID else part for part in call]
