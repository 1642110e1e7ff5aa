"""A hint says where to ask at once: what is told is what asking shows, and a hint that is wrong costs a question."""

from __future__ import annotations

import pytest

from hk_adapter.errors import AuthenticationError, OrderNotFound, RateLimited, VenueUnavailable
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from hk_adapter.execution.streams.hinted import AT_ONCE, MOST, Hinted, Share
from hk_adapter.execution.streams.poll_interval import Interval, interval_by
from hk_adapter.execution.streams.poller import MOST_FOUND, Poller
from hk_adapter.hooks import RateLimit
from hk_adapter.hooks.hints import About, Hint, Wanted
from tests.streams.script import EPOCH, Scripted, fill, funds, row, told, told_fills, told_funds
from tests.streams.test_polling import until, watched

APART = 0.5


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s and is listed every hour; hints may ask every half second."""
    scripted = Scripted()
    scripted.keeper = Poller(scripted, Interval(seconds=3600.0, apart=APART))
    return scripted


def hint(venue, order_id=None, about=About.ORDERS, symbol="ETH/USD"):
    """Give a hint now."""
    venue.keeper.learn_hint(Hint(about=about, order_id=order_id, symbol=symbol))


def after_the_first_list(venue, consumer):
    """Watch, and let the first list be told; what is asked is noted from then on."""
    story = watched(venue, consumer)
    until(venue, story, 101)
    venue.asked.clear()
    return story


def test_an_order_that_is_open_is_looked_up_at_once(venue):
    """And told as the look shows it; nothing is live."""
    venue.open_rows = lambda now: [row("1")]
    venue.orders = lambda order_id, now: row("1", filled="0.4")
    story = after_the_first_list(venue, watcher := Consumer())
    hint(venue, "1")
    until(venue, story, 103)
    story.close()
    assert venue.asked == [(101, "look 1")]
    assert told(watcher)[1:] == [("1", "open", "0.4", False)]
    assert {str(one.evidence) for one in watcher._waiting} == {"query"}


def test_a_hint_that_comes_before_its_news_is_followed_once_more(venue):
    """A look may lag behind what the library heard; after the second there is nothing more to ask."""
    venue.open_rows = lambda now: [row("1")]
    venue.orders = lambda order_id, now: row("1", filled="0" if now < 101.9 else "0.4")
    story = after_the_first_list(venue, watcher := Consumer())
    hint(venue, "1")
    until(venue, story, 120)
    story.close()
    assert [at for at, _ in venue.asked] == [101, 102]
    assert told(watcher)[1:] == [("1", "open", "0.4", False)]


def test_a_hint_that_is_wrong_is_told_to_nobody(venue):
    """It costs two looks."""
    venue.open_rows = lambda now: [row("1")]
    venue.orders = lambda order_id, now: row("1")
    story = after_the_first_list(venue, watcher := Consumer())
    hint(venue, "1")
    until(venue, story, 200)
    story.close()
    assert venue.names() == ["look 1"] * 2
    assert told(watcher) == [("1", "open", "0", False)]


def test_a_new_order_is_found_by_a_list(venue):
    """By one, however many have changed; what is gone from it is looked up."""
    venue.open_rows = lambda now: [row("1"), row("2")] if now < 101 else [row("2", filled="0.3"), row("3"), row("4")]
    venue.orders = lambda order_id, now: row("1", "canceled")
    story = after_the_first_list(venue, watcher := Consumer())
    for order_id in ("3", "2", "1", "4"):
        hint(venue, order_id)
    until(venue, story, 101.5)
    story.close()
    assert venue.names() == ["list", "look 1"]
    news = sorted(told(watcher)[2:])
    assert news == [
        ("1", "canceled", "0", False),
        ("2", "open", "0.3", False),
        ("3", "open", "0", False),
        ("4", "open", "0", False),
    ]


def test_an_order_that_lived_between_two_lists_is_looked_up(venue):
    """A poll without hints would never have known of it; what is older than the watch is nobody's news."""
    placed = {"7": EPOCH + 101_000, "8": EPOCH + 50_000}
    venue.orders = lambda order_id, now: row(order_id, "filled", "1", timestamp=placed[order_id])
    story = after_the_first_list(venue, watcher := Consumer())
    hint(venue, "7")
    hint(venue, "8")
    until(venue, story, 101.9)
    story.close()
    assert told(watcher) == [("7", "closed", "1", False)]


@pytest.mark.parametrize("error", [OrderNotFound("unknown"), AuthenticationError("no"), VenueUnavailable("down")])
def test_a_name_that_the_venue_does_not_know_ends_nothing(venue, error):
    """Nor does one that may not be looked up: it was hearsay."""
    venue.orders = lambda order_id, now: error
    story = after_the_first_list(venue, watcher := Consumer())
    hint(venue, "7")
    until(venue, story, 120)
    story.close()
    assert not watcher.has_ended
    assert venue.names().count("look 7") == 2


def test_of_many_unknown_names_few_are_looked_up(venue):
    """A library may show an account's whole past when it begins."""
    story = after_the_first_list(venue, Consumer())
    for number in range(2 * MOST):
        hint(venue, str(number))
    until(venue, story, 101.9)
    assert venue.names().count("list") == 1
    assert len(venue.names()) == 1 + MOST_FOUND
    until(venue, story, 200)
    story.close()
    assert venue.names().count("list") == 2


def test_hints_without_an_end_take_their_share_and_no_more(venue):
    """A few at once, and then one every ``apart`` seconds."""
    venue.open_rows = lambda now: [row("1")]
    venue.orders = lambda order_id, now: row("1")
    story = after_the_first_list(venue, Consumer())
    moment = 101.0
    while moment < 141:
        hint(venue, "1")
        moment += 0.01
        until(venue, story, moment)
    story.close()
    assert len(venue.asked) == pytest.approx(AT_ONCE + 40 / APART, abs=2)


def test_an_order_of_a_symbol_that_nobody_watches_is_no_reason_to_ask(venue):
    """Nor is one that has ended, nor anything of orders where nobody watches those."""
    venue.open_rows = lambda now: [row("1")] if now < 101 else []
    venue.orders = lambda order_id, now: row("1", "canceled")
    story = after_the_first_list(venue, watcher := Consumer("ETH/USD"))
    hint(venue, "9", symbol="BTC/USD")
    until(venue, story, 101.5)
    assert venue.asked == []
    hint(venue, "1")
    until(venue, story, 104)
    venue.asked.clear()
    hint(venue, "1")
    until(venue, story, 108)
    assert venue.asked == []
    venue.keeper.feed.join(BalanceWatcher())
    venue.keeper.feed.leave(watcher)
    until(venue, story, 109)
    venue.asked.clear()
    hint(venue, "1")
    until(venue, story, 112)
    story.close()
    assert venue.asked == []


def test_a_hint_makes_no_list_that_failed_be_asked_for_sooner(venue):
    """The venue has said when."""
    venue.open_rows = lambda now: [row("1")]
    story = after_the_first_list(venue, Consumer())
    venue.list_errors = [RateLimited("slow down", retry_after=50.0)]
    hint(venue, None)
    until(venue, story, 102)
    for moment in range(103, 140):
        hint(venue, None)
        until(venue, story, moment)
    assert venue.names() == ["list"]
    until(venue, story, 5000)
    story.close()
    assert venue.names().count("list") > 1


def test_fills_are_listed_at_once(venue):
    """And once more where a list had none yet."""
    venue.fills = lambda now: [fill("1", "1", "0.2", 101_000)] if now > 101.5 else []
    story = after_the_first_list(venue, watcher := FillWatcher())
    hint(venue, "1", About.FILLS)
    until(venue, story, 120)
    story.close()
    assert [at for at, _ in venue.asked] == [101, 102.05]
    assert told_fills(watcher) == [("1", "0.2", False)]


def test_balances_are_asked_for_at_once(venue):
    """And not again where that told what has changed."""
    venue.funds = lambda now: funds(("USD", "100", "0")) if now < 101 else funds(("USD", "90", "10"))
    story = after_the_first_list(venue, watcher := BalanceWatcher())
    hint(venue, None, About.BALANCE)
    until(venue, story, 120)
    story.close()
    assert venue.asked == [(101, "balance")]
    assert told_funds(watcher) == [("100", False), ("90", False)]


def test_what_is_wanted_is_told_to_whoever_listens(venue):
    """By symbol, unless somebody watches all."""
    join = venue.keeper.feed.join
    assert venue.keeper.wanted == Wanted()
    join(Consumer("ETH/USD"))
    join(FillWatcher("ETH/USD"))
    assert venue.keeper.wanted == Wanted(orders=frozenset({"ETH/USD"}), fills=frozenset({"ETH/USD"}))
    join(Consumer())
    join(BalanceWatcher())
    wanted = Wanted(orders=frozenset({None}), fills=frozenset({"ETH/USD"}), balance=True)
    assert venue.keeper.wanted == wanted
    assert wanted.of_all == {(About.ORDERS, None), (About.FILLS, "ETH/USD"), (About.BALANCE, None)}


def test_what_hints_may_ask_for_goes_by_the_venues_limits():
    """Not by how often a caller wants lists, unless that is more often."""
    limits = {"queries": RateLimit(amount=2)}
    assert interval_by(limits, 0.25).apart == 2.0
    assert interval_by(limits, 0.25, 3600.0).apart == 2.0
    assert interval_by(limits, 0.25, 0.1).apart == 0.1


def test_what_waits_is_bounded():
    """However many orders are spoken of."""
    hinted = Hinted(Share(1.0))
    for number in range(3 * MOST):
        hinted.add(str(number), None)
    named, others_too = hinted.take(0.0)
    assert (len(named), others_too) == (MOST, True)
    for number in range(3 * MOST):
        hinted.add(f"b{number}", None)
    hinted.take(0.5)
    assert len(hinted._again) <= MOST
