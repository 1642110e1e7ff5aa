"""Pages of a plugin that are none by the contract break no call: what was sent, and what is known, is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from hk_adapter.errors import NotSent, PluginError
from hk_adapter.execution.attempt import Attempt
from hk_adapter.execution.order_page import ask_page
from hk_adapter.flow.effects import HttpCall
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelOutcome,
    CancelRequest,
    ListOrdersRequest,
    Order,
    OrderPage,
    OrderSide,
    OrderStatus,
    UnreadRow,
)
from tests.cancel.test_other_batches import Pocket, timed
from tests.cases import each
from tests.looks.book import DEADLINE, Book

BROKEN = [
    {"orders": None},
    {"orders": iter(())},
    {"orders": {"c": Order(id="c")}},
    {"complete": None},
    {"complete": 1},
    {"next_before_id": 0},
    {"next_before_id": b"b"},
    {"left_out": None},
    {"left_out": "1"},
    {"left_out": -1},
    {"left_out": 1.5},
    {"left_out": True},
    {"left_out": Decimal(1)},
    {"left_out": 10**30},
    {"unread": None},
    {"unread": (None,)},
    {"unread": ({},)},
    {"unread": "ab"},
    {"unread": (UnreadRow(reason="x", order="c"),)},
    {"cut_off": "no"},
    {"cut_off": 0},
]
"""What the fields of a page cannot be."""


def page(*names, **said):
    """Make a page of open orders, and whatever else it says."""
    orders = tuple(Order(id=name, status=OrderStatus.OPEN, side=OrderSide.BUY) for name in names)
    return OrderPage(**({"orders": orders, "complete": True} | said))


@dataclass
class Lists(Pocket):
    """Hooks of a venue that lists its open orders page by page.

    Attributes:
        pages: the pages; the last one again and again.
    """

    pages: tuple[OrderPage, ...] = ()
    asked: int = 0

    async def fetch_open_orders(self, request):
        """Show the next page."""
        await HttpCall("GET", "/x", deadline=None)
        self.asked += 1
        return self.pages[min(self.asked, len(self.pages)) - 1]

    async def fetch_orders(self, request):
        """Show nothing that has ended."""
        await HttpCall("GET", "/x", deadline=None)
        return OrderPage(orders=(), complete=True)


def lists(*pages):
    """Open one with three orders."""
    return Lists(status=dict.fromkeys("abc", OrderStatus.OPEN), pages=pages)


@each("broken", BROKEN)
def test_a_further_page_that_is_none(broken):
    """The orders of the first one are canceled and reported, and one report says that there may be others."""
    venue = lists(page("a", "b", complete=False, next_before_id="b"), page("c", **broken))
    *reports, unlisted = timed(venue, "cancel_all_orders", CancelAllRequest(), 10.0)[0]
    assert [(one.order.id, one.outcome) for one in reports] == [(name, CancelOutcome.CANCELED) for name in "ab"]
    assert (unlisted.outcome, unlisted.order, type(unlisted.error)) == (CancelOutcome.NOT_SENT, None, NotSent)
    assert isinstance(unlisted.error.__cause__, PluginError)


@each("broken", BROKEN)
def test_a_look_at_a_list_that_is_none(broken):
    """The orders are looked up one by one, and what became of them is known."""
    venue, orders = lists(page(**broken)), tuple(CancelRequest(order_id=name) for name in "abc")
    reports, _ = timed(venue, "cancel_orders", CancelManyRequest(orders=orders), 10.0)
    assert [one.outcome for one in reports] == [CancelOutcome.CANCELED] * 3


@each("broken", BROKEN)
@each("partial", [False, True])
def test_a_list_that_is_none(broken, partial):
    """It is the plugin's fault, and said to be."""
    with pytest.raises(PluginError):
        timed(lists(page("a", **broken)), "fetch_open_orders", ListOrdersRequest(partial=partial), 10.0)


def test_unread_rows_that_are_not_counted():
    """They are left out all the same: the list is not whole."""
    told = page("a", unread=(UnreadRow(reason="no price"),))
    found, _ = timed(lists(told), "fetch_open_orders", ListOrdersRequest(partial=True), 10.0)
    assert ([order.id for order in found], [row.reason for row in found.unread]) == (["a"], ["no price"])
    *reports, untold = timed(lists(told), "cancel_all_orders", CancelAllRequest(), 10.0)[0]
    assert [one.order.id for one in reports] == ["a"]
    assert untold.outcome is CancelOutcome.NOT_SENT


@dataclass
class Frugal(Book):
    """Hooks of a venue whose plugin has one list of rows for all its pages.

    Attributes:
        rows: that list.
    """

    rows: list[Order] = field(default_factory=lambda: [Order(id="1", status=OrderStatus.OPEN)])

    async def fetch_open_orders(self, request):
        """Show the list itself."""
        await HttpCall("GET", "/x", deadline=DEADLINE)
        return OrderPage(orders=self.rows, complete=True)


def test_rows_that_the_plugin_uses_again(run):
    """A page stays as it was answered, whatever becomes of the list."""
    book = Frugal()
    [shown] = run(ask_page(book, VenueHooks.fetch_open_orders, Attempt(DEADLINE), ListOrdersRequest()))
    book.rows.clear()
    assert [order.id for order in shown.orders] == ["1"]


@each("order_id", [None, " 1\n", "a\x00", "\u200b"])
@each("asked", [{}, {"side": OrderSide.BUY}, {"symbol": "ETH/USD"}, {"client_id_prefix": "c"}])
def test_unread_rows_without_an_id_that_an_order_can_have(order_id, asked):
    """Nothing is sent for them, for it would name no order, or another one; each has a report of its own."""
    terms = {"symbol": "ETH/USD", "side": OrderSide.BUY}
    rows = [
        UnreadRow(reason="no price", order=Order(id=order_id, client_order_id=own, **terms)) for own in ("c1", "c2")
    ]
    venue = lists(page("a", complete=False, left_out=2, unread=tuple(rows), cut_off=False))
    reports, _ = timed(venue, "cancel_all_orders", CancelAllRequest(**asked), 10.0)
    assert set(venue.sent) <= {"a"}
    untold = [one for one in reports if one.outcome is CancelOutcome.NOT_SENT]
    assert [one.order for one in untold] == [None, None]
    assert [own in str(one.error) for one, own in zip(untold, ("c1", "c2"), strict=True)] == [True, True]


def test_an_unread_row_without_an_id_that_is_not_meant():
    """What it tells of its side is enough to leave it alone, and unsaid."""
    row = UnreadRow(reason="no price", order=Order(id=None, client_order_id="c1", side=OrderSide.SELL))
    venue = lists(page("a", complete=False, left_out=1, unread=(row,), cut_off=False))
    reports, _ = timed(venue, "cancel_all_orders", CancelAllRequest(side=OrderSide.BUY), 10.0)
    assert [(one.order.id, one.outcome) for one in reports] == [("a", CancelOutcome.CANCELED)]


def test_pages_of_rows_without_an_id_that_go_on_for_ever():
    """A list that shows them again and again does not go on: the call ends, and says so."""
    row = UnreadRow(reason="no price", order=Order(id=None, client_order_id="c1"))
    again = page("a", complete=False, left_out=1, unread=(row,), next_before_id="a")
    reports, seconds = timed(lists(again), "cancel_all_orders", CancelAllRequest(), 10.0)
    assert {one.outcome for one in reports} == {CancelOutcome.CANCELED, CancelOutcome.NOT_SENT}
    assert seconds < 10.0
