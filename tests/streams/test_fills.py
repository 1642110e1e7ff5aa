"""What those are told who watch fills: each once, in its order, with the id that the lists have; none left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hk_adapter.errors import AuthenticationError, RateLimited, VenueUnavailable
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.watched_fills import OVERLAP
from hk_adapter.model import Order, OrderUpdate
from tests.streams.script import Scripted, fill, frame, row, told, told_fills
from tests.streams.test_polling import until, watched


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s."""
    return Scripted()


def watcher(symbol: str | None = None, most: int = 10_000) -> FillWatcher:
    """Make one who watches fills."""
    return FillWatcher(symbol, most)


def fills_asked(venue: Scripted) -> list[float]:
    """List when fills were asked for."""
    return [at for at, name in venue.asked if name.startswith("fills")]


def unlisted(since: float, until: float) -> Callable[[float], list[Order]]:
    """Refuse to list what is open between two times."""

    def rows(now: float) -> list[Order]:
        if since < now < until:
            raise VenueUnavailable("busy")
        return []

    return rows


def test_each_fill_is_told_as_it_happens(venue):
    """With the id of the lists, in the order of the stream; what was filled before is nobody's news."""
    venue.fills = lambda now: [fill("1", "a", "0.1", 99_900)]
    venue.streams = [
        [(101, frame(("fill", "a", "2", "0.2", "0.3", 101_000), ("fill", "a", "3", "0.3", "0.6", 101_000)))]
    ]
    venue.watch(150, one := watcher())
    assert told_fills(one) == [("2", "0.2", True), ("3", "0.3", True)]
    assert len(fills_asked(venue)) == 2


def test_a_fill_is_told_once(venue):
    """However often frames and lists show it, in this connection and in the next one."""
    event = ("fill", "a", "1", "0.4", "0.4", 101_000)
    venue.fills = lambda now: [fill("1", "a", "0.4", 101_000)] if now > 101 else []
    venue.streams = [[(101, frame(event, event)), (102, frame(event)), (103, None)], [(110, frame(event))]]
    venue.watch(200, one := watcher())
    assert told_fills(one) == [("1", "0.4", True)]


def test_nobody_who_watches_fills_alone_is_told_of_orders_nor_the_other_way(venue):
    """Both share the stream; each is told of what he watches, of the symbol that he asked for."""
    venue.streams = [[(101, frame(("fill", "a", "1", "0.4", "0.4", 101_000)))]]
    one, other, orders = watcher(), watcher("BTC/USD"), Consumer()
    venue.watch(105, one, other, orders)
    assert told_fills(one) == [("1", "0.4", True)]
    assert told_fills(other) == []
    assert [said[2] for said in told(orders)] == ["0.4"]
    assert all(isinstance(update, OrderUpdate) for update in orders._waiting)


def test_nothing_is_asked_for_fills_that_nobody_watches(venue):
    """A watch of orders costs what it did."""
    venue.streams = [[(101, frame(("fill", "a", "1", "0.4", "0.4", 101_000))), (102, None)], []]
    venue.watch(200, Consumer())
    assert fills_asked(venue) == []


def test_what_was_filled_in_a_gap_is_found_and_comes_before_what_is_heard_after_it(venue):
    """The list is asked for from the last known time on; what the stream tells meanwhile waits for it."""
    venue.fills = lambda now: [fill("1", "a", "0.1", 101_000), fill("2", "a", "0.2", 102_500)] if now > 102 else []
    again = [(103.0 + step / 50, frame(("fill", "a", "3", "0.3", "0.6", 102_900))) for step in range(60)]
    venue.streams = [[(101, frame(("fill", "a", "1", "0.1", "0.1", 101_000))), (102, None)], again]
    venue.watch(150, one := watcher())
    assert told_fills(one) == [("1", "0.1", True), ("2", "0.2", False), ("3", "0.3", True)]
    first, *later = (int(name.split()[1]) for name in venue.names() if name.startswith("fills"))
    assert first == 100_100 - OVERLAP
    assert set(later) == {first}


def test_what_was_held_back_is_told_before_what_comes_after_it(venue):
    """Where the gap is not closed in time: in the order in which it was heard."""
    venue.open_rows = unlisted(102, 110)
    again = [(104, frame(("fill", "a", "2", "0.2", "0.2", 104_000))), (109, frame(("fill", "a", "3", "0.3", "0.5")))]
    venue.streams = [[(102, None)], again]
    venue.watch(150, one := watcher())
    assert told_fills(one) == [("2", "0.2", True), ("3", "0.3", True)]


def test_a_second_gap_is_waited_for_as_the_first_is(venue):
    """Though the first was never closed, and nothing was heard after it."""
    venue.open_rows = unlisted(102, 106)
    venue.fills = lambda now: [fill("1", "a", "0.1", 103_000)] if now > 106 else []
    again = [(106 + step / 50, frame(("fill", "a", "2", "0.2", "0.3", 106_000))) for step in range(100)]
    venue.streams = [[(102, None)], [(106, None)], again]
    venue.watch(150, one := watcher())
    assert told_fills(one) == [("1", "0.1", False), ("2", "0.2", True)]


def test_a_list_that_lags_is_asked_for_again(venue):
    """Half a minute after the stream is open again; what comes late is told late, and once."""
    venue.fills = lambda now: [fill("1", "a", "0.2", 102_500)] if now > 120 else []
    venue.streams = [[(102, None)], []]
    venue.watch(200, one := watcher())
    assert told_fills(one) == [("1", "0.2", False)]


def test_where_fills_cannot_be_listed_nothing_is_held_back(venue):
    """The stream goes on being told; what the gap had is told once a list shows it."""
    venue.fills = lambda now: [fill("1", "a", "0.1", 102_500)] if now > 102 else []
    venue.streams = [[(102, None)], [(104, frame(("fill", "a", "2", "0.2", "0.3", 104_000)))]]
    venue.fill_errors = [None, *[VenueUnavailable("busy")] * 3]
    venue.watch(150, one := watcher())
    assert told_fills(one) == [("2", "0.2", True), ("1", "0.1", False)]
    assert one.is_whole


def test_a_ticket_without_its_report_is_found_by_asking(venue):
    """A ticket has no id of the lists: it is not told, and the fill is, once a list has it."""
    venue.fills = lambda now: [fill("1", "a", "0.4", 101_000)] if now > 101 else []
    venue.orders = lambda order_id, now: row("a", filled="0.4")
    venue.streams = [[(101, frame(("ticket", "a", "0.4", "t1", 101_000)))]]
    venue.watch(120, one := watcher())
    assert told_fills(one) == [("1", "0.4", False)]


def test_a_ticket_beside_its_report_tells_nothing_more(venue):
    """Whichever comes first; nobody is asked."""
    fill_, ticket = ("fill", "a", "1", "0.4", "0.4", 101_000), ("ticket", "a", "0.4", "t1", 101_000)
    for events in ((fill_, ticket), (ticket, fill_), (ticket, ticket, fill_, fill_)):
        venue = Scripted()
        venue.streams = [[(101, frame(*events))]]
        venue.watch(120, one := watcher())
        assert told_fills(one) == [("1", "0.4", True)]
        assert len(fills_asked(venue)) == 1


def test_a_ticket_of_a_fill_that_the_first_list_has_tells_nothing():
    """It happened before the watch had begun, whether its ticket comes before the list or after it."""
    venue = Scripted(silence=3600.0)
    venue.fills = lambda now: [fill("1", "a", "0.4", 100_090), fill("2", "a", "0.3", 100_095)]
    tickets = [(100.12, ("ticket", "a", "0.4", "t1", 100_090)), (103, ("ticket", "a", "0.3", "t2", 100_095))]
    venue.streams = [[(at, frame(ticket)) for at, ticket in tickets]]
    venue.watch(600, one := watcher())
    assert told_fills(one) == []
    assert len(fills_asked(venue)) <= 3


def test_a_fill_that_no_list_has_is_told_at_last_and_never_twice(venue):
    """As the stream had it, without an id; where a list shows it with one after all, it is the same fill."""
    venue.fills = lambda now: [fill("1", "a", "0.4", 101_000)] if now > 250 else []
    venue.orders = lambda order_id, now: row("a", filled="0.4")
    venue.streams = [[(at, frame(("ticket", "a", "0.4", "t1", 101_000))) for at in range(101, 700, 20)]]
    venue.watch(690, one := watcher())
    assert told_fills(one) == [(None, "0.4", True)]
    assert len(fills_asked(venue)) < 16


def test_an_order_that_shows_more_than_its_fills_is_asked_about(venue):
    """A lost report leaves a trace in the next one: what is filled in all."""
    venue.fills = lambda now: [fill("1", "a", "0.3", 101_000), fill("2", "a", "0.1", 102_000)] if now > 102 else []
    venue.streams = [[(101, frame(("order", "a"))), (102, frame(("fill", "a", "2", "0.1", "0.4", 102_000)))]]
    venue.watch(110, one := watcher())
    assert told_fills(one) == [("2", "0.1", True), ("1", "0.3", False)]


def test_a_report_that_is_in_doubt_tells_no_fill_by_itself(venue):
    """Ended, and back again: its fill is told when the list has it."""
    venue.fills = lambda now: [fill("2", "a", "0.5", 102_000)] if now > 103 else []
    venue.orders = lambda order_id, now: row("a", "canceled", "0.5")
    doubtful = ("fill", "a", "2", "0.5", "0.5", 102_000)
    venue.streams = [[(101, frame(("order", "a", "canceled", "0"))), (102, frame(doubtful))]]
    venue.watch(140, one := watcher())
    assert told_fills(one) == [("2", "0.5", False)]


def test_fills_of_one_id_are_told_apart_by_what_they_say(venue):
    """Some venues call all fills of an order by one id."""
    venue.streams = [
        [(101, frame(("fill", "a", "x", "0.1", "0.1", 101_000), ("fill", "a", "x", "0.2", "0.3", 101_000)))]
    ]
    venue.watch(120, one := watcher())
    assert told_fills(one) == [("x", "0.1", True), ("x", "0.2", True)]


def test_fills_without_an_id_are_counted(venue):
    """Two equal rows of one list are two fills; the next list that has the same two tells none."""
    rows = [fill(None, "a", "0.1", 102_500), fill(None, "a", "0.1", 102_500)]
    venue.fills = lambda now: rows if now > 102 else []
    venue.streams = [[(102, None)], []]
    venue.watch(500, one := watcher())
    assert told_fills(one) == [(None, "0.1", False), (None, "0.1", False)]


def test_a_slow_consumer_is_told_how_many_fills_it_lost(venue):
    """Fills are never folded into one another."""
    events = [("fill", "a", str(number), "0.001", f"0.{number:03}", 101_000 + number) for number in range(1, 26)]
    venue.streams = [[(101, frame(*events))]]
    venue.watch(120, one := watcher(most=10))
    assert len(one._waiting) <= 10
    one.end()
    updates = []
    while (update := venue.runner.run(one.next())) is not None:
        updates.append(update)
    assert sum(1 + update.dropped for update in updates) == 25
    assert updates[-1].trade.id == "25"


def test_what_keeps_fills_from_being_listed_ends_the_watches_of_fills_alone(venue):
    """A key that may not list them is told so to those; who watches orders goes on."""
    venue.fill_errors = [AuthenticationError("not allowed")]
    venue.streams = [[(102, frame(("order", "a")))]]
    one, orders = watcher(), Consumer()
    assert venue.watch(110, one, orders) is None
    with pytest.raises(AuthenticationError):
        venue.runner.run(one.next())
    assert [said[0] for said in told(orders)] == ["a"]


def test_a_first_list_that_never_comes_is_told_in_the_end(venue):
    """After the connection's patience; until then it is asked for again."""
    venue.fill_errors = [RateLimited("too often") for _ in range(100)]
    one = watcher()
    venue.watch(130, one)
    with pytest.raises(RateLimited):
        venue.runner.run(one.next())
    assert 2 <= len(fills_asked(venue)) <= 15


def test_what_was_filled_while_nobody_watched_is_nobodys_news():
    """A watch of orders keeps the stream open meanwhile, and the lists of fills show it later."""
    venue = Scripted(silence=3600.0)
    venue.fills = lambda now: [fill("1", "a", "0.4", 140_000)] if now >= 140 else []
    story = watched(venue, Consumer())
    venue.keeper.feed.join(first := watcher())
    until(venue, story, 135)
    venue.keeper.feed.leave(first)
    until(venue, story, 160)
    venue.keeper.feed.join(second := watcher())
    until(venue, story, 900)
    story.close()
    assert told_fills(second) == []


def test_a_ticket_that_an_earlier_watch_waited_for_tells_a_later_one_nothing():
    """Its fill is of before: the first list tells so, however long ago that was."""
    venue = Scripted(silence=3600.0)
    venue.fills = lambda now: [fill("1", "a", "0.5", 120_000)] if now >= 121 else []
    venue.streams = [[(120.0, frame(("ticket", "a", "0.5", "t1", 120_000)))]]
    story = watched(venue, Consumer())
    venue.keeper.feed.join(first := watcher())
    until(venue, story, 120.5)
    venue.keeper.feed.leave(first)
    until(venue, story, 160)
    venue.keeper.feed.join(second := watcher())
    until(venue, story, 400)
    story.close()
    assert told_fills(second) == []


def test_what_an_order_had_while_nobody_watched_is_missing_in_no_list(caplog):
    """What is told of it begins with what it shows once somebody watches again: no list more is asked for than that."""
    venue = Scripted(silence=3600.0)
    venue.fills = lambda now: [fill("1", "a", "0.5", 140_000)] if now >= 140 else []
    venue.streams = [
        [(at, frame(("order", "a", "open", filled))) for at, filled in [(120, "0"), (140, "0.5"), (170, "0.5")]]
    ]
    story = watched(venue, Consumer())
    venue.keeper.feed.join(first := watcher())
    until(venue, story, 135)
    venue.keeper.feed.leave(first)
    until(venue, story, 160)
    venue.keeper.feed.join(watcher())
    until(venue, story, 400)
    story.close()
    assert len([at for at, name in venue.asked if name.startswith("fills") and at >= 160]) == 2
    assert "more filled" not in caplog.text
