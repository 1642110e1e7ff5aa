"""Balances at a venue without a stream: asked for again and again, and each change told once."""

from __future__ import annotations

import pytest

from hk_adapter.errors import NotSupported, RateLimited
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fill_watcher import FillWatcher
from tests.streams.script import Scripted, funds, row, told, told_funds
from tests.streams.test_polling import until, watched


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s and is asked every 4 s."""
    return Scripted(poll_every=4.0)


def test_what_there_is_comes_first_and_then_each_change_once(venue):
    """Nothing is live, and an answer that says the same again is told no more."""
    venue.funds = lambda now: funds(("USD", "100", "0")) if now < 107 else funds(("USD", "90", "10"))
    venue.watch(120, watcher := BalanceWatcher())
    assert told_funds(watcher) == [("100", False), ("90", False)]
    assert {str(one.evidence) for one in watcher._waiting} == {"query"}
    assert [at for at, _ in venue.asked] == [100, 104.05, 108.1, 112.15, 116.2]
    assert set(venue.names()) == {"balance"}


def test_a_currency_that_is_gone_is_told_as_nothing(venue):
    """An answer is whole."""
    venue.funds = lambda now: funds(("USD", "100", "0")) if now < 103 else funds(("ETH", "1", "0"))
    venue.watch(106, watcher := BalanceWatcher())
    assert told_funds(watcher) == [("100", False), ("0", False)]


def test_who_comes_later_is_told_what_is_known(venue):
    """Without a question."""
    venue.funds = lambda now: funds(("USD", "100", "0"))
    story = watched(venue, BalanceWatcher())
    until(venue, story, 102)
    venue.keeper.feed.join(later := BalanceWatcher())
    until(venue, story, 102.5)
    story.close()
    assert (told_funds(later), len(venue.asked)) == ([("100", False)], 1)


def test_all_that_is_watched_is_asked_for_in_one_flow(venue):
    """Each as often as if it were alone, and none after its last watcher has gone."""
    venue.open_rows = lambda now: [row("1")]
    orders, fills, balances = Consumer(), FillWatcher(), BalanceWatcher()
    story = watched(venue, orders)
    venue.keeper.feed.join(fills)
    venue.keeper.feed.join(balances)
    until(venue, story, 110)
    assert sorted(name.split()[0] for name in venue.names()) == ["balance"] * 3 + ["fills"] * 3 + ["list"] * 3
    venue.keeper.feed.leave(orders)
    assert not venue.keeper.feed.leave(fills)
    venue.asked.clear()
    until(venue, story, 130)
    story.close()
    assert set(venue.names()) == {"balance"}
    assert told(orders) == [("1", "open", "0", False)]


def test_an_order_in_doubt_is_looked_up_by_nobodys_wish_no_more(venue):
    """Where nobody watches orders any longer, none is asked for, and nothing waits for that in a hurry."""
    venue.open_rows = lambda now: [row("1")] if now < 103 else []
    orders = Consumer()
    story = watched(venue, orders)
    venue.keeper.feed.join(BalanceWatcher())
    until(venue, story, 105)
    venue.keeper.feed.leave(orders)
    venue.asked.clear()
    until(venue, story, 125)
    story.close()
    assert set(venue.names()) <= {"balance"}
    assert len(venue.asked) <= 6


def test_an_answer_that_fails_ends_nothing(venue):
    """It is asked for again, not before the venue says."""
    said = iter([funds(("USD", "100", "0")), RateLimited("slow down", retry_after=30.0), funds(("USD", "90", "0"))])
    last = []

    async def balance():
        venue.asked.append((round(venue.time.now, 3), "balance"))
        last[:] = [next(said, *last)]
        if isinstance(last[0], RateLimited):
            raise last[0]
        return last[0]

    venue.balance = balance
    venue.watch(140, watcher := BalanceWatcher())
    asked = [at for at, _ in venue.asked]
    assert asked[2] - asked[1] >= 30
    assert told_funds(watcher) == [("100", False), ("90", False)]


def test_a_venue_that_will_not_say_ends_those_who_watch_balances(venue):
    """And nobody else."""

    async def balance():
        raise NotSupported("not with this key")

    venue.balance = balance
    venue.watch(110, orders := Consumer(), watcher := BalanceWatcher())
    assert isinstance(watcher._error, NotSupported)
    assert venue.names().count("list") > 1
    assert orders.is_caught_up


def test_an_answer_that_the_venue_itself_calls_older_moves_nothing_back(venue):
    """Such as that of a server that lags behind another one; it is asked again soon."""
    answers = [funds(("USD", "10", "0"), at=99_000), funds(("USD", "3", "0"), at=103_000)]
    said = [*answers, answers[0]]
    venue.funds = lambda now: said.pop(0) if said else answers[1]
    venue.watch(130, watcher := BalanceWatcher())
    assert told_funds(watcher) == [("10", False), ("3", False)]
    assert 1 <= venue.asked[3][0] - venue.asked[2][0] < 2


def test_an_older_answer_that_is_said_again_is_believed(venue):
    """A venue whose clock is set back would else be believed no more."""
    before, after = funds(("USD", "10", "0"), at=104_000), funds(("USD", "3", "0"), at=90_000)
    venue.funds = lambda now: before if now < 107 else after
    venue.watch(112, watcher := BalanceWatcher())
    assert told_funds(watcher) == [("10", False), ("3", False)]


def test_a_time_that_is_yet_to_come_makes_no_answer_older(venue):
    """The next one is believed at once."""
    before, after = funds(("USD", "10", "0"), at=900_000), funds(("USD", "3", "0"), at=104_000)
    venue.funds = lambda now: before if now < 103 else after
    venue.watch(104.2, watcher := BalanceWatcher())
    assert told_funds(watcher) == [("10", False), ("3", False)]
