"""Between ETH/USD and the venue's ETHUSD, which has no separator: split only where that is certain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Order
from hk_adapter.venues.hashkey.parse import parse_order
from hk_adapter.venues.hashkey.symbols import venue_symbol

ORDERS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("orders.json").read_text(encoding="utf-8"))


def parsed(changes: dict[str, Any], symbol: str | None = None) -> Order:
    """Read the documented answer of a cancel with changes."""
    return parse_order(ORDERS["cancel answer"] | changes, operation="cancel_order", symbol=symbol)


@pytest.mark.parametrize(
    ("symbol", "word"), [("ETH/USD", "ETHUSD"), ("BTC/FDUSD", "BTCFDUSD"), ("1INCH/USDT", "1INCHUSDT")]
)
def test_a_unified_symbol_loses_its_slash(symbol: str, word: str) -> None:
    """That is all there is between the two spellings."""
    assert venue_symbol(symbol) == word


@pytest.mark.parametrize(
    "symbol",
    [
        "ETHUSD",
        "eth/usd",
        "ETH/USD:USD",
        "ETH/",
        "/USD",
        "/",
        "ETH//USD",
        "ETH/USD/X",
        "ETH-USD",
        "\u0395TH/USD",
    ],
)
def test_any_other_symbol_is_refused(symbol: str) -> None:
    """Spot, upper case, one slash: anything else is a mistake."""
    with pytest.raises(InvalidArgument, match="unified spot symbol"):
        venue_symbol(symbol)


@pytest.mark.parametrize(
    ("word", "symbol"),
    [
        ("ETHUSD", "ETH/USD"),
        ("ETHUSDT", "ETH/USDT"),
        ("BTCHKD", "BTC/HKD"),
        ("BTCUSDC", "BTC/USDC"),
        ("USDTUSD", "USDT/USD"),
        ("USDCUSDT", "USDC/USDT"),
    ],
)
def test_a_known_quote_currency_gives_the_symbol(word: str, symbol: str) -> None:
    """Without any market list the venue's word is split at its quote currency."""
    order = parsed({"symbol": word})
    assert (order.symbol, order.venue_symbol) == (symbol, word)


@pytest.mark.parametrize(
    "word", ["BTCFDUSD", "ETHBTC", "ETHEUR", "USD", "ETHUSDT-PERPETUAL", "ETH-USD", "ETH\u202eUSD", "ethusd"]
)
def test_an_ambiguous_or_unknown_word_gives_no_symbol(word: str) -> None:
    """None rather than a guess; the venue's word is kept."""
    order = parsed({"symbol": word})
    assert (order.symbol, order.venue_symbol) == (None, word)


@pytest.mark.parametrize("symbol", ["BTC/FDUSD", "BTCFD/USD"])
def test_the_callers_symbol_settles_an_ambiguous_word(symbol: str) -> None:
    """Where the caller's symbol fits the word, it is the symbol."""
    assert parsed({"symbol": "BTCFDUSD"}, symbol=symbol).symbol == symbol


def test_the_callers_symbol_does_not_overrule_the_venue() -> None:
    """A symbol that does not fit the venue's word is not put on the order: it would hide a mix-up."""
    assert parsed({"symbol": "ETHUSD"}, symbol="BTC/USD").symbol == "ETH/USD"
    assert parsed({"symbol": "BTCFDUSD"}, symbol="ETH/USD").symbol == "BTCFDUSD"
