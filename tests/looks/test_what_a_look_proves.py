"""A look that had begun before a caller asked proves an end for it, and never that its order is open or not there."""

from __future__ import annotations

import pytest

from hk_adapter.errors import NotSupported, OutcomeUnknown, RateLimited
from hk_adapter.execution.lookups import Gone, Missed, Shown
from hk_adapter.flow.effects import Sleep
from hk_adapter.model import FetchOrderRequest, Order, OrderStatus, UnreadRow
from tests.looks.book import DEADLINE, later, named

LACKING = [{"cut_off": True}, {"left_out": 1}, {"unread": (UnreadRow(reason="no price"),)}, {"next_before_id": "1"}]
"""What a page says that does not show all."""


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


def test_what_is_shown_nowhere_is_asked_for_singly(looks, book, run):
    """The lost are asked for singly as long as a round may take; all are gone, if the open orders were complete."""
    book.orders = {"1": OrderStatus.OPEN}
    [sights] = run(looks.look(book, named("1", *"56789"), DEADLINE))
    assert [type(sight) for sight in sights] == [Shown, Missed, Missed, Missed, Gone, Gone]
    assert all(sight.gone for sight in sights[1:4])
    assert book.asked == ["open", "ended", "one", "one", "one"]


def test_how_old_a_list_can_be(looks, book, run):
    """The newest time that a list of open orders shows of a symbol bounds its age there, for all that it lacks."""
    others = [Order(id=f"o{time}", symbol="A/B", status=OrderStatus.OPEN, timestamp=time) for time in (7, 5)]
    changed = Order(id="o9", symbol="C/D", status=OrderStatus.OPEN, timestamp=4, last_update_timestamp=9)
    book.rubbish = (*others, changed, Order(id="o6", status=OrderStatus.OPEN, timestamp=6))
    [sights] = run(looks.look(book, named(*"56789"), DEADLINE))
    assert {type(sight) for sight in sights} == {Missed, Gone}
    assert all(sight.as_of == {"A/B": 7, "C/D": 9, None: 6} for sight in sights)


def test_missed_where_the_open_orders_are_not_known(looks, book, run):
    """An order that a query does not find is not gone from a list that was not had."""
    book.failures["open"] = OutcomeUnknown("no answer")
    [sights] = run(looks.look(book, named(*"789"), DEADLINE))
    assert [(type(sight), sight.gone) for sight in sights] == [(Missed, False)] * 3


@pytest.mark.parametrize("said", LACKING, ids=str)
def test_what_a_list_lacks_that_calls_itself_complete(looks, book, run, said):
    """It says that there may be a further page, or that rows are left out: what it lacks is not gone by it."""
    book.orders, book.said = {"1": OrderStatus.OPEN}, said
    [sights] = run(looks.look(book, named(*"789"), DEADLINE))
    assert [(type(sight), sight.gone) for sight in sights] == [(Missed, False)] * 3


@pytest.mark.parametrize("rows", [[Order(id=None, client_order_id="c7")], [None, "7"]], ids=str)
def test_rows_without_an_id(looks, book, run, rows):
    """A broken plugin's rows break no look: the others are shown, and a list that has such rows is not complete."""
    book.orders = {"1": OrderStatus.OPEN, "2": OrderStatus.CANCELED}
    book.rubbish = tuple(rows)
    [sights] = run(looks.look(book, named(*"12789", "10"), DEADLINE))
    assert [type(sight) for sight in sights[:2]] == [Shown, Shown]
    assert Gone not in {type(sight) for sight in sights}
    assert not any(sight.gone for sight in sights if isinstance(sight, Missed))


def test_an_empty_page_that_goes_on(looks, book, run):
    """A history that says to go on without showing anything is not read for ever."""
    book.endless = True
    [sights] = run(looks.look(book, named(*"789"), DEADLINE))
    assert {type(sight) for sight in sights} == {Missed}
    assert book.asked.count("ended") == 1


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
    assert [type(sight) for sight in sights] == [Shown, Shown, Shown, Gone, *[Shown] * 5]


def test_a_leader_with_little_time(looks, book, run):
    """Who waits for another one's look gives up at its own deadline, with a doubt and no claim."""
    book.orders = dict.fromkeys("1234", OrderStatus.OPEN)
    _, [late] = run(looks.look(book, named("1", "2", "3"), DEADLINE), later(0.1, looks.look(book, named("4"), 0.5)))
    assert isinstance(late, OutcomeUnknown)
    assert book.asked == ["open", "ended"]
