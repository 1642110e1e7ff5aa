"""What HashKey answers is read as ccxt's own parser reads it, key by key, but for the differences listed beside it.

``payloads`` holds the documented samples, answers in the documented fields, and variants of both, typed by hand.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cases import each

from .account import ACCOUNTS, BALANCES, TRADING_FEES
from .comparing import PAYLOADS, Kind, differing, numbers
from .exchange import offline
from .market_data import CANDLES, ORDER_BOOKS, TICKERS
from .markets import CURRENCIES, MARKETS
from .order_events import ORDER_EVENTS
from .orders import ORDERS
from .trades import FILLS, PUBLIC_TRADES

KINDS = (
    ORDERS,
    ORDER_EVENTS,
    FILLS,
    PUBLIC_TRADES,
    MARKETS,
    CURRENCIES,
    TICKERS,
    ORDER_BOOKS,
    CANDLES,
    BALANCES,
    TRADING_FEES,
    ACCOUNTS,
)
EVERY = [pytest.param(kind, name, id=f"{kind.title}: {name}") for kind in KINDS for name in kind.payloads]
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "ccxt-differences.md"

Row = tuple[str, ...]


@pytest.fixture(scope="module")
def exchange() -> Any:
    """Give ccxt's HashKey class, offline."""
    return offline()


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_both_give_the_same_but_for_the_listed_differences(exchange: Any, kind: Kind, name: str) -> None:
    """Each key that differs, or that one side lacks, is listed with both values; what no longer occurs fails too."""
    assert differing(kind.by_us(name), kind.by_ccxt(exchange, name)) == kind.listed(name)


@each("kind", KINDS, ids=lambda kind: kind.title)
def test_every_difference_is_shown_by_a_payload(kind: Kind) -> None:
    """A listed difference names payloads that exist, so that the comparison above exercises it."""
    for difference in kind.differences:
        assert difference.shown_by
        assert set(difference.shown_by) <= set(kind.payloads)


@each(("kind", "name"), EVERY)
def test_decimals_are_the_same_numbers(kind: Kind, name: str) -> None:
    """Asked for Decimal, the same keys hold the exact numbers that the floats round."""
    exact = dict(numbers(kind.by_us(name, Decimal)))
    assert {type(number) for number in exact.values()} <= {Decimal}
    assert {path: float(number) for path, number in exact.items()} == dict(numbers(kind.by_us(name)))


def test_every_payload_is_compared() -> None:
    """A file of payloads that no kind reads would prove nothing."""
    assert sorted(path.name for path in PAYLOADS.iterdir()) == sorted(kind.file for kind in KINDS)


def test_the_reference_page_lists_the_same_differences() -> None:
    """The page for users and the lists here say the same, word by word, in the same order; equals are named there."""
    expected = {
        kind.title: [(each.keys, each.when, each.ours, each.theirs, each.reason) for each in kind.differences]
        for kind in KINDS
    }
    assert tables_of(REFERENCE.read_text(encoding="utf-8")) == expected


def tables_of(page: str) -> dict[str, list[Row]]:
    """Read each section's table; a section without one has no rows."""
    tables: dict[str, list[Row]] = {}
    for section in page.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        tables[title] = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]
    return tables
