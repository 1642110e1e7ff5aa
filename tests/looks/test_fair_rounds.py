"""Whoever looks for all, nobody starves: neither the call that looks nor those that wait for it."""

from __future__ import annotations

import pytest

from hk_adapter.errors import NotSent, NotSupported
from hk_adapter.execution.lookups import LONGEST_LOOK, Gone, Shown
from hk_adapter.flow.effects import Now
from hk_adapter.model import FetchOrderRequest, OrderStatus
from tests.looks.book import DEADLINE, later, named


async def timed(flow):
    """What a flow gives, and how many seconds it took."""
    begun = (await Now()).monotonic
    return await flow, (await Now()).monotonic - begun


@pytest.fixture
def plain_book(book):
    """A venue that has no lists: every order is a query of a second."""
    book.failures = {what: NotSupported("none") for what in ("open", "ended")}
    book.orders = {str(number): OrderStatus.OPEN for number in range(60)}
    return book


def test_who_looks_comes_first(looks, plain_book, run):
    """A call that looks for others who came before it asks for its own order first."""
    others = [looks.look(plain_book, named(str(number)), DEADLINE) for number in range(50)]
    results = run(*others, later(0.5, timed(looks.look(plain_book, named("59"), DEADLINE))))
    assert [sight.order.id for [sight] in results[:50]] == [str(number) for number in range(50)]
    # Each call looks for itself and two others, so of fifty one in three looks, and is done within a round of its own.
    assert plain_book.singly[0] == "0"
    assert len(plain_book.singly) == 51


def test_a_call_with_many_orders_does_not_starve_one_with_a_single_one(looks, plain_book, run):
    """Whoever waits while somebody asks for a hundred orders, one by one, is served in between, within two rounds."""
    many = looks.look(plain_book, named(*(str(number) for number in range(50))), DEADLINE)
    one = later(0.5, timed(looks.look(plain_book, named("59"), DEADLINE)))
    sights, ([sight], seconds) = run(many, one)
    assert {type(sight) for sight in sights} == {Shown}
    assert sight.order.id == "59"
    assert seconds <= 6


def test_many_calls_are_served_by_turns(looks, plain_book, run):
    """Fifty calls that come at once end after fifty queries; who asked first is among the first that are served."""
    results = run(*(timed(looks.look(plain_book, named(str(number)), DEADLINE)) for number in range(50)))
    assert results[0][1] <= 3
    assert max(seconds for _, seconds in results) <= 51
    assert sorted(plain_book.singly) == sorted(str(number) for number in range(50))


def test_the_leaders_deadline_is_not_that_of_others(looks, plain_book, run):
    """What a call with little time could not ask for others is asked by themselves, and no failure of theirs."""
    first = looks.look(plain_book, named("9"), DEADLINE)
    hasty = later(0.49, looks.look(plain_book, named("0", "1"), 1.9))
    rest = [later(0.595, looks.look(plain_book, named(name), DEADLINE)) for name in "23"]
    [_, own, *others] = run(first, hasty, *rest)
    assert [type(sight) for sight in own] == [Shown, NotSent]
    assert [sight.order.id for [sight] in others] == ["2", "3"]
    assert plain_book.singly[:2] == ["9", "0"]


def test_lists_that_a_hasty_leader_had_no_time_for(looks, book, run):
    """The same where many are looked for by lists."""
    book.orders = dict.fromkeys("12345", OrderStatus.CANCELED)
    hasty = later(0.49, looks.look(book, named("2"), 1.9))
    rest = [later(0.595, looks.look(book, named(name), DEADLINE)) for name in "345"]
    [_, [own], *others] = run(looks.look(book, named("1"), DEADLINE), hasty, *rest)
    assert isinstance(own, NotSent | Gone)
    assert [sight.order.id for [sight] in others] == ["3", "4", "5"]


def test_a_leader_that_takes_too_long_is_not_waited_for(looks, plain_book, run, net):
    """Who has been looking for longer than a look takes may never come back: another call looks."""
    net.first_trips = [30.0]
    stuck = looks.look(plain_book, named("0"), DEADLINE)
    rest = [later(0.5, timed(looks.look(plain_book, named(str(number)), DEADLINE))) for number in range(1, 6)]
    [slow], *results = run(stuck, *rest)
    assert slow.order.id == "0"
    assert {type(sight) for [sight], _ in results} == {Shown}
    assert max(seconds for _, seconds in results) <= LONGEST_LOOK + 6


def test_lost_orders_make_nobody_wait(looks, book, run):
    """Another call that waits ends the single queries of a round, and is served next."""
    book.orders = {"1": OrderStatus.OPEN}
    many = looks.look(book, named(*(str(number) for number in range(10, 19))), DEADLINE)
    _, ([sight], seconds) = run(many, later(0.5, timed(looks.look(book, named("1"), DEADLINE))))
    assert isinstance(sight, Shown)
    assert (book.asked, seconds <= 4.6) == (["open", "ended", "one", "one", "one"], True)


def test_what_could_not_be_sent_is_told_to_its_own_caller(looks, plain_book, run):
    """A query that never left says nothing to others: each call makes its own, and learns what became of that."""
    plain_book.failing_after = ("one", NotSent("no room"))
    first = looks.look(plain_book, named("9"), DEADLINE)
    [_, *others] = run(first, *(later(0.5, looks.look(plain_book, named(name), DEADLINE)) for name in "234"))
    assert [type(sight) for [sight] in others] == [NotSent] * 3
    assert sorted(plain_book.singly) == ["2", "3", "4", "9"]


def test_a_list_that_could_not_be_sent_tells_others_nothing(looks, book, run):
    """Whoever looked had no room for it: the others look for themselves, and none is told of another's want of room."""
    book.orders = dict.fromkeys("12345", OrderStatus.OPEN)
    book.failures["open"] = NotSent("no room")
    first = looks.look(book, named("1"), DEADLINE)
    [_, *others] = run(first, *(later(0.5, looks.look(book, named(name), DEADLINE)) for name in "2345"))
    assert [sight.order.id for [sight] in others] == ["2", "3", "4", "5"]
    assert book.singly == ["1", "2", "3", "4", "5"]


def test_many_who_came_while_one_looked_are_looked_for_by_lists(looks, book, run):
    """A call that looks for itself and one more, and finds many waiting then, asks singly for nobody else."""
    book.orders = dict.fromkeys("12345", OrderStatus.CANCELED)
    pair = [later(0.5, looks.look(book, named(name), DEADLINE)) for name in "23"]
    many = [later(1.5, looks.look(book, named(name), DEADLINE)) for name in "45"]
    results = run(looks.look(book, named("1"), DEADLINE), *pair, *many)
    assert [sight.order.id for [sight] in results] == ["1", "2", "3", "4", "5"]
    assert book.asked == ["one", "one", "open", "ended"]


def test_two_calls_that_wait_for_the_same_order(looks, book, run):
    """One query, begun after both had asked, shows it to both."""
    book.orders = dict.fromkeys("12", OrderStatus.OPEN)
    both = [later(0.5, looks.look(book, named("2"), DEADLINE)) for _ in range(2)]
    results = run(looks.look(book, named("1"), DEADLINE), *both)
    assert [sight.order.id for [sight] in results] == ["1", "2", "2"]
    assert book.singly == ["1", "2"]


def test_who_looks_is_told_its_own_at_once(looks, book, run):
    """A call that looks for itself while another waits ends with its own answer: the other looks next."""
    book.orders = dict.fromkeys("123", OrderStatus.CANCELED)
    pair = [later(0.5, timed(looks.look(book, named(name), DEADLINE))) for name in "23"]
    _, (_, first), (_, second) = run(looks.look(book, named("1"), DEADLINE), *pair)
    assert min(first, second) < 1.6
    assert max(first, second) < 2.6
    assert sorted(book.singly) == ["1", "2", "3"]


def test_who_looks_by_lists_waits_for_no_order_of_others(looks, book, run):
    """What the lists show is told at once; whoever waits for an order that they do not show asks for it next."""
    book.orders = dict.fromkeys("123", OrderStatus.CANCELED)
    rest = [later(0.5, timed(looks.look(book, named(name), DEADLINE))) for name in "2389"]
    _, (_, two), (_, three), *lost = run(looks.look(book, named("1"), DEADLINE), *rest)
    assert max(two, three) < 2.6
    assert [sight.gone for [sight], _ in lost] == [True, True]
    assert book.asked == ["one", "open", "ended", "one", "one"]
    assert sorted(book.singly) == ["1", "8", "9"]


def test_a_stall_over_an_order_of_others_holds_nobody_up(looks, book, run, net):
    """The query for another one's order is never answered: who looked has its end long before."""
    book.orders = dict.fromkeys("123", OrderStatus.CANCELED)
    net.first_trips = [1.0, 1.0, 1.0, 50.0]
    rest = [later(0.5, timed(looks.look(book, named(name), DEADLINE))) for name in "2389"]
    _, (_, two), (_, three), *_ = run(looks.look(book, named("1"), DEADLINE), *rest)
    assert max(two, three) < 2.6


def test_a_look_with_other_params_holds_nobody_up(looks, plain_book, run):
    """Whoever asks with params of its own asks next, and by itself."""
    strange = [(FetchOrderRequest(order_id="2", params={"book": "other"}),)]
    others = [later(0.5, timed(looks.look(plain_book, wanted, DEADLINE))) for wanted in (named("1"), strange)]
    (_, first), *rest = run(timed(looks.look(plain_book, named("0"), DEADLINE)), *others)
    assert first < 1.1
    assert sorted(round(seconds) for _, seconds in rest) == [2, 3]


@pytest.mark.parametrize("when", [0.5, 0.505, 0.511, 0.517])
def test_who_was_told_nothing_looks_before_newcomers(looks, book, run, when):
    """However many came meanwhile, whoever no list shows has its query after the round of lists, whoever asks first."""
    book.orders = {str(number): OrderStatus.OPEN for number in range(100, 130)}
    crowd = [later(number * 0.11, looks.look(book, named(str(number + 100)), DEADLINE)) for number in range(30)]
    *_, [sight] = run(*crowd, later(when, looks.look(book, named("9"), DEADLINE)))
    assert sight.gone
    assert book.asked[:4] == ["one", "open", "ended", "one"]
    assert book.singly[:2] == ["100", "9"]
