"""HashKey's venue behind ccxt's class passes the suite, but for what ccxt itself cannot do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

import pytest

from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.testing.conformance import Capabilities, Refusal, StateWord, VenueSuite
from tests.conformance.hashkey_script import HashKeyScript

pytest.importorskip("ccxt")

_LIMITS = {"minQty": "0.00000001", "maxQty": "9000000000", "stepSize": "0.00000001"}
_MARKET = {
    "symbol": "ETHUSD",
    "symbolName": "ETHUSD",
    "status": "TRADING",
    "baseAsset": "ETH",
    "baseAssetName": "ETH",
    "baseAssetPrecision": "0.00000001",
    "quoteAsset": "USD",
    "quoteAssetName": "USD",
    "quotePrecision": "0.00000001",
    "retailAllowed": True,
    "isAggregate": False,
    "allowMargin": False,
    "filters": [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": "0.00000001",
            "maxPrice": "9000000000",
            "tickSize": "0.00000001",
        },
        {"filterType": "LOT_SIZE", **_LIMITS},
        {"filterType": "MIN_NOTIONAL", "minNotional": "0"},
    ],
}
_OTHER_MARKET = _MARKET | {"symbol": "BTCUSD", "symbolName": "BTCUSD", "baseAsset": "BTC", "baseAssetName": "BTC"}
_CATALOGUE = {
    "timezone": "UTC",
    "brokerFilters": [],
    "symbols": [_MARKET, _OTHER_MARKET],
    "options": [],
    "contracts": [],
    "coins": [],
}


class HashKeyScriptWithMarkets(HashKeyScript):
    """What ccxt's class asks besides: the markets, before all else."""

    def other(self, request: HttpRequest, now: int) -> Response:
        """List two markets, of eight decimals."""
        if request.path != "/api/v1/exchangeInfo":
            return super().other(request, now)
        return Response(200, {"content-type": "application/json"}, json.dumps(_CATALOGUE).encode())

    def state_words(self) -> Sequence[StateWord]:
        """Tell those that ccxt's class knows."""
        return [state for state in super().state_words() if state.word != "PENDING_NEW"]


class TestCcxtHashKey(VenueSuite):
    """The bridge and ccxt's class, in front of the venue that HashKey's own plugin is tried with."""

    venue_id = "ccxt:hashkey"
    script = HashKeyScriptWithMarkets()
    options: ClassVar = {"enableRateLimit": False}
    cancels = 100
    capabilities = Capabilities(
        absent={
            "signed_examples": "ccxt signs: there is no sign of ours",
            "signed_params": "so it does",
            "signed_time": "so it does",
            "the_hosts_clock": "ccxt reads a clock of its own",
            "ordered": "the venue takes requests in any order, by their time",
            "create_orders": "ccxt's class of HashKey does not send the client's ids of several",
            "cancel_orders": "ccxt's class of HashKey has no cancelOrders",
            "an_answer_without_rows": "ccxt reads an object without rows as a list of none",
            Refusal.CLOSED: "ccxt says ExchangeNotAvailable, as of a page of a gateway: that leaves everything open",
        }
    )
