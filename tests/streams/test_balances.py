"""What those are told who watch balances: all, then each change; never one that was before what they know."""

from __future__ import annotations

import pytest

from hk_adapter.errors import AuthenticationError
from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.rounds import LISTED_EVERY
from hk_adapter.model import UnreadRow
from tests.streams.script import EPOCH, Scripted, frame, funds, told, told_funds
from tests.streams.test_polling import until, watched


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s, with 10 USD and 1 ETH, and an hour without a frame."""
    venue = Scripted(silence=3600.0)
    venue.funds = lambda now: funds(("USD", "10", "0"), ("ETH", "1", "0"))
    return venue


def asked(venue: Scripted) -> list[float]:
    """List when balances were asked for."""
    return [at for at, name in venue.asked if name == "balance"]


def test_all_comes_first_and_then_each_change(venue):
    """A frame has only what changed; an update has all, says what changed, and the venue's time of it."""
    venue.streams = [[(101, frame(("funds", 101_000, ("USD", "8", "2"))))]]
    venue.watch(110, one := BalanceWatcher())
    first, second = one._waiting
    assert (first.changed, first.live, first.evidence) == ({"USD", "ETH"}, False, "query")
    assert (second.changed, second.live, second.evidence) == ({"USD"}, True, "stream")
    assert (str(second.balances["USD"].used), str(second.balances["ETH"].free)) == ("2", "1")
    assert second.balances.timestamp == EPOCH + 101_000
    assert len(asked(venue)) == 1


def test_what_changes_nothing_is_not_told(venue):
    """A frame that comes twice, or says what is known."""
    same = ("funds", 101_000, ("USD", "8", "2"))
    venue.streams = [[(101, frame(same, same)), (102, frame(("funds", 102_000, ("USD", "8", "2"), ("ETH", "1", "0"))))]]
    venue.watch(105, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("8", True)]
    assert told_funds(one, "ETH") == [("1", False)]


def test_a_late_frame_moves_nothing_back(venue):
    """The venue's own times tell which of two frames is the later, whichever comes first."""
    venue.streams = [
        [
            (101, frame(("funds", 101_000, ("USD", "8", "2")))),
            (102, frame(("funds", 102_000, ("USD", "5", "5")), ("funds", 101_500, ("USD", "7", "3")))),
        ]
    ]
    venue.watch(125, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("8", True), ("5", True)]
    assert len(asked(venue)) == 1


def test_a_gap_is_closed_by_one_question(venue):
    """What changed meanwhile is found; a list may lag, so that it is asked for again half a minute later."""
    venue.funds = lambda now: funds(("USD", "10" if now < 110 else "3", "0"))
    venue.streams = [[(110, None)], []]
    venue.watch(170, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("3", False)]
    assert 1 <= len([at for at in asked(venue) if 110 < at < 115]) <= 2
    assert len(asked(venue)) <= 4


def test_a_gap_waits_for_no_doubts_of_before(venue):
    """Frames that could not be read made each further question later: up to a minute, and what a gap hid waited so."""
    venue.funds = lambda now: funds(("USD", "10" if now < 120 else "3", "0"))
    unread = [(at, frame(("unread", None))) for at in range(101, 119)]
    venue.streams = [[*unread, (119, frame(("funds", 119_000, ("USD", "8", "2")))), (120, None)], []]
    venue.watch(125, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("8", True), ("3", False)]


def test_an_answer_does_not_move_back_what_the_stream_told_meanwhile(venue):
    """It was asked for before the frame came: the frame counts, and one more question settles it."""
    venue.funds = lambda now: funds(("USD", "10" if now < 100.11 else "8", "0"))
    venue.streams = [[(100.12, frame(("funds", 100_110, ("USD", "8", "0"))))]]
    venue.watch(120, one := BalanceWatcher())
    assert told_funds(one) == [("8", False)]
    assert len(asked(venue)) == 2


def test_a_frame_from_before_an_answer_moves_nothing_back(venue):
    """It came later than the fastest one would have: it tells of a time before the question."""
    venue.funds = lambda now: funds(("USD", "10" if now < 110 else "3", "0"))
    venue.streams = [
        [(105, frame(("funds", 105_000, ("USD", "9", "1")))), (110, None)],
        [(118, frame(("funds", 109_900, ("USD", "5", "5"))))],
    ]
    venue.watch(135, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("9", True), ("3", False)]


def test_frames_that_may_be_from_before_an_answer_are_asked_about(venue):
    """Each is late, so that none shows how late another is; the clocks agree, and say that it may be."""
    venue.funds = lambda now: funds(("USD", "10" if now < 101 else "9", "0"))
    late = [(103.0, 100_050, "7"), (103.2, 100_120, "8")]
    venue.streams = [[(at, frame(("funds", time, ("USD", free, "0")))) for at, time, free in late]]
    venue.watch(110, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("9", False)]
    assert len(asked(venue)) == 2


def test_a_late_frame_that_says_what_is_known_vouches_for_no_other(venue):
    """There was as much before, by chance: what was between the two is no news."""
    late = [(103.0, 100_050, "10"), (103.2, 100_070, "8")]
    venue.streams = [[(at, frame(("funds", time, ("USD", free, "0")))) for at, time, free in late]]
    venue.watch(110, one := BalanceWatcher())
    assert told_funds(one) == [("10", False)]


def test_clocks_that_are_apart_keep_no_change_away(venue):
    """The venue's is an hour behind ours: what a frame tells is told once it is sure, and live after that."""
    for apart in (-3_600_000, 3_600_000):
        venue = Scripted(silence=3600.0)
        venue.funds = lambda now: funds(("USD", "10" if now < 105 else "9" if now < 106 else "8", "0"))
        venue.streams = [
            [
                (105, frame(("funds", 105_000 + apart, ("USD", "9", "0")))),
                (106, frame(("funds", 106_000 + apart, ("USD", "8", "0")))),
            ]
        ]
        venue.watch(120, one := BalanceWatcher())
        assert told_funds(one)[-1][0] == "8"
        assert told_funds(one)[-1][1]


def test_one_answer_that_contradicts_the_stream_is_asked_for_again(venue):
    """A list lags: what it showed is not told, for the next one does not repeat it."""
    venue.funds = lambda now: funds(("USD", "10" if now < 130.5 else "8", "0"))
    venue.streams = [[(102, frame(("funds", 102_000, ("USD", "8", "0"))))]]
    venue.watch(140, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("8", True)]
    first, second = (at for at in asked(venue) if at > 102)
    assert second >= first + 1


def test_a_lost_frame_is_made_up_for(venue):
    """Every five minutes the balances are asked for; what two answers say is told."""
    venue.funds = lambda now: funds(("USD", "10" if now < 102 else "8" if now < 103 else "6", "0"))
    venue.streams = [[(102, frame(("funds", 102_000, ("USD", "8", "0"))))]]
    venue.watch(100 + LISTED_EVERY + 20, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("8", True), ("6", False)]


def test_two_frames_of_one_moment_are_asked_about(venue):
    """The venue's times do not tell which is the later."""
    venue.funds = lambda now: funds(("USD", "10" if now < 101 else "7", "0"))
    venue.streams = [[(101, frame(("funds", 101_000, ("USD", "7", "0")), ("funds", 101_000, ("USD", "8", "0"))))]]
    venue.watch(120, one := BalanceWatcher())
    assert told_funds(one)[-1][0] == "7"
    assert 2 <= len(asked(venue)) <= 3


def test_what_an_answer_does_not_list_is_nothing(venue):
    """Unless a row could not be read: that may be the one."""
    venue.funds = lambda now: funds(("USD", "10", "0"), *([("ETH", "1", "0")] if now < 200 else []))
    venue.watch(500, one := BalanceWatcher())
    assert told_funds(one, "ETH") == [("1", False), ("0", False)]
    other = Scripted(silence=3600.0)
    unread = (UnreadRow(reason="nonsense", about="ETH"),)
    other.funds = lambda now: (
        funds(("USD", "10", "0"), ("ETH", "1", "0")) if now < 200 else funds(("USD", "10", "0"), unread=unread)
    )
    other.watch(500, two := BalanceWatcher())
    assert told_funds(two, "ETH") == [("1", False)]


def test_a_row_that_may_be_of_any_currency_takes_none_away(venue):
    """A venue may call what is known by another word: what is not listed then is not told to be nothing."""
    unread = (UnreadRow(reason="nonsense", about="XETH"),)
    venue.funds = lambda now: (
        funds(("USD", "10", "0"), ("ETH", "1", "0")) if now < 200 else funds(("USD", "9", "0"), unread=unread)
    )
    venue.watch(500, one := BalanceWatcher())
    assert told_funds(one, "ETH") == [("1", False)]
    assert told_funds(one)[-1] == ("9", False)


def test_a_frame_that_cannot_be_read_is_asked_about(venue):
    """It may have told of a balance."""
    venue.funds = lambda now: funds(("USD", "10" if now < 101 else "8", "0"))
    venue.streams = [[(101, frame(("unread", None)))]]
    venue.watch(110, one := BalanceWatcher())
    assert told_funds(one) == [("10", False), ("8", False)]


def test_a_slow_consumer_has_the_last_balances(venue):
    """All that he did not get is folded into one, which says how many, and all that changed."""
    rows = [("funds", 101_000 + step, ("USD" if step % 2 else "ETH", str(step), "0")) for step in range(1, 26)]
    venue.streams = [[(101, frame(*rows))]]
    venue.watch(120, one := BalanceWatcher(most=5))
    assert len(one._waiting) <= 5
    updates = list(one._waiting)
    assert sum(1 + update.folded for update in updates) == 26
    assert updates[0].changed == {"USD", "ETH"}
    assert str(updates[-1].balances["USD"].free) == "25"


def test_nobody_else_is_asked_for_balances_or_ended_by_them(venue):
    """A key that may not read them ends those who watch them; a watch of orders asks for none."""

    def refuse(now):
        raise AuthenticationError("not allowed")

    venue.funds = refuse
    one, orders = BalanceWatcher(), Consumer()
    venue.streams = [[(102, frame(("order", "a")))]]
    assert venue.watch(110, one, orders) is None
    with pytest.raises(AuthenticationError):
        venue.runner.run(one.next())
    assert [said[0] for said in told(orders)] == ["a"]
    quiet = Scripted()
    quiet.watch(200, Consumer())
    assert asked(quiet) == []


def test_who_comes_after_nobody_watched_is_told_what_there_is_now(venue):
    """While nobody watches balances nothing is heard of them, although a watch of orders keeps the stream open."""
    venue.funds = lambda now: funds(("USD", "10" if now < 140 else "3", "0"))
    venue.streams = [[(140, frame(("funds", 140_000, ("USD", "3", "0"))))]]
    story = watched(venue, Consumer())
    venue.keeper.feed.join(first := BalanceWatcher())
    until(venue, story, 135)
    venue.keeper.feed.leave(first)
    until(venue, story, 145)
    venue.keeper.feed.join(second := BalanceWatcher())
    until(venue, story, 146)
    story.close()
    assert told_funds(first) == [("10", False)]
    assert told_funds(second) == [("3", False)]
