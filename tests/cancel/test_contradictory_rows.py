"""A row whose final word contradicts its amounts is believed once the same is said again, a second later."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.execution.contradictory_rows import ContradictoryRows
from hk_adapter.model import Order, OrderStatus

HALF = Order(id="1", status=OrderStatus.CLOSED, type="limit", amount=Decimal(1), filled=Decimal("0.5"))


def test_the_same_a_second_later_is_believed():
    """Not before: a row half written is whole by then."""
    said = ContradictoryRows()
    assert [said.is_doubtful(HALF, at) for at in (10.0, 10.9, 11.0)] == [True, True, False]


def test_other_words_begin_anew():
    """What contradicts itself in another way has been said once."""
    said = ContradictoryRows()
    more = HALF.replace(filled=Decimal("0.6"), remaining=None)
    assert [said.is_doubtful(row, at) for row, at in ((HALF, 10.0), (more, 11.0), (more, 12.0))] == [True, True, False]
