"""HashKey's order objects give what ccxt's own parser gives, key by key, but for the differences listed here.

``payloads.json`` holds the documented samples, ccxt's public samples of 2024, and variants of both typed by hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.venues.hashkey.parse import acknowledged, parse_order

ccxt = pytest.importorskip("ccxt")

PAYLOADS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("payloads.json").read_text(encoding="utf-8"))
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-differences.md"
HK_FEES = "query, FILLED SELL, fees of HK"
NO_FEE = {"currency": None, "cost": None}

Pair = tuple[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One deliberate difference, as the reference page words it, and every payload that shows it: (ours, ccxt's)."""

    keys: str
    when: str
    ours: str
    theirs: str
    reason: str
    shown_by: dict[str, dict[str, Pair]]


DIFFERENCES = (
    Difference(
        keys="`status`",
        when="the venue says PENDING_CANCEL",
        ours="`open`",
        theirs="`canceled`",
        reason="A cancel under way is no cancel: the order may still trade.",
        shown_by={
            "cancel, PENDING_CANCEL": {"status": ("open", "canceled")},
            "query, PENDING_CANCEL": {"status": ("open", "canceled")},
        },
    ),
    Difference(
        keys="`status`",
        when="the venue says PENDING_NEW or PENDING",
        ours="`open`",
        theirs="the venue's word",
        reason="A bot knows only ccxt's words, and the order may trade at any moment.",
        shown_by={
            "create, PENDING_NEW 2026": {"status": ("open", "PENDING_NEW")},
            "create, PENDING": {"status": ("open", "PENDING")},
        },
    ),
    Difference(
        keys="`price`",
        when="a market order has fills",
        ours="`None`",
        theirs="the average of the fills",
        reason="`price` is the limit, and there is none; what was paid is under `average`.",
        shown_by={
            "query, MARKET by cost FILLED 2024": {"price": (None, 3235.49)},
            "query, MARKET by amount FILLED": {"price": (None, 112922.4)},
            "query, MARKET by cost PARTIALLY_CANCELED": {"price": (None, 1899.5)},
        },
    ),
    Difference(
        keys="`amount`, `remaining`",
        when="a market order placed by its cost is filled",
        ours="`None`",
        theirs="what was filled, and 0",
        reason="No amount in base currency was ever ordered; what was got is under `filled`.",
        shown_by={
            "create, MARKET by cost FILLED 2024": {"amount": (None, 0.0061), "remaining": (None, 0.0)},
            "query, MARKET by cost FILLED 2024": {"amount": (None, 0.0061), "remaining": (None, 0.0)},
        },
    ),
    Difference(
        keys="`cost`",
        when="there are fills, and the answer does not say what they cost",
        ours="`None`",
        theirs="filled times the limit price",
        reason="A fill may be at a better price than the limit; the query says the true cost.",
        shown_by={
            "cancel, PARTIALLY_FILLED": {"cost": (None, 760.0)},
            "cancel, PARTIALLY_CANCELED": {"cost": (None, 760.0)},
            "cancel, FILLED": {"cost": (None, 1900.0)},
        },
    ),
    Difference(
        keys="`cost`",
        when="a market order ended with nothing filled",
        ours="0",
        theirs="`None`",
        reason="Nothing filled cost nothing: that follows exactly.",
        shown_by={"query, MARKET CANCELED unfilled": {"cost": (0.0, None)}},
    ),
    Difference(
        keys="`average`",
        when="the venue says the cost of the fills, and 0 for their average",
        ours="`None`",
        theirs="cost divided by filled",
        reason="A quotient is rounded, and a row that is half written is not completed by us.",
        shown_by={"query, PARTIALLY_FILLED without average": {"average": (None, 1899.5)}},
    ),
    Difference(
        keys="`symbol`",
        when="the venue's word can be split in two ways, and the caller gave no symbol",
        ours="`None`",
        theirs="the symbol of the loaded market",
        reason="A cancel needs no market list; with the caller's symbol both give the same.",
        shown_by={"cancel, ambiguous symbol": {"symbol": (None, "BTC/FDUSD")}},
    ),
    Difference(
        keys="`fee`, `fees`",
        when="the answer says no fee",
        ours="`None`, `[]`",
        theirs="one fee whose currency and cost are `None`",
        reason="An empty list says that no fee is known; a fee of nothing must be looked for.",
        shown_by={name: {"fee": (None, NO_FEE), "fees": ([], [NO_FEE])} for name in PAYLOADS if name != HK_FEES},
    ),
    Difference(
        keys="`fee`, `fees`",
        when="Hong Kong's query says a fee",
        ours="`None`, `[]`",
        theirs="one fee, its cost `feeAmount`",
        reason="`feeAmount` is the last fill's fee alone, and the other sites leave it 0; the fills say all.",
        shown_by={
            HK_FEES: {
                "fee": (None, {"currency": "USD", "cost": 0.5}),
                "fees": ([], [{"currency": "USD", "cost": 0.5}]),
            }
        },
    ),
)


@pytest.fixture(scope="module")
def exchange() -> Any:
    """Give ccxt's HashKey class with a market list, offline."""
    client = ccxt.hashkey()
    pairs = [("ETH", "USD"), ("ETH", "USDT"), ("BTC", "USD"), ("BTC", "FDUSD")]
    client.set_markets(
        [
            client.safe_market_structure(
                {"id": base + quote, "symbol": f"{base}/{quote}", "base": base, "quote": quote, "spot": True}
                | {"baseId": base, "quoteId": quote, "type": "spot", "contract": False}
            )
            for base, quote in pairs
        ]
    )
    return client


def by_ccxt(exchange: Any, name: str) -> dict[str, Any]:
    """Read a payload with ccxt's parser."""
    order: dict[str, Any] = exchange.parse_order(dict(PAYLOADS[name]))
    return order | {"fee": one_kind_of_fee(order["fee"]), "fees": [one_kind_of_fee(fee) for fee in order["fees"]]}


def one_kind_of_fee(fee: dict[str, Any]) -> dict[str, Any]:
    """Even out ccxt's releases: older ones misname the cost ``amount``, newer ones leave it text in one place."""
    cost = fee.get("cost") or fee.get("amount")
    return {"currency": fee["currency"], "cost": None if cost is None else float(cost)}


def by_us(name: str, symbol: str | None = None) -> dict[str, Any]:
    """Read a payload with ours, and write it as ccxt does."""
    return parse_order(PAYLOADS[name], operation="fetch_order", symbol=symbol).to_ccxt()


def differing(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Pair]:
    """Give the keys whose values differ, in kind too: 1 is not 1.0, and not True."""
    return {
        key: (ours[key], theirs[key])
        for key in theirs
        if (type(ours[key]), ours[key]) != (type(theirs[key]), theirs[key])
    }


@pytest.mark.parametrize("name", PAYLOADS)
def test_both_give_the_same_keys(exchange: Any, name: str) -> None:
    """No key of ccxt's order is missing, and none is added."""
    assert set(by_us(name)) == set(by_ccxt(exchange, name))


@pytest.mark.parametrize("name", PAYLOADS)
def test_both_give_the_same_values_but_for_the_listed_ones(exchange: Any, name: str) -> None:
    """Each difference is listed with both values; one that is not listed, or no longer occurs, fails here."""
    listed: dict[str, Pair] = {}
    for difference in DIFFERENCES:
        listed |= difference.shown_by.get(name, {})
    assert differing(by_us(name), by_ccxt(exchange, name)) == listed


def test_every_difference_is_shown_by_a_payload() -> None:
    """A listed difference names payloads that exist, so that the comparison above exercises it."""
    for difference in DIFFERENCES:
        assert difference.shown_by
        assert set(difference.shown_by) <= set(PAYLOADS)


@pytest.mark.parametrize("name", [name for name in PAYLOADS if name.startswith("cancel, ")])
def test_what_a_cancel_acknowledges_is_what_ccxt_calls_open(exchange: Any, name: str) -> None:
    """Where ccxt's cancel says open, ours, which is pending_cancel inside, says open too; ends are ends in both."""
    ours = acknowledged(parse_order(PAYLOADS[name], operation="cancel_order")).to_ccxt()["status"]
    if name != "cancel, PENDING_CANCEL":
        assert ours == by_ccxt(exchange, name)["status"]
    assert ours == by_us(name)["status"]


def test_the_callers_symbol_ends_the_difference(exchange: Any) -> None:
    """With the symbol that a ccxt bot hands over anyway, an ambiguous word gives what ccxt gives."""
    name = "cancel, ambiguous symbol"
    assert by_us(name, "BTC/FDUSD")["symbol"] == by_ccxt(exchange, name)["symbol"] == "BTC/FDUSD"


@pytest.mark.parametrize("name", PAYLOADS)
def test_decimals_are_the_same_numbers(name: str) -> None:
    """Asked for Decimal, the same keys hold the exact numbers that the floats round."""
    exact = parse_order(PAYLOADS[name], operation="fetch_order").to_ccxt(number=Decimal)
    floats = by_us(name)
    numbers = {key for key, value in exact.items() if isinstance(value, Decimal)}
    assert numbers == {key for key, value in floats.items() if isinstance(value, float)}
    assert {key: float(exact[key]) for key in numbers} == {key: floats[key] for key in numbers}


def test_the_reference_page_lists_the_same_differences() -> None:
    """The page for users and the list above say the same, word by word, in the same order."""
    lines = [line for line in REFERENCE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]
    assert rows == [(each.keys, each.when, each.ours, each.theirs, each.reason) for each in DIFFERENCES]
