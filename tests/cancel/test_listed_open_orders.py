"""A list of the open orders is all of them, or an error."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.open_orders import OpenOrderPages, list_open_orders
from hk_adapter.flow.driver import START, Answer, Done, step
from hk_adapter.flow.effects import HttpCall, Moment, Now
from hk_adapter.model import CancelRequest, Order, OrderPage, OrderSide, OrderStatus, UnreadRow
from tests.asking import asking

RESTING = Order(id="1", status=OrderStatus.OPEN, amount=Decimal(1), filled=Decimal(0))


class Listing:
    """Hooks of a venue with one page of open orders."""

    def __init__(self, *unread):
        self._page = OrderPage(orders=(RESTING,), complete=True, unread=unread, left_out=len(unread))

    async def fetch_open_orders(self, request):
        """Show it."""
        await HttpCall("GET", "/x")
        return self._page


def listed(hooks):
    """Run one listing."""
    return run(list_open_orders(asking(hooks), None, 10.0))


def run(flow):
    """Run a flow to its result, at a time that stands still."""
    answer = START
    while not isinstance(wanted := step(flow, answer), Done):
        answer = Answer(Moment(0.0, 0)) if isinstance(wanted, Now) else START
    return wanted.value


def test_all_of_them():
    """Each row was read: the orders."""
    assert listed(Listing()) == [RESTING]


def test_a_row_that_cannot_be_read_may_be_an_order():
    """Then the list is not all of them, and says why."""
    with pytest.raises(OutcomeUnknown, match="no amount"):
        listed(Listing(UnreadRow(reason="no amount")))


class CutOff(Listing):
    """Hooks of a venue whose page is full, and which has no name for the next one."""

    def __init__(self):
        self._page = OrderPage(orders=(RESTING,), complete=False, cut_off=True)


def test_a_list_that_is_cut_off_is_not_all_of_them():
    """Whoever would settle something by what it shows is told that there may be a further page."""
    with pytest.raises(OutcomeUnknown, match="further page"):
        listed(CutOff())


class Pages(Listing):
    """Hooks of a venue that shows its open orders on two pages."""

    def __init__(self, first, second):
        pages = (OrderPage(orders=first, complete=False, next_before_id="9"), OrderPage(orders=second, complete=True))
        self._pages = iter(pages)

    async def fetch_open_orders(self, request):
        """Show the next page."""
        await HttpCall("GET", "/x")
        return next(self._pages)


def test_an_order_on_two_pages_is_one():
    """As it was filled last."""
    more = RESTING.replace(filled=Decimal("0.5"), remaining=None)
    found = listed(Pages((RESTING,), (more, RESTING.replace(id="2"))))
    assert [(one.id, one.filled) for one in found] == [("1", Decimal("0.5")), ("2", Decimal(0))]


def test_an_order_that_two_pages_show_otherwise_is_neither():
    """Its side differs: the list is not all of the orders."""
    with pytest.raises(OutcomeUnknown, match="two pages show it"):
        listed(Pages(*((RESTING.replace(side=side),) for side in (OrderSide.BUY, OrderSide.SELL))))


def test_a_row_of_another_order_tells_a_cancel_nothing():
    """Neither that it is open, nor what was filled."""
    case = CancelCase(CancelRequest(order_id="2"))
    case.learn_row(RESTING)
    assert (case.last_seen, case.order_id) == (None, "2")


@pytest.mark.parametrize(
    ("differs", "several"),
    [
        ({"symbol": "BTC/USD"}, True),
        ({"side": OrderSide.SELL}, False),
        ({"side": OrderSide.SELL, "timestamp": 9}, True),
    ],
)
def test_two_pages_with_two_orders_of_one_id_say_that_there_are_more(differs, several):
    """Some venues count ids by symbol: what becomes of the one under its id is not told of the other."""
    first = RESTING.replace(symbol="ETH/USD", side=OrderSide.BUY, timestamp=5)
    pages = OpenOrderPages(asking(Pages((first,), (first.replace(**differs),))), None, 10.0)
    run(pages.read_rest())
    assert pages.listed().orders == []
    assert [row.about for row in pages.listed().unread if row.order is None] == (["1"] if several else [])


def test_a_row_that_cannot_be_read_is_of_its_symbol():
    """Where ids count by symbol an order that can be read may have its id: what becomes of that is not told of it."""
    read, unread = RESTING.replace(symbol="ETH/USD"), RESTING.replace(symbol="BTC/USD")
    row = UnreadRow(reason="no amount", order=unread)
    both = OrderPage(orders=(read,), complete=False, left_out=1, unread=(row,), cut_off=False)
    third = RESTING.replace(id="2")
    good = OrderPage(orders=(read, third), complete=True)
    bad = replace(both, orders=(third,))
    for pages in ([both], [replace(good, orders=(read,)), bad], [replace(bad, orders=()), good]):
        hooks = InTurn(pages)
        listed = OpenOrderPages(asking(hooks), None, 10.0)
        run(listed.read_rest())
        assert listed.shared_ids() == {"1"}
        listed.begin_again()
        hooks.pages = [both]
        run(listed.read_rest())
        assert [one.about for one in listed.listed().unread if one.order is None] == ["1"]


class InTurn(Listing):
    """Hooks of a venue with these pages."""

    def __init__(self, pages):
        last = len(pages) - 1
        self.pages = [
            replace(page, next_before_id=None if number == last else f"#{number}") for number, page in enumerate(pages)
        ]

    async def fetch_open_orders(self, request):
        """Show the next one."""
        await HttpCall("GET", "/x")
        return self.pages.pop(0)
