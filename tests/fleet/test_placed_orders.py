"""What this process placed is known to be open until it is proven off the book, by its own end."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.plugins.risk.creates_under_way import CreatesUnderWay

LONG_AGO = float("-inf")


def ended(symbol: str | None) -> hk.CancelReport:
    """Report that order 1 of a symbol is off the book."""
    order = hk.Order(id="1", symbol=symbol, amount=Decimal(1), filled=Decimal(0), status=hk.OrderStatus.CANCELED)
    return hk.CancelReport(outcome=hk.CancelOutcome.CANCELED, evidence=hk.Evidence.QUERY, order=order)


@pytest.mark.parametrize(
    ("placed", "end", "left"),
    [
        (["A/B", "C/D"], "A/B", ["C/D"]),
        (["A/B", "C/D"], None, []),
        ([None], "A/B", []),
        (["A/B"], "C/D", ["A/B"]),
    ],
)
def test_an_end_is_of_its_symbols_order(placed: list[str | None], end: str | None, left: list[str]) -> None:
    """Ids may count by symbol: another symbol's end forgets none, and where none is said it is the id's."""
    creates = CreatesUnderWay()
    for symbol in placed:
        creates.note_answer(hk.Order(id="1", symbol=symbol), now=1.0)
    assert [order.symbol for order in creates.placed_since(LONG_AGO)] == placed
    creates.note_ended([ended(end)])
    assert [order.symbol for order in creates.placed_since(LONG_AGO)] == left
