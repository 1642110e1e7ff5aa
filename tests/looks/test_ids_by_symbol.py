"""Some venues count order ids by symbol: a row of another symbol than was asked for is another order's."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hk_adapter.execution.lookups import Shown, unread_in
from hk_adapter.model import FetchOrderRequest, Order, OrderPage, OrderStatus, UnreadRow
from tests.looks.book import DEADLINE, Book

IDS = ("1", "2", "3")


class ByMarket(Book):
    """Lists the orders of ETH/USD; its BTC/USD has others, of the same ids, which are open."""

    async def fetch_order(self, request):
        """Show one order of a market."""
        order = await super().fetch_order(request)
        status = order.status if request.symbol == "ETH/USD" else OrderStatus.OPEN
        return replace(order, symbol=request.symbol, status=status)

    async def _exchange(self, what):
        return {name: replace(order, symbol="ETH/USD") for name, order in (await super()._exchange(what)).items()}


class Stream:
    """Has told that order 1 of ETH/USD has ended."""

    def is_listening(self, now):
        """Never stops."""
        return True

    def end_of(self, order_id):
        """Return the end of an order, whatever its market."""
        return Order(id=order_id, symbol="ETH/USD", status=OrderStatus.CANCELED)

    def open_orders(self):
        """List none."""
        return []

    def learn_end(self, order, asked):
        """Learn nothing."""


@pytest.fixture
def markets():
    """Return the venue, with ids that both markets have."""
    return ByMarket(orders=dict.fromkeys(IDS, OrderStatus.CANCELED))


def asked(symbol, ids=IDS):
    """Name orders of a market for a look."""
    return [(FetchOrderRequest(order_id=name, symbol=symbol),) for name in ids]


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.OPEN], ids=["history", "open orders"])
def test_a_list_that_shows_anothers_row(looks, markets, run, status):
    """No row of another symbol is taken for the order; it is asked for by itself."""
    markets.orders = dict.fromkeys(IDS, status)
    [sights] = run(looks.look(markets, asked("BTC/USD"), DEADLINE))
    assert {sight.order.symbol for sight in sights if isinstance(sight, Shown)} == {"BTC/USD"}
    assert all(sight.beside is None for sight in sights if isinstance(sight, Shown))
    assert markets.singly


@pytest.mark.parametrize("symbol", ["ETH/USD", None])
def test_a_list_that_shows_the_order(looks, markets, run, symbol):
    """A row of the symbol that was asked for is the order, and so is any where none was named: one list tells all."""
    [sights] = run(looks.look(markets, asked(symbol), DEADLINE))
    assert [sight.order.status for sight in sights] == [OrderStatus.CANCELED] * 3
    assert not markets.singly


def test_a_stream_that_tells_anothers_end(looks, markets, run):
    """The end of an order of another symbol is none that is waited for."""
    looks.listen_to(Stream())
    [[sight]] = run(looks.look(markets, asked("BTC/USD", ["1"]), DEADLINE, by_stream=True))
    assert (sight.order.symbol, sight.order.status, sight.by_stream) == ("BTC/USD", OrderStatus.OPEN, False)
    [[heard]] = run(looks.look(markets, asked("ETH/USD", ["1"]), DEADLINE, by_stream=True))
    assert (heard.order.symbol, heard.by_stream) == ("ETH/USD", True)


class Unread(Book):
    """Lists orders of several markets under one client order id, in rows that cannot be read."""

    async def fetch_open_orders(self, request):
        """Name them."""
        await self._exchange("open")
        rows = [
            Order(id=name, client_order_id="c", symbol=symbol) for name, symbol in (("8", "ETH/USD"), ("9", "BTC/USD"))
        ]
        unread = tuple(UnreadRow(reason="it cannot be read", order=row) for row in rows)
        return OrderPage(orders=(), complete=False, left_out=2, unread=unread)


@pytest.mark.parametrize(("symbol", "named"), [("ETH/USD", "8"), ("BTC/USD", "9"), ("XRP/USD", None)])
def test_rows_that_cannot_be_read_name_the_orders_of_their_symbols(looks, run, symbol, named):
    """Whatever else is there under the client order id: an order that a row names is there."""
    wants = [(FetchOrderRequest(client_order_id="c", symbol=symbol),), *asked("ETH/USD", ["1", "2"])]
    [[sight, *_]] = run(looks.look(Unread(), wants, DEADLINE))
    unread = unread_in(sight)
    assert (None if unread is None else unread.id) == named
