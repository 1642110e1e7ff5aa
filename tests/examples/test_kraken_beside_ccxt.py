"""Two readings of Kraken's documented orders agree: the example's, and that of ccxt's own class."""

from __future__ import annotations

import importlib
import json
from typing import Any

import ccxt
import pytest
from vcr.serializers import yamlserializer

from tests.examples.test_kraken import EXAMPLE

FIELDS = ["id", "symbol", "side", "amount", "filled", "remaining", "average", "status", "timestamp"]
"""Not the client's id, which ccxt gives as ``userref``: a number that many orders may have."""
SYMBOLS = {"XBTUSD": "BTC/USD", "XBTGBP": "BTC/GBP", "XBTEUR": "BTC/EUR"}


def documented() -> dict[str, Any]:
    """Collect the orders that the cassettes show."""
    found: dict[str, Any] = {}
    for file in sorted((EXAMPLE / "cassettes" / "documented").glob("*.yaml")):
        for one in yamlserializer.deserialize(file.read_text(encoding="utf-8"))["interactions"]:
            result = json.loads(one["response"]["body"]["string"]).get("result") or {}
            for rows in (result, result.get("open", {}), result.get("closed", {})):
                found |= {key: row for key, row in rows.items() if isinstance(row, dict) and "vol_exec" in row}
    return found


@pytest.fixture
def theirs() -> Any:
    """Open ccxt's class with the markets that the orders are of."""
    exchange = ccxt.kraken()
    markets = [
        {"id": word, "altname": word, "symbol": symbol, "base": symbol[:3], "quote": symbol[4:], "spot": True}
        for word, symbol in SYMBOLS.items()
    ]
    exchange.set_markets([exchange.safe_market_structure(one) for one in markets])
    exchange.options["marketsByAltname"] = {one["id"]: exchange.market(one["symbol"]) for one in markets}
    return exchange


def test_both_read_the_same(monkeypatch: pytest.MonkeyPatch, theirs: Any) -> None:
    """What an order is about and how it stands is the same in both; numbers to the digit that a float has."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    parse = importlib.import_module("hk_adapter_kraken.parse")
    orders = documented()
    assert len(orders) >= 3
    for order_id, row in orders.items():
        exact = json.loads(json.dumps(row), parse_float=parse.Decimal)
        ours = parse.parse_order(order_id, exact, SYMBOLS.get).to_ccxt()
        other = theirs.parse_order({**row, "id": order_id})
        assert {name: ours[name] for name in FIELDS} == {name: other[name] for name in FIELDS}
        assert (ours["cost"] or None) == other["cost"]  # of what is not filled, ccxt gives none
