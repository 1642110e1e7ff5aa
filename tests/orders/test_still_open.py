"""What creates were answered with may be open until its own end is told, and just now until that is proven."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.execution.known_orders import MOST_OPENED, KnownOrders


def symbols(orders: KnownOrders) -> list[str | None]:
    """Return of which symbols orders may be open."""
    return [order.symbol for order, _ in orders.still_open()]


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize(
    ("placed", "end", "left"),
    [
        (["A/B", "C/D"], "A/B", ["C/D"]),
        (["A/B", "C/D"], None, []),
        ([None], "A/B", []),
        (["A/B"], "C/D", ["A/B"]),
    ],
)
def test_an_end_is_of_its_symbols_order(
    placed: list[str | None], end: str | None, left: list[str], proven: bool
) -> None:
    """Ids may count by symbol: another symbol's end forgets none, and where none is said it is the id's."""
    orders = KnownOrders()
    for symbol in placed:
        orders.note_opened(hk.Order(id="1", symbol=symbol), 1.0)
    orders.note_opened(hk.Order(id="2", symbol="E/F"), 1.0)
    assert symbols(orders) == [*placed, "E/F"]
    orders.note_ended("1", end, 2.0, proven=proven)
    assert symbols(orders) == [*left, "E/F"]


def test_an_answers_word_for_an_end_is_no_proof() -> None:
    """Nobody looks for the order any more, but within the time by which lists lag it is canceled once more."""
    orders = KnownOrders()
    orders.note_opened(hk.Order(id="1", symbol="A/B"), 1.0)
    orders.note_ended("1", "A/B", 2.0, proven=False)
    assert (symbols(orders), [one.id for one in orders.opened_since(0.0)]) == ([], ["1"])
    orders.note_ended("1", "A/B", 2.0)
    assert orders.opened_since(0.0) == []


def test_the_end_of_an_earlier_order_of_its_id() -> None:
    """Numbers may begin anew: an order that was placed after that end may be open; one that ended since is not."""
    orders = KnownOrders()
    orders.note_ended("1", "A/B", 2.0)
    orders.note_placed("1", "mine", 3.0, "A/B")
    orders.note_opened(hk.Order(id="1", symbol="A/B"), 4.0, "mine")
    assert (symbols(orders), [one.id for one in orders.opened_since(0.0)]) == (["A/B"], ["1"])
    orders.note_placed("2", None, 3.0, "A/B")
    orders.note_ended("2", "A/B", 3.5)
    orders.note_opened(hk.Order(id="2", symbol="A/B"), 4.0)
    assert [one.id for one in orders.opened_since(0.0)] == ["1"]


def test_those_that_have_ended_push_out_none_that_rests() -> None:
    """An order that rests in a book of its own is known as such, however many came and went since."""
    orders = KnownOrders()
    orders.note_opened(hk.Order(id="stop", symbol="A/B"), 1.0, look_params={"trigger": True}, apart=True)
    for number in range(MOST_OPENED + 1):
        orders.note_opened(hk.Order(id=str(number), symbol="A/B"), 2.0)
        orders.note_ended(str(number), "A/B", 3.0)
    assert [(order.id, params) for order, params in orders.still_open()] == [("stop", {"trigger": True})]
    for number in range(MOST_OPENED):
        orders.note_opened(hk.Order(id=f"n{number}", symbol="A/B"), 4.0)
    assert len(orders.still_open()) == MOST_OPENED
    assert "stop" not in {order.id for order, _ in orders.still_open()}
