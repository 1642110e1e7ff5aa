"""Between ETH/USD and the venue's ETHUSD, which has no separator: split only where that is certain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Market, Order
from hk_adapter.venues.hashkey.parse import parse_order
from hk_adapter.venues.hashkey.symbols import SymbolNames, unified_symbol, venue_symbol
from tests.cases import each

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


@each(
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


@each(
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


@each("word", ["BTCFDUSD", "ETHBTC", "ETHEUR", "USD", "ETHUSDT-PERPETUAL", "ETH-USD", "ETH\u202eUSD", "ethusd"])
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


@pytest.mark.parametrize(
    ("symbol", "meant"), [("ETHU/SD", "ETH/USD"), ("ET/HUSD", "ETH/USD"), ("BTCU/SDT", "BTC/USDT")]
)
def test_a_symbol_of_another_markets_letters_is_refused(symbol: str, meant: str) -> None:
    """Joined, it would be asked for as that market."""
    with pytest.raises(InvalidArgument, match=f"{symbol}.*{meant}"):
        SymbolNames().word(symbol)


@each("symbol", ["ETH/BTC", "ETH/EUR", "BTC/FDUSD", "BTCFD/USD", "USDT/USD", "DOGE/USD"])
def test_what_no_other_market_is_called_is_taken(symbol: str) -> None:
    """Quote currencies nobody told us of, and letters that fit two: the venue knows."""
    assert SymbolNames().word(symbol) == symbol.replace("/", "")


def test_the_catalogue_settles_what_letters_cannot() -> None:
    """A market of the catalogue is always taken; letters that are another market's are not."""
    names = SymbolNames()
    names.learn([Market(id="XRLUSD", symbol="X/RLUSD", base="X", quote="RLUSD")])
    names.learn([Market(id="BTCFDUSD", symbol="BTC/FDUSD", base="BTC", quote="FDUSD")])
    assert names.word("X/RLUSD") == "XRLUSD"
    for other in ("BTCFD/USD", "XRL/USD"):
        with pytest.raises(InvalidArgument, match=other):
            names.word(other)
    assert names.word("NEW/USD") == "NEWUSD"


def test_a_market_may_have_a_new_word() -> None:
    """The one learned last is asked for, also where it was known before."""
    names = SymbolNames()
    for word in ("ETHUSD", "ETHUSDX", "ETHUSD"):
        names.learn([Market(id=word, symbol="ETH/USD", base="ETH", quote="USD")])
        assert names.word("ETH/USD") == word
        assert names.words == {word}


def test_a_word_that_is_far_too_long_is_no_market_and_not_kept():
    """A thousand of them would be kept for ever otherwise, of megabytes each."""
    word = "A" * 1000 + "USD"
    assert unified_symbol(word, None) is None
    assert unified_symbol(word, "ETH/USD") == word
    assert SymbolNames().unified(word, None) is None
