"""A list that writes an order's id otherwise than it was asked for is no proof that the order is off the book."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hk_adapter.execution.lookups import Gone, Missed
from hk_adapter.model import OrderStatus
from tests.cases import each
from tests.looks.book import DEADLINE, Book, named

PLACED = 900


class Dated(Book):
    """Its rows tell when they were placed."""

    async def fetch_open_orders(self, request):
        """Show what rests."""
        page = await super().fetch_open_orders(request)
        return replace(page, orders=tuple(order.replace(timestamp=PLACED) for order in page.orders))


@pytest.fixture
def look(looks, run):
    """Look for orders where others rest; return how old the lists are proven to be, for each."""

    def look_for(asked, resting):
        book = Dated(orders=dict.fromkeys(resting, OrderStatus.OPEN))
        [sights] = run(looks.look(book, named(*asked), DEADLINE))
        assert all(isinstance(sight, Gone | Missed) for sight in sights), sights
        return [dict(sight.as_of) for sight in sights]

    return look_for


@each(("asked", "resting"), [("AB1", "ab1"), ("ab1", "AB1"), ("41", "0041"), ("041", "41")])
def test_a_row_that_may_be_the_order(look, asked, resting):
    """In another case, or with zeros before it; the other orders are proven to be gone all the same."""
    assert look([asked, "x2", "x3", "x4"], [resting, "other"]) == [{}, *[{None: PLACED}] * 3]


@each(("asked", "resting"), [("AB1", "ab2"), ("41", "410"), ("a41", "a041")])
def test_a_row_that_is_another_order(look, asked, resting):
    """It tells how old the list is, and the order is not on it."""
    assert look([asked, "x2", "x3"], [resting]) == [{None: PLACED}] * 3
