"""Fills at a venue without a stream: listed again and again, each told once, with the promises of a stream's."""

from __future__ import annotations

import pytest

from hk_adapter.errors import AuthenticationError, InvalidArgument, NotSupported, RateLimited, VenueUnavailable
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.poll_interval import Interval
from tests.streams.script import Scripted, fill, row, told, told_fills
from tests.streams.test_polling import until, watched

BTC = "BTC/USD"


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s and is asked every 4 s."""
    return Scripted(poll_every=4.0)


def since(moment, *fills):
    """Give what the venue's list of fills shows: each from its moment on, in seconds."""
    return [one for at, one in fills if moment >= at]


def test_each_fill_that_happens_is_told_once(venue):
    """Those of before are nobody's news; the others come as the lists show them, and are never live."""
    venue.fills = lambda now: since(
        now,
        (0, fill("0", "1", "0.1", 99_000)),
        (103, fill("1", "1", "0.2", 103_000)),
        (107, fill("2", "1", "0.7", 107_000)),
    )
    venue.watch(120, watcher := FillWatcher())
    assert told_fills(watcher) == [("1", "0.2", False), ("2", "0.7", False)]
    assert {str(one.evidence) for one in watcher._waiting} == {"query"}
    assert {name.split()[0] for name in venue.names()} == {"fills"}
    assert [at for at, _ in venue.asked] == [100, 104.05, 108.1, 112.15, 116.2]


def test_a_fill_that_the_venue_posts_late_is_told(venue):
    """Lists go back a minute before the last one."""
    venue.fills = lambda now: since(now, (140, fill("1", "1", "0.2", 101_000)))
    venue.watch(150, watcher := FillWatcher())
    assert told_fills(watcher) == [("1", "0.2", False)]


def test_fills_of_one_list_come_in_their_order(venue):
    """By the venue's times, whatever the list's order."""
    rows = [fill("2", "1", "0.2", 103_500), fill("1", "1", "0.1", 103_000)]
    venue.fills = lambda now: rows if now > 104 else []
    venue.watch(110, watcher := FillWatcher())
    assert [one[0] for one in told_fills(watcher)] == ["1", "2"]


def test_an_order_that_shows_more_than_its_fills_is_a_reason_to_ask_soon():
    """And to ask from before once more, however long the venue takes to post it."""
    venue = Scripted(poll_every=100.0)
    venue.open_rows = lambda now: [row("1")] if now < 200 else [row("1", filled="0.4")]
    venue.fills = lambda now: since(now, (0, fill("0", "1", "0", 99_000)), (205, fill("1", "1", "0.4", 110_000)))
    venue.watch(290, orders := Consumer(), fills := FillWatcher())
    assert told(orders)[-1] == ("1", "open", "0.4", False)
    assert told_fills(fills) == [("1", "0.4", False)]
    asked = [at for at, name in venue.asked if name.startswith("fills")]
    assert 200 < asked[2] < 202.5


def test_a_symbol_is_listed_by_itself(venue):
    """Who watches one is told of that, and the venue is asked for what is watched."""
    venue.fills = lambda now: since(
        now,
        (103, fill("1", "1", "0.1", 103_000)),
        (103, fill("2", "2", "0.2", 103_000, symbol=BTC)),
        (103, fill("3", "3", "0.3", 103_000, symbol="SOL/USD")),
    )
    venue.watch(106, ether := FillWatcher("ETH/USD"), bitcoin := FillWatcher(BTC))
    assert [one[0] for one in told_fills(ether)] == ["1"]
    assert [one[0] for one in told_fills(bitcoin)] == ["2"]
    assert {name.split()[2] for name in venue.names()} == {"ETH/USD", BTC}


def test_who_comes_for_another_symbol_is_listed_for_at_once(venue):
    """From then on he is told of what happens; before that list he is not within."""
    venue.fills = lambda now: since(
        now, (0, fill("0", "2", "0.1", 99_500, symbol=BTC)), (102, fill("1", "2", "0.2", 102_000, symbol=BTC))
    )
    story = watched(venue, FillWatcher("ETH/USD"))
    until(venue, story, 101)
    venue.keeper.feed.join(other := FillWatcher(BTC))
    until(venue, story, 101.01)
    assert not other.is_caught_up
    until(venue, story, 101.5)
    assert other.is_caught_up
    until(venue, story, 110)
    story.close()
    assert told_fills(other) == [("1", "0.2", False)]


@pytest.mark.parametrize(("first", "then"), [("ETH/USD", None), (None, "ETH/USD")])
def test_a_fill_between_the_lists_of_two_who_watch_is_lost_for_neither(venue, first, then):
    """One watches all and one a symbol, and either goes or comes while it happens: whoever was within is told."""
    venue.fills = lambda now: since(now, (102, fill("1", "1", "0.2", 102_000)))
    watcher = FillWatcher(first)
    story = watched(venue, watcher)
    until(venue, story, 101)
    venue.keeper.feed.join(FillWatcher(then))
    until(venue, story, 101.5)
    until(venue, story, 102.5)
    venue.keeper.feed.join(FillWatcher(BTC))
    until(venue, story, 110)
    story.close()
    assert told_fills(watcher) == [("1", "0.2", False)]


@pytest.mark.parametrize(
    ("behind", "readable"), [(3, True), (30, True), (300, True), (3, False), (30, False), (-30, True), (-30, False)]
)
def test_a_venue_whose_clock_is_behind_ours_loses_no_fill(venue, behind, readable):
    """Its clock is read once, where it can be; else a minute is allowed for. What the first list has is no news."""
    venue.behind = behind if readable else None
    at = {name: (second - behind) * 1000 for name, second in [("before", 98), ("1", 101), ("2", 103)]}
    rows = {name: fill(name, name, "0.2", at[name]) for name in at}
    venue.fills = lambda now: since(now, (98, rows["before"]), (101, rows["1"]), (103, rows["2"]))
    venue.watch(120, watcher := FillWatcher())
    assert told_fills(watcher) == [("1", "0.2", False), ("2", "0.2", False)]
    assert venue.names().count("time") == readable


def test_a_fill_of_before_that_is_posted_late_is_no_news_by_the_venues_own_clock(venue):
    """Though by ours it would be of the watch."""
    venue.behind = -30
    late = fill("late", "1", "0.2", 95_000 + 30_000)
    venue.fills = lambda now: since(now, (102, late), (103, fill("1", "2", "0.2", 103_000 + 30_000)))
    venue.watch(120, watcher := FillWatcher())
    assert told_fills(watcher) == [("1", "0.2", False)]


def test_a_clock_that_cannot_be_read_for_a_while_is_read_later(venue, monkeypatch):
    """Not with each list."""
    asked = []

    async def server_time():
        asked.append(venue.time.now)
        raise VenueUnavailable("down")

    monkeypatch.setattr(venue, "server_time", server_time)
    venue.watch(290, FillWatcher())
    assert 3 <= len(asked) <= 4


def test_who_stays_misses_nothing_where_one_who_watched_all_goes(venue):
    """The list of his symbol takes over where the list of all had been."""
    venue.fills = lambda now: since(now, (103, fill("1", "1", "0.2", 103_000)))
    everything = FillWatcher()
    story = watched(venue, everything)
    venue.keeper.feed.join(ether := FillWatcher("ETH/USD"))
    until(venue, story, 102)
    venue.keeper.feed.leave(everything)
    until(venue, story, 110)
    story.close()
    assert told_fills(ether) == [("1", "0.2", False)]
    assert venue.names()[-1].endswith("ETH/USD")


def test_a_venue_that_lists_by_symbol_only_refuses_who_watches_all(venue):
    """He is told so; who watches a symbol goes on."""
    venue.by_symbol = True
    venue.fills = lambda now: since(now, (106, fill("1", "1", "0.2", 106_000)))
    venue.watch(112, everything := FillWatcher(), ether := FillWatcher("ETH/USD"))
    assert isinstance(everything._error, NotSupported)
    assert told_fills(ether) == [("1", "0.2", False)]


def test_a_list_that_fails_is_asked_for_again(venue):
    """Not before the venue says; nothing is lost."""
    venue.fills = lambda now: since(now, (103, fill("1", "1", "0.2", 103_000)))
    venue.fill_errors = [None, RateLimited("slow down", retry_after=50.0)]
    venue.watch(160, watcher := FillWatcher())
    asked = [at for at, _ in venue.asked]
    assert asked[2] - asked[1] >= 50
    assert told_fills(watcher) == [("1", "0.2", False)]


def test_nobody_who_comes_makes_a_list_that_failed_be_asked_for_sooner(venue):
    """Though he has come for a symbol that no list has shown yet."""
    venue.fill_errors = [None, RateLimited("slow down", retry_after=50.0)]
    story = watched(venue, FillWatcher("ETH/USD"))
    until(venue, story, 105)
    venue.keeper.feed.join(FillWatcher(BTC))
    until(venue, story, 150)
    story.close()
    assert len(venue.asked) == 2


@pytest.mark.parametrize("error", [AuthenticationError("no such key"), InvalidArgument("no"), VenueUnavailable("down")])
def test_what_no_further_try_would_mend_ends_those_who_watch_fills(venue, error):
    """So does a first list that never comes; who watches orders goes on."""
    venue.fill_errors = [error] * 50
    venue.watch(150, orders := Consumer(), fills := FillWatcher())
    assert fills._error is error
    assert not orders.has_ended or orders._error is None


def test_what_is_watched_shares_one_part_of_the_limits():
    """Three questions a round have three times the pause; but one that is given is what it is."""
    assert [Interval(seconds=2.0, each=2.0).after(number) for number in (1, 3, 90)] == [2.0, 6.0, 60.0]
    assert Interval(seconds=2.0, each=0.2).after(3) == 2.0
    assert Interval(seconds=90.0).after(50) == 90.0


def test_what_an_order_had_while_nobody_watched_is_missing_in_no_list(venue, caplog):
    """Who watches fills later is told of those since, and no list goes back to look for those of before."""
    venue.open_rows = lambda now: [row("a", filled="0" if now < 140 else "0.5" if now < 220 else "0.7")]
    both = (140, fill("1", "a", "0.5", 140_000)), (220, fill("2", "a", "0.2", 220_000))
    venue.fills = lambda now: since(now, *both)
    story = watched(venue, Consumer())
    venue.keeper.feed.join(first := FillWatcher())
    until(venue, story, 135)
    venue.keeper.feed.leave(first)
    until(venue, story, 210)
    venue.keeper.feed.join(second := FillWatcher())
    until(venue, story, 300)
    story.close()
    assert told_fills(second) == [("2", "0.2", False)]
    assert "more filled" not in caplog.text
