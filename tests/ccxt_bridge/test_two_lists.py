"""Some exchanges list closed and canceled orders apart: what both show, and not the same, proves nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.execution.attempt import Attempt
from hk_adapter.execution.order_page import ask_page
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import ListOrdersRequest, OrderPage
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator
from hk_adapter.venues.ccxt_bridge.order_lists import OrderLists, _Listed
from tests.asking import asking

ccxt = pytest.importorskip("ccxt.async_support")


class TwoLists(OrderLists):
    """okx's, with answers made by hand; serves as the venue's hook, too."""

    def __init__(self, **listed: str):
        super().__init__(ccxt.okx(), ErrorTranslator("okx"))
        self._listed_by = listed

    async def _list(self, method: str, request: ListOrdersRequest) -> _Listed:
        status = hk.OrderStatus.CLOSED if method == "fetchClosedOrders" else hk.OrderStatus.CANCELED
        row = hk.Order(
            id="1", status=status, amount=Decimal(1), filled=Decimal(self._listed_by.get(method, "0")), timestamp=1
        )
        return _Listed((row,) if method in self._listed_by else (), (), True)

    async def fetch_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List what has ended."""
        return await self.order_history(request)


def page(**listed):
    """Ask for the history as a look-up does."""
    request = ListOrdersRequest(any_account=True)
    flow = ask_page(asking(TwoLists(**listed)), VenueHooks.fetch_orders, Attempt(100.0), request)
    while True:
        try:
            flow.send(None)
        except StopIteration as done:
            return done.value


def test_an_order_that_is_closed_by_the_one_and_canceled_by_the_other():
    """Neither is taken for how it ended, nor what either says was filled."""
    shown = page(fetchClosedOrders="1", fetchCanceledOrders="0.3")
    assert (shown.orders, [row.order.id for row in shown.unread]) == ((), ["1"])


def test_an_order_that_one_of_them_shows():
    """It ended as that one says."""
    [order] = page(fetchCanceledOrders="0.3").orders
    assert (order.status, order.filled) == ("canceled", Decimal("0.3"))
