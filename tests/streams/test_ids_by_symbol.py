"""At a venue that counts order ids by symbol, a watch tells two orders of one id apart by their symbols."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter import Order, OrderStatus
from hk_adapter.execution.streams.tracker import Tracker

ETH, BTC = "ETH/USD", "BTC/USD"
OPEN, CANCELED = OrderStatus.OPEN, OrderStatus.CANCELED


def order(symbol: str | None, status: OrderStatus = OPEN) -> Order:
    """Show order 1 of a symbol."""
    return Order(id="1", symbol=symbol, status=status, amount=Decimal(1), filled=Decimal(0))


def looked(tracker: Tracker, shown: dict[str | None, Order], at: float) -> list[Order]:
    """Look up all that is in doubt, at a venue that goes by id and symbol; return what is news."""
    news = []
    for _ in range(len(shown)):
        name = tracker.due(at)
        if name is None:
            break
        order_id, symbol = tracker.asked_by(name)
        assert order_id == "1"
        news.append(tracker.looked(shown[symbol], at, at))
    return [one for one in news if one is not None]


@pytest.fixture
def both() -> Tracker:
    """Track order 1 of either symbol."""
    tracker = Tracker()
    assert tracker.heard(order(ETH), 1.0) is not None
    assert tracker.heard(order(BTC), 2.0) is None
    assert looked(tracker, {ETH: order(ETH), BTC: order(BTC)}, 3.0) == [order(BTC)]
    return tracker


def test_the_second_is_told_once_a_look_has_shown_it(both: Tracker) -> None:
    """Its row may only have told a wrong symbol."""
    assert (both.has_doubt, both.open_orders()) == (False, [order(ETH), order(BTC)])


@pytest.mark.parametrize(("ended", "rests"), [(ETH, BTC), (BTC, ETH)])
def test_the_end_of_one_is_not_the_others(both: Tracker, ended: str, rests: str) -> None:
    """Each is told by itself, and no word about the one is held against the other."""
    assert both.heard(order(ended, CANCELED), 4.0) == order(ended, CANCELED)
    assert (both.has_doubt, both.open_orders()) == (False, [order(rests)])
    assert both.proven(order(rests, CANCELED), 5.0) == order(rests, CANCELED)
    assert both.open_orders() == []


def test_a_list_without_the_one_leaves_the_other(both: Tracker) -> None:
    """The one that is missing is looked up by its own symbol."""
    both.listed([order(ETH)], {}, 4.0)
    assert both.asked_by(both.due(4.0) or "") == ("1", BTC)
    assert looked(both, {BTC: order(BTC, CANCELED)}, 5.0) == [order(BTC, CANCELED)]
    assert both.open_orders() == [order(ETH)]


def test_a_row_of_the_id_that_cannot_be_read_is_of_either(both: Tracker) -> None:
    """Both are looked up, by a list's row or an event of the stream."""
    both.doubted("1", 4.0)
    assert looked(both, {ETH: order(ETH, CANCELED), BTC: order(BTC, CANCELED)}, 5.0) == [
        order(ETH, CANCELED),
        order(BTC, CANCELED),
    ]
    assert not both.has_doubt


def test_a_wrong_symbol_of_the_order_is_settled_by_a_look() -> None:
    """Where ids are one order's, the look shows that: its end is told, and no order of the other symbol."""
    tracker = Tracker()
    tracker.heard(order(ETH), 1.0)
    assert tracker.heard(order(BTC, CANCELED), 2.0) is None
    shown = {ETH: order(ETH, CANCELED), BTC: order(ETH, CANCELED)}
    assert looked(tracker, shown, 3.0) == [order(ETH, CANCELED)]
    assert (tracker.open_orders(), tracker.heard_end("1")) == ([], None)
