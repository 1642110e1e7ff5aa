"""All orders of a venue that shows some of the open ones, and does not say how the rest is had."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.effects import HttpCall
from hk_adapter.model import CancelAllRequest, CancelOutcome, Order, OrderPage, OrderSide, OrderStatus
from tests.cancel.test_other_batches import Pocket, cancel
from tests.cases import each


@dataclass
class Shelf(Pocket):
    """Hooks of a venue whose list has so many rows at the most.

    Attributes:
        rows: how many.
        lag: how often the list is as it was before, once orders have gone.
        deaf: the orders whose cancels it takes, and does nothing.
        side: of every order.
    """

    rows: int = 3
    lag: int = 0
    deaf: tuple[str, ...] = ()
    side: OrderSide = OrderSide.BUY
    lists: int = 0
    _shown: list[str] = field(default_factory=list)

    async def _send(self, *names):
        await super()._send(*names)
        self.status |= dict.fromkeys(self.deaf, OrderStatus.OPEN)

    async def fetch_open_orders(self, request):
        """Show the first few."""
        await HttpCall("GET", "/x", deadline=None)
        if self.lists == 0 or self.lists > self.lag:
            resting = [name for name, status in self.status.items() if status is OrderStatus.OPEN]
            self._shown = resting[: self.rows]
        self.lists += 1
        orders = tuple(Order(id=one, status=OrderStatus.OPEN, side=self.side) for one in self._shown)
        whole = len(self._shown) < self.rows
        return OrderPage(orders=orders, complete=whole, cut_off=not whole)

    fetch_orders = Pocket.fetch_orders


def shelf(number, **kind):
    """Give one with so many orders."""
    return Shelf(status={str(one): OrderStatus.OPEN for one in range(number)}, **kind)


def all_of(venue, **asked):
    """Cancel what is open."""
    return cancel(venue, batch=0, name="cancel_all_orders", request=CancelAllRequest(**asked))


@each("number", [2, 3, 4, 6, 20])
@each("lag", [0, 1, 2])
def test_the_rest_is_had_once_the_first_have_gone(number, lag):
    """Each order is canceled, once, and has one report; the list lags now and then."""
    venue = shelf(number, lag=lag)
    reports = all_of(venue)
    assert sorted(venue.sent, key=int) == [str(one) for one in range(number)]
    assert [report.order.id for report in reports] == venue.sent
    assert {report.outcome for report in reports} == {CancelOutcome.CANCELED}


@each("deaf", [1, 2])
def test_orders_that_stay_hold_nobody_up_that_a_page_can_show(deaf):
    """They are shown on each page, until they are all that it shows."""
    names = tuple(str(one) for one in range(deaf))
    venue = shelf(9, deaf=names)
    reports = {report.order.id: report.outcome for report in all_of(venue)}
    assert reports == {str(one): CancelOutcome.PENDING if one < deaf else CancelOutcome.CANCELED for one in range(9)}


def test_what_the_list_never_shows_has_a_report():
    """A page full of orders that do not go hides the rest, and the call says so."""
    venue = shelf(9, deaf=("0", "1", "2"))
    *reports, unlisted = all_of(venue)
    assert [report.outcome for report in reports] == [CancelOutcome.PENDING] * 3
    assert (unlisted.outcome, unlisted.order, type(unlisted.error)) == (CancelOutcome.NOT_SENT, None, NotSent)


def test_a_list_that_stays_as_it_was():
    """Its orders have gone, and nobody knows what else there is: a few looks, and the call says so."""
    venue = shelf(9, lag=99)
    *reports, unlisted = all_of(venue)
    assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 3
    assert (unlisted.outcome, unlisted.order) == (CancelOutcome.NOT_SENT, None)
    assert "further page" in str(unlisted.error)
    assert venue.lists < 9


def test_a_page_of_orders_that_are_not_meant():
    """Nothing can be taken off it, and so nothing is sent: an error."""
    venue = shelf(9)
    with pytest.raises(OutcomeUnknown, match="further page"):
        all_of(venue, side=OrderSide.SELL)
    assert venue.sent == []
