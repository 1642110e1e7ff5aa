"""The made-up venue's balances, markets and market data: its plugin's part, and its script's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import hk_adapter as hk
from hk_adapter.parsing import read_rows

if TYPE_CHECKING:
    from hk_adapter.testing import (
        ScriptedBalance,
        ScriptedBookOrders,
        ScriptedMarket,
        ScriptedTicker,
        ScriptedTrade,
    )


class LagoonDesk:
    """The plugin's part: what it reads is read exactly, or told."""

    number: Any
    payload: Any
    reading: Any
    plain: Any

    @hk.hookimpl
    async def fetch_balance(self, request: Any) -> hk.Balances:
        """Ask once."""
        self.plain(request)
        response = await hk.HttpCall("GET", "/account", signed=True, group="queries")
        with self.reading(response):
            return self.balances(self.payload(response)["funds"])

    @hk.hookimpl
    async def fetch_markets(self, request: Any) -> tuple[hk.Market, ...]:
        """Ask once."""
        self.plain(request)
        response = await hk.HttpCall("GET", "/pairs", group="queries")
        with self.reading(response):
            return self.markets(self.payload(response)["pairs"])

    @hk.hookimpl
    async def fetch_order_book(self, request: Any) -> hk.OrderBook:
        """Ask once."""
        self.plain(request)
        with self.reading(response := await self.about("/book", request.symbol)):
            return self.book(self.payload(response), request.symbol)

    @hk.hookimpl
    async def fetch_trades(self, request: Any) -> tuple[hk.Trade, ...]:
        """Ask once."""
        self.plain(request)
        with self.reading(response := await self.about("/trades", request.symbol)):
            return self.trades(self.payload(response)["trades"])

    @hk.hookimpl
    async def fetch_tickers(self, request: Any) -> tuple[hk.Ticker, ...]:
        """Ask once, for all of them."""
        self.plain(request)
        response = await hk.HttpCall("GET", "/tickers", group="queries")
        with self.reading(response):
            found = self.tickers(self.payload(response)["tickers"])
            return hk.ReadRows([one for one in found if one.symbol in (request.symbols or [one.symbol])], found.unread)

    async def about(self, path: str, symbol: str) -> hk.Response:
        """Ask what everybody may see of a market."""
        return await hk.HttpCall("GET", path, params={"pair": symbol.replace("/", "-")}, group="queries")

    def balances(self, rows: list[Any]) -> hk.Balances:
        """Read all rows, and tell those that cannot be read."""
        found = read_rows(rows, self.balance, "coin")
        return hk.Balances(by_currency=dict(found), unread=found.unread)

    def balance(self, row: Any) -> tuple[str, hk.Balance]:
        """Read a row."""
        with self.reading(hk.Response(200, {}, b"")):
            free, used = self.number(row["free"]), self.number(row["held"])
            total = self.number(row["total"])
            return row["coin"], hk.Balance(free=free, used=used, total=total)

    def markets(self, rows: list[Any]) -> hk.ReadRows[hk.Market]:
        """Read all rows, and tell those that cannot be read."""
        return read_rows(rows, self.market, "pair")

    def market(self, row: Any) -> hk.Market:
        """Read a row."""
        with self.reading(hk.Response(200, {}, b"")):
            base, quote = row["pair"].split("-")
            return hk.Market(
                id=row["pair"],
                symbol=f"{base}/{quote}",
                base=base,
                quote=quote,
                active=row["open"] is True,
                price_step=self.number(row["tick"]),
                amount_step=self.number(row["lot"]),
                amount=hk.Limits(min=self.number(row["least"]), max=self.number(row["most"])),
                cost=hk.Limits(min=self.number(row["worth"])),
                info=row,
            )

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        """Read both sides."""
        bids, asks = (tuple(map(self.level, payload[side])) for side in ("bids", "asks"))
        return hk.OrderBook(symbol=symbol, bids=bids, asks=asks)

    def level(self, pair: Any) -> hk.BookLevel:
        """Read a price."""
        price, amount = map(self.number, pair)
        return hk.BookLevel(price, amount)

    def trades(self, rows: list[Any]) -> hk.ReadRows[hk.Trade]:
        """Read all rows, newest last, and tell those that cannot be read."""
        return read_rows(rows, self.trade, "id")

    def trade(self, row: Any) -> hk.Trade:
        """Read a row."""
        with self.reading(hk.Response(200, {}, b"")):
            return hk.Trade(
                id=row["id"],
                symbol=row["pair"].replace("-", "/"),
                side=hk.OrderSide(row["taker"]),
                price=self.number(row["price"]),
                amount=self.number(row["size"]),
                timestamp=row["made"],
                info=row,
            )

    def tickers(self, rows: list[Any]) -> hk.ReadRows[hk.Ticker]:
        """Read all rows, and tell those that cannot be read."""
        return read_rows(rows, self.ticker, "pair")

    def ticker(self, row: Any) -> hk.Ticker:
        """Read a row."""
        with self.reading(hk.Response(200, {}, b"")):
            return hk.Ticker(
                symbol=row["pair"].replace("-", "/"),
                timestamp=row["at"],
                bid=self.number(row["bid"]),
                ask=self.number(row["ask"]),
                open=self.number(row["first"]),
                high=self.number(row["high"]),
                low=self.number(row["low"]),
                last=self.number(row["last"]),
                base_volume=self.number(row["volume"]),
                info=row,
            )


class LagoonDeskScript:
    """The script's part."""

    def balances(self, balances: Sequence[ScriptedBalance]) -> hk.Response:
        """Answer with rows."""
        return _json({"funds": [funds_row(one) for one in balances]})

    def markets(self, markets: Sequence[ScriptedMarket]) -> hk.Response:
        """Answer with rows."""
        return _json({"pairs": [_pair(one) for one in markets]})

    def book(self, book: ScriptedBookOrders) -> hk.Response:
        """Answer with both sides."""
        bids, asks = ([[f"{number:f}" for number in pair] for pair in side] for side in (book.bids, book.asks))
        return _json({"bids": bids, "asks": asks})

    def trades(self, trades: Sequence[ScriptedTrade]) -> hk.Response:
        """Answer with rows, newest last."""
        return _json({"trades": [_trade(one) for one in trades]})

    def tickers(self, tickers: Sequence[ScriptedTicker]) -> hk.Response:
        """Answer with rows."""
        return _json({"tickers": [_ticker(one) for one in tickers]})


def funds_row(one: ScriptedBalance) -> dict[str, Any]:
    """Write what there is of a currency."""
    return {"coin": one.currency, "free": _text(one.free), "held": _text(one.used), "total": _text(one.total)}


def _pair(one: ScriptedMarket) -> dict[str, Any]:
    return {
        "pair": one.symbol.replace("/", "-"),
        "open": one.active,
        "tick": _text(one.price_step),
        "lot": _text(one.amount_step),
        "least": _text(one.least_amount),
        "most": _text(one.most_amount),
        "worth": _text(one.least_cost),
    }


def _trade(one: ScriptedTrade) -> dict[str, Any]:
    return {
        "id": one.id,
        "pair": one.symbol.replace("/", "-"),
        "taker": str(one.side),
        "price": _text(one.price),
        "size": _text(one.amount),
        "made": one.time,
    }


def _ticker(one: ScriptedTicker) -> dict[str, Any]:
    return {
        "pair": one.symbol.replace("/", "-"),
        "bid": _text(one.bid),
        "ask": _text(one.ask),
        "first": _text(one.open),
        "high": _text(one.high),
        "low": _text(one.low),
        "last": _text(one.last),
        "volume": _text(one.volume),
        "at": one.time,
    }


def _text(number: Decimal) -> str:
    return f"{number:f}"


def _json(payload: Any) -> hk.Response:
    return hk.Response(200, {"content-type": "application/json"}, json.dumps(payload).encode())
