"""A venue without a stream is asked again and again: whoever watches is promised the same, but for how soon."""

from __future__ import annotations

import pytest

from hk_adapter.errors import AuthenticationError, NotSent, NotSupported, OrderNotFound, RateLimited, VenueUnavailable
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.poll_interval import interval_by
from hk_adapter.execution.streams.poller import HISTORY_EVERY
from hk_adapter.hooks import LeakyBucket, RateLimit
from hk_adapter.model import Order, UnreadRow
from tests.streams.script import EPOCH, Scripted, funds, row, told, told_funds


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s and is listed every 4 s."""
    return Scripted(poll_every=4.0)


def test_what_is_open_comes_first_and_then_each_change_once(venue):
    """All of it is found by asking, and nothing is live; what a list says again is told no more."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else [row("1", filled="0.4"), row("2")]
    venue.watch(120, watcher := Consumer())
    assert told(watcher) == [("1", "open", "0", False), ("1", "open", "0.4", False), ("2", "open", "0", False)]
    assert {str(one.evidence) for one in watcher._waiting} == {"query"}
    assert [at for at, name in venue.asked if name == "list"] == [100, 104.05, 108.1, 112.15, 116.2]
    assert "open" not in venue.names()
    assert not venue.keeper.is_live


def test_a_venue_whose_clock_is_behind_ours_loses_no_order(venue):
    """What was placed since the watch, and ended, is found in the newest orders by the venue's own time."""
    venue.behind = 300
    placed = EPOCH + (103 - 300) * 1000
    venue.history = lambda now: [row("x", "canceled", timestamp=placed)] if now >= 104 else []
    venue.watch(130, watcher := Consumer())
    assert [said[:2] for said in told(watcher)] == [("x", "canceled")]
    assert venue.names().count("time") == 1


def test_an_order_that_is_gone_from_the_list_is_looked_up(venue):
    """Its look says how it ended."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else []
    venue.orders = lambda order_id, now: row("1", "canceled", "0.1")
    venue.watch(120, watcher := Consumer())
    assert told(watcher) == [("1", "open", "0", False), ("1", "canceled", "0.1", False)]
    assert venue.names().count("look 1") == 1


def test_absence_ends_no_order(venue):
    """One that neither the list nor a look shows is told as nothing, and looked up less and less often."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else []
    venue.watch(200, watcher := Consumer())
    assert [one[1] for one in told(watcher)] == ["open"]
    assert 4 <= venue.names().count("look 1") <= 8


def test_an_order_that_the_venue_forgot_is_asked_for_ever_less_often(venue):
    """It is never told as ended, and after some hours costs a look an hour; another list that has it is told of it."""
    hours = 3600.0
    venue.open_rows = lambda now: [] if 104 < now < 5 * hours else [row("1", filled="0" if now < 104 else "0.2")]
    story = watched(venue, watcher := Consumer())
    until(venue, story, hours)
    assert venue.names().count("look 1") <= 12
    until(venue, story, 4 * hours)
    assert venue.names().count("look 1") <= 15
    assert [one[1] for one in told(watcher)] == ["open"]
    until(venue, story, 5 * hours + 10)
    story.close()
    assert told(watcher)[1:] == [("1", "open", "0.2", False)]


def test_a_look_that_has_no_answer_is_made_again_within_a_minute(venue):
    """That says nothing of the order, however often: its end is told soon after the venue answers again."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else []
    venue.orders = lambda order_id, now: VenueUnavailable("down") if now < 3600 else row("1", "canceled")
    venue.watch(3661, watcher := Consumer())
    assert told(watcher)[1:] == [("1", "canceled", "0", False)]


def test_an_order_never_moves_back(venue):
    """A list that lags shows less filled: that is no news."""
    venue.open_rows = lambda now: [row("1", filled="0.6", at=9)] if now < 104 else [row("1", filled="0.2", at=5)]
    venue.watch(110, watcher := Consumer())
    assert told(watcher) == [("1", "open", "0.6", False)]


def test_an_end_that_a_cancel_has_proven_is_told_at_once(venue):
    """Nobody waits for the next list, which then says nothing new."""
    venue.open_rows = lambda now: [row("1")] if now < 101 else []
    watcher = Consumer()
    story = watched(venue, watcher)
    until(venue, story, 101)
    venue.keeper.learn_end(row("1", "canceled", "0.3"), 100.5)
    until(venue, story, 101.1)
    assert told(watcher)[1:] == [("1", "canceled", "0.3", False)]
    until(venue, story, 115)
    story.close()
    assert len(told(watcher)) == 2
    assert "look 1" not in venue.names()


def test_what_was_placed_and_ended_between_two_lists_is_found(venue):
    """One page of the newest orders now and then; what is older than the watch is nobody's news."""
    now = 1_700_000_100_000
    venue.history = lambda at: [
        row("0", "canceled", timestamp=now - 60_000),
        row("2", "filled", "1", timestamp=now + 2_500),
    ]
    venue.watch(100 + 4.5 * HISTORY_EVERY, watcher := Consumer())
    assert told(watcher) == [("2", "closed", "1", False)]
    assert venue.names().count("history") == 1


def test_a_symbol_is_listed_by_itself(venue):
    """Only what is watched is asked for, and an order of another symbol is not missing from that list."""
    venue.open_rows = lambda now: [row("1"), row("2", symbol="BTC/USD"), row("3", symbol="SOL/USD")]
    venue.watch(102, ether := Consumer("ETH/USD"), bitcoin := Consumer("BTC/USD"))
    assert sorted(venue.names()) == ["list BTC/USD", "list ETH/USD"]
    assert [one[0] for one in told(ether)] == ["1"]
    assert [one[0] for one in told(bitcoin)] == ["2"]
    assert not venue.keeper.tracker.has_doubt


def test_who_comes_later_for_another_symbol_is_listed_for_at_once(venue):
    """And one who comes for what was listed already is told what is known, without a question."""
    venue.open_rows = lambda now: [row("1"), row("2", symbol="BTC/USD")]
    story = watched(venue, Consumer("ETH/USD"))
    until(venue, story, 101)
    venue.keeper.feed.join(again := Consumer("ETH/USD"))
    until(venue, story, 101.2)
    assert (told(again), venue.names()) == ([("1", "open", "0", False)], ["list ETH/USD"])
    venue.keeper.feed.join(other := Consumer("BTC/USD"))
    until(venue, story, 101.5)
    story.close()
    assert told(other) == [("2", "open", "0", False)]


def test_a_venue_that_lists_by_symbol_only_refuses_who_watches_all(venue):
    """He is told so; who watches a symbol goes on."""
    venue.by_symbol = True
    venue.open_rows = lambda now: [row("1")]
    venue.watch(110, everything := Consumer(), ether := Consumer("ETH/USD"))
    assert everything.has_ended
    assert isinstance(everything._error, NotSupported)
    assert told(ether) == [("1", "open", "0", False)]


def test_a_list_that_fails_is_asked_for_again_and_ends_nothing(venue):
    """Later each time, and not before the venue says; what was known stays known."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else [row("1", filled="0.4")]
    watcher = Consumer()
    story = watched(venue, watcher)
    until(venue, story, 103)
    venue.list_errors = [VenueUnavailable("down"), RateLimited("slow down", retry_after=50.0)]
    until(venue, story, 170)
    story.close()
    asked = [at for at, name in venue.asked if name == "list"]
    assert asked[1] == 104.05
    assert asked[2] - asked[1] >= 4
    assert asked[3] - asked[2] >= 50
    assert told(watcher) == [("1", "open", "0", False), ("1", "open", "0.4", False)]


def test_a_first_list_that_never_comes_is_an_error():
    """Whoever waits is told why, once there was time enough."""
    venue = Scripted(poll_every=4.0)
    venue.list_errors = [VenueUnavailable("down")] * 50
    assert isinstance(venue.watch(150, Consumer()), VenueUnavailable)


def test_who_comes_late_to_watch_orders_is_waited_for_as_the_first_is():
    """One list that fails is asked for again, however long something else has been watched."""
    venue = Scripted(poll_every=4.0)
    venue.open_rows = lambda now: [row("1")]
    story = watched(venue, BalanceWatcher())
    until(venue, story, 200)
    venue.list_errors = [VenueUnavailable("down")]
    venue.keeper.feed.join(orders := Consumer())
    until(venue, story, 210)
    story.close()
    assert told(orders) == [("1", "open", "0", False)]


def test_orders_that_cannot_be_listed_end_no_watch_of_anything_else():
    """Who watches orders is told why, in time; balances are told on."""
    venue = Scripted(poll_every=4.0)
    venue.list_errors = [VenueUnavailable("down") for _ in range(100)]
    venue.funds = lambda now: funds(("USD", "10" if now < 150 else "3", "0"))
    story = watched(venue, balances := BalanceWatcher())
    venue.keeper.feed.join(orders := Consumer())
    until(venue, story, 160)
    story.close()
    assert told_funds(balances) == [("10", False), ("3", False)]
    with pytest.raises(VenueUnavailable):
        venue.runner.run(orders.next())


def test_orders_of_a_time_when_nobody_watched_them_are_nobodys_news(venue):
    """The list of the newest orders shows them, to one who watches later."""
    venue.history = lambda now: [row("5", "canceled", timestamp=EPOCH + 200_000)] if now >= 201 else []
    story = watched(venue, BalanceWatcher())
    venue.keeper.feed.join(first := Consumer())
    until(venue, story, 150)
    venue.keeper.feed.leave(first)
    until(venue, story, 400)
    venue.keeper.feed.join(second := Consumer())
    until(venue, story, 500)
    story.close()
    assert told(second) == []


@pytest.mark.parametrize("symbol", ["BTC/USD", None])
def test_orders_of_a_symbol_that_nobody_watched_are_nobodys_news(venue, symbol):
    """Although another one was watched at that time already; what comes after is told."""

    def newest(now):
        return [
            row(order_id, "canceled", symbol="BTC/USD", timestamp=EPOCH + at * 1000)
            for order_id, at in (("5", 200), ("6", 450))
            if now > at and venue.names()[-2:] != ["list ETH/USD", "history"]
        ]

    venue.history = newest
    story = watched(venue, first := Consumer("ETH/USD"))
    until(venue, story, 405)
    venue.keeper.feed.join(second := Consumer(symbol))
    until(venue, story, 500)
    story.close()
    assert told(first) == []
    assert [said[0] for said in told(second)] == ["6"]


def test_a_key_that_is_refused_ends_the_watch(venue):
    """No further try would mend that."""
    venue.list_errors = [AuthenticationError("no such key")]
    assert isinstance(venue.watch(110, Consumer()), AuthenticationError)


def test_a_row_that_cannot_be_read_is_not_missing(venue):
    """Where its order is not known, none is."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else []
    venue.unread = (UnreadRow(reason="nonsense"),)
    venue.orders = lambda order_id, now: row("1", filled="0.1")
    venue.watch(108, watcher := Consumer())
    assert told(watcher)[0] == ("1", "open", "0", False)
    assert not any(one[1] == "canceled" for one in told(watcher))


def test_an_order_that_a_list_only_names_is_looked_up(venue):
    """Its row cannot be read: it is told as a look shows it, and asked for by the symbol that the row says."""
    venue.unread = (UnreadRow(reason="nonsense", order=Order(id="7", symbol="ETH/USD")),)
    venue.orders = lambda order_id, now: row(order_id, filled="0.2")
    venue.watch(108, watcher := Consumer())
    assert told(watcher) == [("7", "open", "0.2", False)]
    assert set(venue.looked_by) == {("7", "ETH/USD")}


def test_a_look_that_fails_is_repeated(venue):
    """An error of a look-up is no answer."""
    venue.open_rows = lambda now: [row("1")] if now < 104 else []
    said = [NotSent("no budget"), OrderNotFound("unknown"), row("1", "filled", "1")]
    venue.orders = lambda order_id, now: said.pop(0) if len(said) > 1 else said[0]
    venue.watch(120, watcher := Consumer())
    assert told(watcher)[-1] == ("1", "closed", "1", False)


@pytest.mark.parametrize(
    ("limits", "pace", "seconds"),
    [
        ({"orders": RateLimit(amount=10), "queries": RateLimit(amount=2)}, 0.25, 2.0),
        ({"points": LeakyBucket(capacity=60, refill=1), "queries": LeakyBucket(capacity=15, refill=0.5)}, 0.25, 8.0),
        ({"queries": (RateLimit(amount=600, window=60.0), RateLimit(amount=1000, window=3600.0))}, 0.25, 14.4),
        ({"queries": RateLimit(amount=1, window=60.0)}, 0.25, 60.0),
        ({"orders": (), "reads": ()}, 0.25, 2.0),
        ({"orders": (), "reads": ()}, 3.0, 12.0),
    ],
)
def test_the_interval_goes_by_the_venues_limits(limits, pace, seconds):
    """Every fourth place of the slowest of them at the most, and from 2 to 60 seconds."""
    assert interval_by(limits, pace).after(1) == seconds


def watched(venue, consumer):
    """Begin to watch; ``until`` goes on."""
    venue.keeper.feed.join(consumer)
    return venue.runner._drive(venue.keeper.run())


def until(venue, story, moment):
    """Let the time go on to a moment."""
    while venue.time.now < moment:
        venue.time.jump(min(next(story), moment))
