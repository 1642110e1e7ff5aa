"""HashKey's balances, markets and market data as its documentation (Sept 2026) writes them, for the suite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hk_adapter.flow.http import Response
from hk_adapter.model import OrderSide
from hk_adapter.testing import ScriptedBalance, ScriptedBookOrders, ScriptedMarket, ScriptedTicker, ScriptedTrade


class HashKeyDeskScript:
    """What of the venue's side is about no order."""

    def balances(self, balances: Sequence[ScriptedBalance]) -> Response:
        """Answer with the account."""
        return _json({"userId": "1464567707961719552", "balances": [_asset(one) for one in balances]})

    def markets(self, markets: Sequence[ScriptedMarket]) -> Response:
        """Answer with the catalogue."""
        told: dict[str, Any] = {"timezone": "UTC", "serverTime": "1790000000000", "brokerFilters": []}
        return _json(told | {"symbols": [_symbol(one) for one in markets], "options": [], "contracts": [], "coins": []})

    def book(self, book: ScriptedBookOrders) -> Response:
        """Answer with both sides."""
        bids, asks = ([[f"{number:f}" for number in pair] for pair in side] for side in (book.bids, book.asks))
        return _json({"t": 1_790_000_000_000, "b": bids, "a": asks})

    def trades(self, trades: Sequence[ScriptedTrade]) -> Response:
        """Answer with a bare list; ``ibm`` says that the buyer's order rested."""
        return _json([_trade(one) for one in trades])

    def tickers(self, tickers: Sequence[ScriptedTicker]) -> Response:
        """Answer with a bare list."""
        return _json([_ticker(one) for one in tickers])


def _asset(one: ScriptedBalance) -> dict[str, Any]:
    numbers = {"total": one.total, "free": one.free, "locked": one.used}
    names = {"asset": one.currency, "assetId": one.currency, "assetName": one.currency}
    return names | {name: f"{number:f}" for name, number in numbers.items()}


def _symbol(one: ScriptedMarket) -> dict[str, Any]:
    name = one.symbol.replace("/", "")
    return {
        "symbol": name,
        "symbolName": name,
        "status": "TRADING" if one.active else "HALT",
        "baseAsset": one.base,
        "baseAssetName": one.base,
        "baseAssetPrecision": f"{one.amount_step:f}",
        "quoteAsset": one.quote,
        "quoteAssetName": one.quote,
        "quotePrecision": "0.00000001",
        "retailAllowed": True,
        "isAggregate": False,
        "allowMargin": False,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": f"{one.price_step:f}",
                "maxPrice": "9000000000",
                "tickSize": f"{one.price_step:f}",
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": f"{one.least_amount:f}",
                "maxQty": f"{one.most_amount:f}",
                "stepSize": f"{one.amount_step:f}",
            },
            {"filterType": "MIN_NOTIONAL", "minNotional": f"{one.least_cost:f}"},
        ],
    }


def _trade(one: ScriptedTrade) -> dict[str, Any]:
    rests = one.side is OrderSide.SELL
    return {"t": str(one.time), "p": f"{one.price:f}", "q": f"{one.amount:f}", "ibm": rests}


def _ticker(one: ScriptedTicker) -> dict[str, Any]:
    numbers = {"b": one.bid, "a": one.ask, "o": one.open, "h": one.high, "l": one.low, "c": one.last, "v": one.volume}
    told = {"t": str(one.time), "s": one.symbol.replace("/", ""), "qv": "1"}
    return told | {name: f"{number:f}" for name, number in numbers.items()}


def _json(payload: Any) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(payload).encode())
