"""Three clients of one served venue, behind one set of words: both our facades, and ccxt's own HashKey class."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

SYMBOL = "ETH/USD"


@dataclass
class Ours:
    """One of our facades; everything it gives is in ccxt's structures."""

    venue: Any

    async def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        result = getattr(self.venue, name)(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    async def create(self, type: str, side: str, amount: str, price: str | None, client_order_id: str) -> dict[str, Any]:
        """Place an order."""
        order = await self._call("create_order", SYMBOL, type, side, amount, price, client_order_id=client_order_id)
        return order.to_ccxt()

    async def cancel(self, order_id: str) -> dict[str, Any]:
        """Cancel an order."""
        return (await self._call("cancel_order", order_id, SYMBOL)).to_ccxt()

    async def read(self, what: str, order_id: str) -> Any:
        """See one thing; ``what`` is one of READS."""
        match what:
            case "markets":
                return {symbol: one.to_ccxt() for symbol, one in (await self._call("load_markets", True)).items()}
            case "currencies":
                return {code: one.to_ccxt() for code, one in (await self._call("fetch_currencies")).items()}
            case "balance":
                return (await self._call("fetch_balance")).to_ccxt()
            case "order":
                return (await self._call("fetch_order", order_id, SYMBOL)).to_ccxt()
            case "open orders":
                return [one.to_ccxt() for one in await self._call("fetch_open_orders", SYMBOL)]
            case "history":
                return [one.to_ccxt() for one in await self._call("fetch_orders", SYMBOL)]
            case "my trades":
                return [one.to_ccxt() for one in await self._call("fetch_my_trades", SYMBOL)]
            case "ticker":
                return (await self._call("fetch_ticker", SYMBOL)).to_ccxt()
            case "order book":
                return (await self._call("fetch_order_book", SYMBOL)).to_ccxt()
            case "trades":
                return [one.to_ccxt() for one in await self._call("fetch_trades", SYMBOL)]
            case "candles":
                return [one.to_ccxt() for one in await self._call("fetch_ohlcv", SYMBOL, "1h")]
            case "fees":
                return {symbol: one.to_ccxt() for symbol, one in (await self._call("fetch_trading_fees")).items()}
            case "accounts":
                return [one.to_ccxt() for one in await self._call("fetch_accounts")]
        raise AssertionError(what)

    async def close(self) -> None:
        """Close every connection."""
        await self._call("close")


@dataclass
class Ccxt:
    """ccxt's own HashKey class, unchanged."""

    exchange: Any

    async def create(self, type: str, side: str, amount: str, price: str | None, client_order_id: str) -> dict[str, Any]:
        """Place an order."""
        limit = None if price is None else float(price)
        order: dict[str, Any] = self.exchange.create_order(
            SYMBOL, type, side, float(amount), limit, {"clientOrderId": client_order_id}
        )
        return order

    async def cancel(self, order_id: str) -> dict[str, Any]:
        """Cancel an order, as ccxt does."""
        order: dict[str, Any] = self.exchange.cancel_order(order_id, SYMBOL)
        return order

    async def read(self, what: str, order_id: str) -> Any:
        """See one thing; ``what`` is one of READS."""
        match what:
            case "markets":
                return self.exchange.load_markets(True)
            case "currencies":
                return self.exchange.fetch_currencies()
            case "balance":
                return self.exchange.fetch_balance()
            case "order":
                return self.exchange.fetch_order(order_id, SYMBOL)
            case "open orders":
                return self.exchange.fetch_open_orders(SYMBOL)
            case "history":
                return self.exchange.fetch_canceled_and_closed_orders(SYMBOL)
            case "my trades":
                return self.exchange.fetch_my_trades(SYMBOL)
            case "ticker":
                return self.exchange.fetch_ticker(SYMBOL)
            case "order book":
                return dict(self.exchange.fetch_order_book(SYMBOL))
            case "trades":
                return self.exchange.fetch_trades(SYMBOL)
            case "candles":
                return self.exchange.fetch_ohlcv(SYMBOL, "1h")
            case "fees":
                return self.exchange.fetch_trading_fees()
            case "accounts":
                return self.exchange.fetch_accounts()
        raise AssertionError(what)

    async def close(self) -> None:
        """Close every connection."""
        if self.exchange.session is not None:
            self.exchange.session.close()


READS = (
    "markets",
    "currencies",
    "balance",
    "order",
    "open orders",
    "history",
    "my trades",
    "ticker",
    "order book",
    "trades",
    "candles",
    "fees",
    "accounts",
)


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
