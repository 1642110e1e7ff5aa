"""What a row says of an order that is known: what is filled only grows, and an end stays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hk_adapter.execution.streams.judging import Says, judge, merged, says_the_same
from hk_adapter.model import Order, OrderStatus, OrderType
from tests.cases import each

NEWS, OLD, NO = Says.NEWS, Says.NOTHING_NEW, Says.CONTRADICTS
KINDS = {
    "new": OrderStatus.PENDING_NEW,
    "open": OrderStatus.OPEN,
    "canceling": OrderStatus.PENDING_CANCEL,
    "canceled": OrderStatus.CANCELED,
    "closed": OrderStatus.CLOSED,
    "expired": OrderStatus.EXPIRED,
    "untold": None,
}


def order(kind: str, filled: str | None = "0", at: int | None = None, **more: Any) -> Order:
    """Return a row about one limit order of 1, changed at a time in ms where it says so."""
    terms = {"type": OrderType.LIMIT, "price": Decimal(9), "amount": Decimal(1)} | more
    amount = None if filled is None else Decimal(filled)
    return Order(id="1", status=KINDS[kind], filled=amount, last_update_timestamp=at, **terms)


@each(
    ("known", "row", "says"),
    [
        # of an order that nothing is known of, or no state
        (None, order("open"), NEWS),
        (None, order("canceled", "0.4"), NEWS),
        (None, order("untold"), NO),
        (None, order("closed", "0.4"), NO),
        (order("untold"), order("open"), NEWS),
        # of one that is open
        (order("open"), order("open"), OLD),
        (order("open", "0.4"), order("open", "0.6"), NEWS),
        (order("open", "0.4"), order("open", "0.2"), OLD),
        (order("open", "0.4"), order("open", None), OLD),
        (order("open", None), order("open", "0.4"), NEWS),
        (order("open", None), order("open", "0"), OLD),
        (order("open"), order("new"), OLD),
        (order("new"), order("open"), NEWS),
        (order("open"), order("canceling"), NEWS),
        (order("open"), order("open", price=Decimal(8)), NO),
        # whose cancel was asked for, and refused
        (order("canceling", at=1), order("open", at=2), NEWS),
        (order("canceling", at=2), order("open", at=1), OLD),
        (order("canceling"), order("open"), OLD),
        (order("open", at=1), order("new", at=2), OLD),
        # that ends
        (order("open", "0.4"), order("canceled", "0.4"), NEWS),
        (order("open", "0.4"), order("canceled", "0.6"), NEWS),
        (order("open", "0.4"), order("canceled", "0.2"), NO),
        (order("open", "0.4"), order("canceled", None), NEWS),
        (order("open", at=2), order("canceled", at=1), NO),
        (order("open", at=1), order("canceled", at=1), NEWS),
        (order("open", "0.4"), order("closed", "1"), NEWS),
        # that has ended
        (order("canceled", "0.4"), order("canceled", "0.4"), OLD),
        (order("canceled", "0.4"), order("canceled", "0.6"), NEWS),
        (order("canceled", "0.4"), order("canceled", "0.2"), OLD),
        (order("canceled", "0.4"), order("closed", "1"), NO),
        (order("canceled", "0.4"), order("open", "0.4"), OLD),
        (order("canceled", "0.4"), order("open", "0.6"), NO),
        (order("canceled"), order("expired"), NO),
        (order("canceled", at=1), order("open", at=2), NO),
        (order("canceled"), order("open", at=2), OLD),
        (order("canceled", at=1), order("open"), OLD),
        (order("canceled", at=2), order("open", at=1), OLD),
    ],
)
def test_what_a_row_says(known: Order | None, row: Order, says: Says) -> None:
    """Only what goes on is news; what goes back was said late, and what cannot be is looked up."""
    assert judge(known, row).says is says


def test_what_only_earlier_rows_told_is_kept() -> None:
    """A row that says less takes nothing away; what it says of its own stands."""
    known = order("open", "0.4", price=Decimal(9), side=None, symbol="A/B").replace(remaining=Decimal("0.6"))
    kept = merged(known, Order(id="1", status=OrderStatus.CANCELED))
    assert (kept.status, kept.symbol, kept.price, kept.filled, kept.remaining) == (
        OrderStatus.CANCELED,
        "A/B",
        Decimal(9),
        Decimal("0.4"),
        Decimal("0.6"),
    )
    newer = merged(known, order("open", "0.5", price=Decimal(8)))
    assert (newer.filled, newer.price) == (Decimal("0.5"), Decimal(8))
    assert merged(None, known) is known


def test_rows_that_say_the_same() -> None:
    """Of where an order stands, and of what it is as far as both tell it."""
    one = order("canceled", "0.4")
    assert says_the_same(one, order("canceled", "0.4", price=None, at=7))
    assert not says_the_same(one, order("canceled", "0.5"))
    assert not says_the_same(one, order("closed", "0.4"))
    assert not says_the_same(one, order("canceled", "0.4", price=Decimal(8)))
