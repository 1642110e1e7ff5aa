"""The fills of one order are all that it has had, as what it executed proves; else it is said what is missing."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import HttpCall, HttpRequest, ListTradesRequest, Operation, Order, RateLimit, Response, Trade, TradePage
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.asking import plain


async def test_the_fills_of_one_order_and_no_other(desk):
    """Oldest first, whichever id names the order; ``since`` and ``limit`` cut them as ccxt does."""
    first, second = [await desk.place("1", "1900") for _ in range(2)]
    for amount in ("0.1", "0.2", "0.3"):
        desk.simulator.fill(second.id, amount)
        desk.simulator.fill(first.id, "0.1")
    found = await desk.call("fetch_order_trades", second.id, "ETH/USD")
    assert [(one.order_id, one.amount) for one in found] == [
        (second.id, Decimal(amount)) for amount in ("0.1", "0.2", "0.3")
    ]
    assert await desk.call("fetch_order_trades", client_order_id=second.client_order_id) == found
    assert await desk.call("fetch_order_trades", params={"clientOrderId": second.client_order_id}) == found
    assert await desk.call("fetch_order_trades", second.id, limit=2) == found[1:]
    assert await desk.call("fetch_order_trades", second.id, since=found[0].timestamp, limit=2) == found[:2]


async def test_an_order_without_fills_has_none(desk):
    """An empty list is proven too; and an order that nobody knows is not found."""
    order = await desk.place("1", "1900")
    assert await desk.call("fetch_order_trades", order.id) == []
    with pytest.raises(hk.OrderNotFound):
        await desk.call("fetch_order_trades", "1")


async def test_an_id_is_needed(desk):
    """Nothing is sent without one, nor with a symbol that contradicts it."""
    with pytest.raises(hk.InvalidArgument):
        await desk.call("fetch_order_trades")
    order = await desk.place("1", "1900")
    with pytest.raises(hk.Mismatch):
        await desk.call("fetch_order_trades", order.id, "BTC/USD")


def trade(number, amount="1", order_id="7"):
    """A fill of so much."""
    return Trade(id=str(number), order_id=order_id, amount=Decimal(amount), timestamp=number, info={"row": number})


class Book:
    """Hooks of a venue that shows what an order filled, and its fills, time after time; the last view stays."""

    def __init__(self, *views):
        self._views = list(views)
        self.asked = []

    async def fetch_order(self, request):
        """Show the order as this view has it, and turn to the next one afterwards."""
        await HttpCall("GET", "/order", group="queries")
        filled = self._views[0][0]
        return Order(id="7", client_order_id="mine", amount=Decimal(9), filled=filled, timestamp=5_000, symbol="A/B")

    async def fetch_order_trades(self, request):
        """List the fills of this view, one a page."""
        await HttpCall("GET", "/fills", group="queries")
        self.asked.append(request)
        fills = self._views[0][1]
        place = int(request.before_id or 0)
        more = place + 1 < len(fills)
        if not more and len(self._views) > 1:
            self._views.pop(0)
        return TradePage(
            trades=tuple(fills[place : place + 1]), complete=not more, next_before_id=str(place + 1) if more else None
        )


class Net:
    """Answers everything in 50 ms."""

    def __init__(self, time):
        self._time = time

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield self._time.now + 0.05
        return Response(200, {}, b"")


def listed(book, timeout=10.0, **asked):
    """Run the call in virtual time."""
    core, time = Core(SharedLookups()), VirtualTime()
    core.attach(plain(book))
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({"queries": RateLimit(amount=20)}),
        liveness=Liveness(),
    )
    request = ListTradesRequest(order_id="7", **asked)
    operation = Operation(name="fetch_order_trades", request=request, timeout=timeout)
    return VirtualRunner(runtime, Net(time), time).run(core.operate(operation=operation))


TWO, THREE = [trade(8_000), trade(6_000)], [trade(9_000), trade(8_000), trade(6_000)]


def test_all_pages_are_read_from_the_orders_creation_on():
    """The venue is asked by both ids that it showed, and no further back than the order can have traded."""
    book = Book((Decimal(2), TWO))
    assert listed(book) == TWO[::-1]
    asked = book.asked[0]
    assert (asked.order_id, asked.client_order_id, asked.symbol, asked.since) == ("7", "mine", "A/B", 3_000)
    assert len(book.asked) == 2


def test_fills_that_come_late_are_waited_for():
    """A second later the list is read once more: a venue may post fills late, and an order may trade on."""
    assert listed(Book((Decimal(3), TWO), (Decimal(3), THREE))) == THREE[::-1]
    assert listed(Book((Decimal(2), THREE), (Decimal(3), THREE))) == THREE[::-1]


def test_missing_fills_are_an_error_that_says_so():
    """Never a list with a gap: the error tells both amounts, and carries the order."""
    with pytest.raises(hk.UnexpectedPayload, match=r"add up to 2 of the 3 that the order executed") as caught:
        listed(Book((Decimal(3), TWO)))
    assert caught.value.order.filled == 3
    with pytest.raises(hk.UnexpectedPayload, match="add up to 2 of the 3"):
        listed(Book((Decimal(3), TWO), (Decimal(3), THREE)), timeout=0.5)  # no time to look again


def test_who_takes_what_there_is_learns_what_is_missing():
    """``partial`` gives the fills, and the reason as an unread row."""
    found = listed(Book((Decimal(3), TWO)), partial=True)
    assert found == TWO[::-1]
    assert [(row.order.id, row.reason) for row in found.unread] == [
        ("7", "its fills add up to 2 of the 3 that the order executed")
    ]
    assert listed(Book((Decimal(2), TWO)), partial=True).unread == ()


def test_what_no_amount_proves_is_not_given_for_all():
    """Where the venue does not say how much the order executed, or a fill's amount, nobody can tell."""
    book = Book((None, TWO))
    with pytest.raises(hk.UnexpectedPayload, match="does not say how much"):
        listed(book)
    assert len(book.asked) == 2  # asking again would tell no more
    with pytest.raises(hk.UnexpectedPayload, match="does not say its amount"):
        listed(Book((Decimal(1), [Trade(id="1", order_id="7", timestamp=6_000)])))


def test_a_fill_of_another_order_is_never_among_them():
    """A plugin's row that says it is another order's is a gap, not a fill of this one."""
    with pytest.raises(hk.UnexpectedPayload, match="it is of order 8"):
        listed(Book((Decimal(1), [trade(6_000, order_id="8")])))
