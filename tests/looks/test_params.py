"""A look-up carries the params of its call: what a list shows that was asked for with others proves nothing for it."""

from __future__ import annotations

import pytest

from hk_adapter.execution.lookups import Gone, Shown
from hk_adapter.model import FetchOrderRequest, OrderPage, OrderStatus
from tests.looks.book import DEADLINE, Book, later

STOP = {"stop": True}


class TwoBooks(Book):
    """A venue that keeps conditional orders apart: they are shown to who says so only."""

    def __init__(self):
        super().__init__()
        self.conditional: dict[str, OrderStatus] = {}
        self.lists: list[tuple[str, dict]] = []
        self.ordinary: dict[str, OrderStatus] = {}

    async def fetch_order(self, request):
        """Show one order of the book that the params name."""
        self._open(request)
        return await super().fetch_order(request)

    async def fetch_open_orders(self, request):
        """Show what rests of it."""
        self._open(request)
        self.lists.append(("open", dict(request.params)))
        return await super().fetch_open_orders(request)

    async def fetch_orders(self, request) -> OrderPage:
        """Show what has ended of it."""
        self._open(request)
        self.lists.append(("ended", dict(request.params)))
        return await super().fetch_orders(request)

    def _open(self, request):
        self.orders = self.conditional if request.params == STOP else self.ordinary


@pytest.fixture
def books():
    """A venue of two books, with five orders in each."""
    books = TwoBooks()
    books.ordinary = dict.fromkeys("12345", OrderStatus.CANCELED)
    books.conditional = dict.fromkeys("67890", OrderStatus.CANCELED)
    return books


def asked(name, **params):
    """Name one order for a look that is asked with params."""
    return [(FetchOrderRequest(order_id=name, params=params),)]


def test_no_list_of_the_other_book_answers(looks, books, run):
    """Ten calls wait, half of them for conditional orders: each sees its own, and none is taken for gone."""
    names = [*(asked(name) for name in "12345"), *(asked(name, stop=True) for name in "67890")]
    sights = run(*(looks.look(books, one, DEADLINE) for one in names))
    assert [type(sight) for [sight] in sights] == [Shown] * 10
    assert [sight.order.id for [sight] in sights] == list("1234567890")


def test_one_call_may_ask_for_both(looks, books, run):
    """It looks for one book after the other."""
    names = [one for name in "123" for one in asked(name)] + [one for name in "678" for one in asked(name, stop=True)]
    [sights] = run(looks.look(books, names, DEADLINE))
    assert [sight.order.id for sight in sights] == list("123678")
    assert books.lists == [("open", {}), ("ended", {}), ("open", STOP), ("ended", STOP)]


def test_who_came_since_is_not_answered_by_the_other_book(looks, books, run):
    """An id may be used in both: the ended row of one is not the order of the other."""
    books.ordinary["6"] = OrderStatus.EXPIRED
    first = looks.look(books, [one for name in "123" for one in asked(name)], DEADLINE)
    *_, [late] = run(first, later(0.5, looks.look(books, asked("6", stop=True), DEADLINE)))
    assert late.order.status is OrderStatus.CANCELED


def test_an_order_of_one_book_is_not_gone_for_a_list_of_the_other(looks, books, run):
    """``Gone`` is told by the list of the same params alone."""
    books.conditional = {}
    sights = run(looks.look(books, [one for name in "678" for one in asked(name, stop=True)], DEADLINE))
    assert ("open", {}) not in books.lists
    assert all(isinstance(sight, Gone) or sight.gone for sight in sights[0])


def test_true_is_not_one(looks, books, run):
    """Params that Python calls equal are sent differently: they are other params."""
    names = [asked(name, stop=value)[0] for value in (True, 1) for name in "678"]
    run(looks.look(books, names, DEADLINE))
    assert [type(params["stop"]) for _, params in books.lists] == [bool, bool, int, int]
