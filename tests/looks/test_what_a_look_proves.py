"""A look that had begun before a caller asked proves an end for it, and never that its order is open or not there."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from hk_adapter.errors import NotSupported, OrderNotFound, OutcomeUnknown, RateLimited
from hk_adapter.execution.looks import Gone, Looks, Missed, Shown
from hk_adapter.flow.effects import HttpCall, Sleep
from hk_adapter.flow.runners import Station
from hk_adapter.flow.virtual import VirtualRunner, VirtualTime
from hk_adapter.flow.wire import HttpRequest, Response
from hk_adapter.model import FetchOrderRequest, Order, OrderPage, OrderStatus
from hk_adapter.transport.budget import RateBudget
from hk_adapter.transport.clock import VenueClock
from hk_adapter.transport.line import Line

DEADLINE = 100.0
ROUND_TRIP = 1.0


@dataclass
class Book:
    """Hooks of a venue whose answers are as old as their asking, and take a second."""

    orders: dict[str, OrderStatus] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    failing_after: tuple[str, Exception] | None = None
    pages: int = 1000

    async def _exchange(self, what):
        if self.failing_after is not None and what in self.asked and what == self.failing_after[0]:
            raise self.failing_after[1]
        self.asked.append(what)
        if error := self.failures.get(what):
            raise error
        known = dict(self.orders)
        await HttpCall("GET", f"/{what}", deadline=DEADLINE)
        return {name: Order(id=name, client_order_id=f"c{name}", status=status) for name, status in known.items()}

    async def fetch_order(self, request):
        """Show one order."""
        known = await self._exchange("one")
        for order in known.values():
            if request.order_id == order.id or request.client_order_id == order.client_order_id:
                return order
        raise OrderNotFound("no such order")

    async def fetch_open_orders(self, request):
        """Show what rests."""
        known = await self._exchange("open")
        return OrderPage(orders=tuple(one for one in known.values() if not one.status.final), complete=True)

    async def fetch_orders(self, request):
        """Show what has ended, a page of it."""
        known = await self._exchange("ended")
        ended = sorted((one for one in known.values() if one.status.final), key=lambda one: one.id, reverse=True)
        ended = [one for one in ended if request.before_id is None or one.id < request.before_id]
        page, more = tuple(ended[: self.pages]), len(ended) > self.pages
        return OrderPage(orders=page, complete=not more, next_before_id=page[-1].id if more else None)


class SlowNet:
    """Answers everything after a second."""

    def __init__(self, time):
        self.time = time

    def send(self, request, deadline):
        """Tell the story of one exchange."""
        yield self.time.now + ROUND_TRIP
        return Response(200, {}, b"")


@pytest.fixture
def time():
    """Virtual seconds."""
    return VirtualTime()


@pytest.fixture
def book():
    """The venue."""
    return Book()


@pytest.fixture
def run(time):
    """Run flows side by side in virtual time; errors as values."""
    station = Station(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        hearing=Line(),
        rng=random.Random(1),
    )
    return lambda *flows: VirtualRunner(station, SlowNet(time), time).run_all(flows)


@pytest.fixture
def looks():
    """One key's look-ups."""
    return Looks()


def named(*names):
    """Name orders for a look."""
    return [(FetchOrderRequest(order_id=name),) for name in names]


async def later(seconds, flow, before=lambda: None):
    """Begin a flow later, after something has happened."""
    await Sleep(seconds)
    before()
    return await flow


def test_for_one_a_single_query(looks, book, run):
    """One order costs one query."""
    book.orders["1"] = OrderStatus.CANCELED
    [[sight]] = run(looks.look(book, named("1"), DEADLINE))
    assert (sight.order.status, book.asked) == (OrderStatus.CANCELED, ["one"])


def test_for_several_two_lists(looks, book, run):
    """Many orders cost one page of open orders and one of history; each is shown as it stands."""
    for number in range(20):
        book.orders[str(number)] = OrderStatus.OPEN if number % 2 else OrderStatus.CANCELED
    [sights] = run(looks.look(book, named(*map(str, range(20))), DEADLINE))
    assert [sight.order.status for sight in sights] == [OrderStatus.CANCELED, OrderStatus.OPEN] * 10
    assert book.asked == ["open", "ended"]


def test_calls_that_wait_are_looked_for_together(looks, book, run):
    """Whoever comes while somebody looks is served by the next look, which is one for all of them."""
    for number in range(20):
        book.orders[str(number)] = OrderStatus.OPEN
    sights = run(*(looks.look(book, named(str(number)), DEADLINE) for number in range(20)))
    assert all(isinstance(sight, Shown) for [sight] in sights)
    assert book.asked == ["one", "open", "ended"]


def test_an_end_in_a_look_that_had_begun(looks, book, run):
    """Who comes during a look whose history shows its end needs no look of its own."""
    book.orders = dict.fromkeys("1234", OrderStatus.CANCELED)
    first, [late] = run(
        looks.look(book, named("1", "2", "3"), DEADLINE), later(1.5, looks.look(book, named("4"), DEADLINE))
    )
    assert (len(first), late.order.status, book.asked) == (3, OrderStatus.CANCELED, ["open", "ended"])


def test_open_in_a_look_that_had_begun(looks, book, run):
    """What a look showed open before a caller asked may have ended since: the caller gets a look of its own."""
    book.orders = dict.fromkeys("1234", OrderStatus.OPEN)

    def end():
        book.orders["4"] = OrderStatus.CANCELED

    _, [late] = run(
        looks.look(book, named("1", "2", "3"), DEADLINE), later(1.5, looks.look(book, named("4"), DEADLINE), end)
    )
    assert (late.order.status, book.asked) == (OrderStatus.CANCELED, ["open", "ended", "one"])


def test_missing_in_a_look_that_had_begun(looks, book, run):
    """An order that was placed after a look had begun is not missed by it."""
    book.orders = dict.fromkeys("123", OrderStatus.OPEN)

    def place():
        book.orders["4"] = OrderStatus.OPEN

    _, [late] = run(
        looks.look(book, named("1", "2", "3"), DEADLINE), later(1.5, looks.look(book, named("4"), DEADLINE), place)
    )
    assert (late.order.status, book.asked) == (OrderStatus.OPEN, ["open", "ended", "one"])


def test_ended_between_the_two_lists(looks, book, run):
    """Open in the first list and ended in the second: it has ended."""
    book.orders = dict.fromkeys("123", OrderStatus.OPEN)

    async def end():
        await Sleep(0.5)
        book.orders["2"] = OrderStatus.CANCELED

    sights, _ = run(looks.look(book, named("1", "2", "3"), DEADLINE), end())
    assert [sight.order.status for sight in sights] == [OrderStatus.OPEN, OrderStatus.CANCELED, OrderStatus.OPEN]
    assert book.asked == ["open", "ended"]


def test_shown_nowhere(looks, book, run):
    """Two of the lost are asked for singly; the others are gone, if the open orders were complete."""
    book.orders = {"1": OrderStatus.OPEN}
    [sights] = run(looks.look(book, named("1", "7", "8", "9"), DEADLINE))
    assert [type(sight) for sight in sights] == [Shown, Missed, Missed, Gone]
    assert book.asked == ["open", "ended", "one", "one"]


def test_an_order_with_two_names(looks, book, run):
    """Missed only where neither id is known."""
    book.orders["1"] = OrderStatus.CANCELED
    names = (FetchOrderRequest(order_id="9"), FetchOrderRequest(client_order_id="c1"))
    [[sight]] = run(looks.look(book, [names], DEADLINE))
    assert (sight.order.id, book.asked) == ("1", ["one", "one"])


@pytest.mark.parametrize("failing", ["open", "ended"])
def test_a_list_that_fails(looks, book, run, failing):
    """What the other list shows is shown; nobody is gone by a list that was not had."""
    book.orders = {str(number): OrderStatus.OPEN if number < 3 else OrderStatus.CANCELED for number in range(8)}
    book.failures[failing] = OutcomeUnknown("no answer")
    [sights] = run(looks.look(book, named(*map(str, range(8))), DEADLINE))
    assert Gone not in {type(sight) for sight in sights} or failing == "ended"
    shown = [sight.order.id for sight in sights if isinstance(sight, Shown)]
    assert set(shown) >= ({"3", "4", "5", "6", "7"} if failing == "open" else {"0", "1", "2"})


@pytest.mark.parametrize("what", ["open", "ended", "one"])
def test_a_block_ends_the_look(looks, book, run, what):
    """After 418 nothing more is asked; all who are left get the venue's word."""
    book.orders = {"1": OrderStatus.OPEN}
    book.failures[what] = RateLimited("blocked", http_status=418)
    [sights] = run(looks.look(book, named("1", "2", "3", "4"), DEADLINE))
    assert book.asked[-1] == what
    assert all(sight is book.failures[what] for sight in sights[1:] if not isinstance(sight, Gone | Shown))


def test_a_venue_without_lists(looks, book, run):
    """Each order is asked for by itself."""
    book.orders = dict.fromkeys("1234", OrderStatus.CANCELED)
    book.failures = {what: NotSupported("none") for what in ("open", "ended")}
    [sights] = run(looks.look(book, named(*"1234"), DEADLINE))
    assert [sight.order.id for sight in sights] == list("1234")


@pytest.mark.parametrize("waiting", [3, 9, 12])
def test_history_is_read_on_as_far_as_it_can_help(looks, book, run, waiting):
    """More orders than a page has rows are settled by the pages that they could fill, and by no more."""
    book.pages = 5
    names = [f"{number:02}" for number in range(waiting)]
    book.orders = dict.fromkeys([*names, "-1", "-2", "-3", "-4", "-5"], OrderStatus.CANCELED)
    [sights] = run(looks.look(book, named(*names), DEADLINE))
    assert [sight.order.id for sight in sights] == names
    assert book.asked == ["open", *["ended"] * -(-waiting // 5)]


def test_history_that_cannot_be_read_on(looks, book, run):
    """What the first page showed is shown; a second page that fails proves nothing."""
    book.pages = 5
    names = [f"{number:02}" for number in range(9)]
    book.orders = dict.fromkeys(names, OrderStatus.CANCELED)
    book.failing_after = ("ended", OutcomeUnknown("no answer"))
    [sights] = run(looks.look(book, named(*names), DEADLINE))
    assert [type(sight) for sight in sights] == [Shown, Shown, Gone, Gone, *[Shown] * 5]


def test_a_leader_with_little_time(looks, book, run):
    """Who waits for another one's look gives up at its own deadline, with a doubt and no claim."""
    book.orders = dict.fromkeys("1234", OrderStatus.OPEN)
    _, [late] = run(looks.look(book, named("1", "2", "3"), DEADLINE), later(0.1, looks.look(book, named("4"), 0.5)))
    assert isinstance(late, OutcomeUnknown)
    assert book.asked == ["open", "ended"]
