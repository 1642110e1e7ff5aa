"""Lists are read page by page until what was asked for is there: nothing twice, nothing left out, oldest first."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter import (
    AdapterError,
    ListOrdersRequest,
    ListTradesRequest,
    NotSent,
    Operation,
    Order,
    OrderPage,
    OrderSide,
    OrderStatus,
    Trade,
    TradePage,
    UnexpectedPayload,
)
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import RateLimit
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.asking import plain
from tests.cases import each

STATUSES = [OrderStatus.CLOSED, OrderStatus.CANCELED, OrderStatus.REJECTED]


@dataclass
class Shelf:
    """Hooks of a venue that lists ``count`` orders and fills, created a millisecond apart, in pages of ``size``."""

    count: int
    size: int = 10
    unread: int | None = None
    stuck: bool = False
    asked: list[object] = field(default_factory=list)

    async def _rows(self, request):
        self.asked.append(request)
        await HttpCall("GET", "/x", group="queries", deadline=None)
        before = self.count + 1 if request.before_id is None or self.stuck else int(request.before_id)
        rows = list(range(before - 1, 0, -1))
        if request.since is not None:
            rows = [row for row in rows if row >= request.since - 1]  # a bound that is only a hint
        size = min(request.limit or self.size, self.size)
        more = len(rows) > size
        page = rows[:size]
        left_out = [row for row in page if row == self.unread]
        return [row for row in page if row not in left_out], len(left_out), str(page[-1]) if more else None

    async def _orders(self, request, statuses):
        rows, left_out, following = await self._rows(request)
        orders = tuple(Order(id=str(row), status=statuses[row % 3], timestamp=row) for row in rows)
        complete = following is None and not left_out
        return OrderPage(orders=orders, complete=complete, next_before_id=following, left_out=left_out)

    async def fetch_orders(self, request):
        """A page of the history, newest first."""
        return await self._orders(request, STATUSES)

    async def fetch_open_orders(self, request):
        """A page of the book, newest first."""
        return await self._orders(request, [OrderStatus.OPEN] * 3)

    async def fetch_my_trades(self, request):
        """A page of fills, newest first."""
        rows, left_out, following = await self._rows(request)
        trades = tuple(Trade(id=str(row), timestamp=row) for row in rows)
        complete = following is None and not left_out
        return TradePage(trades=trades, complete=complete, next_before_id=following, left_out=left_out)


class Net:
    """Answers everything after 50 ms."""

    def __init__(self, time):
        self.time = time

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield self.time.now + 0.05
        return Response(200, {}, b"")


def listed(shelf, name="fetch_orders", timeout=60.0, **asked):
    """Run one call at the venue, in virtual time, and give the ids of its rows."""
    return [int(row.id) for row in listed_rows(shelf, name, timeout, **asked)]


def listed_rows(shelf, name="fetch_my_trades", timeout=60.0, **asked):
    """Run one call at the venue, in virtual time, and give its rows."""
    core = Core(SharedLookups())
    core.attach(plain(shelf))
    time = VirtualTime()
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({"queries": RateLimit(amount=2, by_weight=False, kept=1)}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    kind = ListTradesRequest if name == "fetch_my_trades" else ListOrdersRequest
    operation = Operation(name=name, request=kind(**asked), timeout=timeout)
    return VirtualRunner(runtime, Net(time), time).run(core.operate(operation=operation))


@dataclass
class Fills:
    """Hooks of a venue that gives these fills, newest first, in pages that repeat the row at their bound."""

    fills: list[Trade]
    size: int = 2

    async def fetch_my_trades(self, request):
        """A page of fills."""
        await HttpCall("GET", "/x", group="queries", deadline=None)
        start = int(request.before_id or 0)
        more = start + self.size < len(self.fills)
        following = str(start + self.size - 1) if more else None
        return TradePage(
            trades=tuple(self.fills[start : start + self.size]), complete=not more, next_before_id=following
        )


def fill(**changes):
    """A fill of one ether."""
    terms = {
        "id": "7",
        "order_id": "41",
        "side": OrderSide.BUY,
        "amount": Decimal(1),
        "timestamp": 1,
        "info": {"row": 0},
    }
    return Trade(**(terms | changes))


@pytest.mark.parametrize(
    "change",
    [
        {"side": OrderSide.SELL, "order_id": "42"},
        {"amount": Decimal(2)},
        {"timestamp": 2},
        {"info": {"row": 1}},
        {"order_id": "42"},
    ],
)
def test_fills_with_one_id_are_as_many_as_they_are(change):
    """Some venues give a fill the id of its order, and both sides of a trade with oneself one id."""
    one, other = fill(), fill(**change)
    core_rows = listed_rows(Fills([one, other, fill(id="6", timestamp=0)]), limit=10)
    assert sorted(map(repr, core_rows)) == sorted(map(repr, [fill(id="6", timestamp=0), one, other]))


def test_fills_without_ids_are_all_given():
    """Though they be equal."""
    nameless = [fill(id=None), fill(id=None), fill(id=None, amount=Decimal(3))]
    assert listed_rows(Fills(nameless, size=10), limit=10) == nameless[::-1]


def test_identical_rows_are_one_fill():
    """As where a page begins with the row that the one before ended with."""
    assert listed_rows(Fills([fill(), fill(), fill(id="6")], size=3)) == [fill(id="6"), fill()]


any_list = pytest.mark.parametrize("name", ["fetch_orders", "fetch_open_orders", "fetch_my_trades"])


@any_list
def test_a_limit_beyond_a_page_is_paged(name):
    """More rows than a page holds are read page by page, and given oldest first."""
    shelf = Shelf(95)
    assert listed(shelf, name, limit=35) == list(range(61, 96))
    assert len(shelf.asked) == (10 if name == "fetch_open_orders" else 4)


@any_list
def test_until_gives_the_newest_up_to_then(name):
    """What is newer is passed over, page by page; a limit counts back from ``until``, or from ``since`` on."""
    assert listed(Shelf(95), name, until=50, limit=15) == list(range(36, 51))
    assert listed(Shelf(95), name, until=50, since=40) == list(range(40, 51))
    assert listed(Shelf(95), name, until=50, since=40, limit=3) == [40, 41, 42]
    assert listed(Shelf(95), name, until=50)[-10:] == list(range(41, 51))
    assert listed(Shelf(95), name, until=0) == []


@any_list
def test_since_gives_the_first_from_then_on(name):
    """With ``since`` the oldest rows count, as many as asked for; none from before, even where the venue gives some."""
    assert listed(Shelf(95), name, since=40) == list(range(40, 96))
    assert listed(Shelf(95), name, since=40, limit=15) == list(range(40, 55))


@pytest.mark.parametrize("name", ["fetch_orders", "fetch_my_trades"])
def test_without_bounds_one_page_is_enough(name):
    """A history may be endless: unless told how much of it is wanted, the venue's newest page is given."""
    shelf = Shelf(95)
    assert listed(shelf, name) == list(range(86, 96))
    assert len(shelf.asked) == 1


def test_open_orders_are_always_all():
    """Every open order is in the list, however many pages that takes."""
    assert listed(Shelf(95), "fetch_open_orders") == list(range(1, 96))


@pytest.mark.parametrize(("name", "rest"), [("fetch_closed_orders", 0), ("fetch_canceled_orders", 1)])
def test_a_status_is_looked_for_until_there_are_enough(name, rest):
    """Orders that ended otherwise do not count towards the limit."""
    assert listed(Shelf(95), name, limit=12) == [row for row in range(1, 96) if row % 3 == rest][-12:]


@any_list
@pytest.mark.parametrize("size", [10, 100])
def test_a_row_that_cannot_be_read_is_no_gap(name, size):
    """Rather than leave a row out unsaid, the call fails."""
    with pytest.raises(UnexpectedPayload, match="cannot be read"):
        listed(Shelf(30, size, unread=25), name, limit=30)


@any_list
def test_pages_that_do_not_go_on(name):
    """A venue that gives the same page again and again is not asked for ever."""
    shelf = Shelf(30, stuck=True)
    with pytest.raises(UnexpectedPayload, match="does not go on"):
        listed(shelf, name, limit=30)


@any_list
def test_no_time_for_a_further_page(name):
    """Where the rate budget leaves no time, the call fails rather than give a part of the list."""
    with pytest.raises(AdapterError) as caught:
        listed(Shelf(95), name, timeout=2.0, limit=90)
    assert isinstance(caught.value, NotSent)


@given(
    count=st.integers(0, 60),
    size=st.integers(1, 12),
    limit=st.none() | st.integers(1, 70),
    since=st.none() | st.integers(0, 70),
    name=st.sampled_from(["fetch_orders", "fetch_open_orders", "fetch_my_trades", "fetch_canceled_orders"]),
)
def test_pages_of_any_size_give_each_row_once_in_order(count, size, limit, since, name):
    """Whatever the sizes, the rows are those asked for, each once, in order."""
    rows = [row for row in range(1, count + 1) if name != "fetch_canceled_orders" or row % 3 == 1]
    given_rows = listed(Shelf(count, size), name, timeout=1000.0, limit=limit, since=since)
    if since is not None:
        wanted = [row for row in rows if row >= since][:limit]
    elif limit is not None:
        wanted = rows[-limit:]
    elif name == "fetch_open_orders":
        wanted = rows
    else:
        wanted = [row for row in rows if row > count - size]
    assert given_rows == wanted


class Backwards(Shelf):
    """A venue whose open orders come oldest first, the cursor going towards the newest."""

    async def fetch_open_orders(self, request):
        """A page of the book."""
        self.asked.append(request)
        await HttpCall("GET", "/x", group="queries", deadline=None)
        after = int(request.before_id or 0)
        page = range(after + 1, min(after + self.size, self.count) + 1)
        following = str(page[-1]) if page and page[-1] < self.count else None
        orders = tuple(Order(id=str(row), status=OrderStatus.OPEN, timestamp=row) for row in page)
        return OrderPage(orders=orders, complete=following is None, next_before_id=following)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, list(range(1, 36))),
        ({"since": 30}, list(range(30, 36))),
        ({"since": 12, "limit": 4}, [12, 13, 14, 15]),
        ({"limit": 3}, [33, 34, 35]),
    ],
)
def test_a_venue_that_pages_the_other_way(asked, wanted):
    """Which way the pages of open orders go is documented nowhere: the list is the same."""
    assert listed(Backwards(35), "fetch_open_orders", **asked) == wanted


@dataclass
class Odd(Shelf):
    """A venue that lists one row which cannot be right."""

    row: Order | None = None

    async def fetch_orders(self, request):
        """The one row."""
        return OrderPage(orders=(self.row,), complete=True)

    fetch_open_orders = fetch_orders


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("fetch_orders", {"status": OrderStatus.CLOSED, "symbol": "BTC/USD"}),
        ("fetch_open_orders", {"status": OrderStatus.OPEN, "symbol": "BTC/USD"}),
        ("fetch_open_orders", {"status": OrderStatus.CANCELED}),
    ],
)
def test_a_row_that_cannot_be_right_is_no_gap(name, row):
    """Another symbol's row, an ended order among the open: the list fails, and drops nothing."""
    with pytest.raises(UnexpectedPayload):
        listed(Odd(1, row=Order(id="1", timestamp=5, **row)), name, symbol="ETH/USD")


@pytest.mark.parametrize("name", ["fetch_orders", "fetch_closed_orders"])
def test_a_row_that_contradicts_itself_is_believed_once_it_is_said_again(name):
    """An order FILLED below its amount makes no list an error: it is listed as a second look shows it."""
    row = Order(id="1", timestamp=5, status=OrderStatus.CLOSED, amount=Decimal(1), filled=Decimal("0.4"))
    assert listed(Odd(1, row=row), name, symbol="ETH/USD") == [1]


@dataclass
class OnePage:
    """Hooks of a venue with one page of orders and one of fills, which say this of themselves."""

    said: dict[str, object]

    async def fetch_orders(self, request):
        """The page."""
        await HttpCall("GET", "/x", group="queries", deadline=None)
        return OrderPage(orders=(Order(id="1", status=OrderStatus.OPEN, timestamp=5),), **self.said)

    fetch_open_orders = fetch_orders

    async def fetch_my_trades(self, request):
        """The page."""
        await HttpCall("GET", "/x", group="queries", deadline=None)
        return TradePage(trades=(Trade(id="1", timestamp=5),), **self.said)


LISTS = ("fetch_orders", "fetch_open_orders", "fetch_my_trades")
CUT_OFF = (
    {"complete": False},
    {"complete": False, "left_out": 1},
    {"complete": False, "cut_off": True, "left_out": 1},
    {"complete": True, "cut_off": True},
    {"complete": False, "cut_off": False},
)


@each("name", LISTS)
@each("partial", [False, True])
@each("said", CUT_OFF)
def test_a_list_that_is_cut_off_says_so(name, partial, said):
    """Also where rows of it cannot be read, and what can be was asked for: nobody takes it for all there is."""
    with pytest.raises(UnexpectedPayload, match="further page") as raised:
        listed(OnePage(said), name, partial=partial)
    assert ("cannot be read" in str(raised.value)) == ("left_out" in said and not partial)


@each("name", LISTS)
def test_a_list_that_only_lacks_rows_says_that(name):
    """What can be read of it is all there is beside them."""
    said = {"complete": False, "left_out": 1, "cut_off": False}
    assert listed(OnePage(said), name, partial=True) == [1]
    with pytest.raises(UnexpectedPayload, match="cannot be read") as raised:
        listed(OnePage(said), name)
    assert "further page" not in str(raised.value)
