"""What watchers are told: each change once, in its order; nothing that did not happen, and nothing left out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hk_adapter.errors import (
    AuthenticationError,
    InvalidArgument,
    NotSent,
    NotSupported,
    OrderNotFound,
    OutcomeUnknown,
    PluginError,
    RateLimited,
    VenueUnavailable,
)
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.model import Order, UnreadRow
from tests.cases import each
from tests.streams.script import EPOCH, Reader, Scripted, frame, row, told


@pytest.fixture
def venue() -> Scripted:
    """A venue that begins at 100 s."""
    return Scripted()


def test_what_is_open_comes_first_and_then_each_change(venue):
    """The list is asked for once the stream is open; what it shows is found, what frames say is live."""
    venue.open_rows = lambda now: [row("1")]
    venue.streams = [[(101, frame(("order", "1", "open", "0.4"))), (102, frame(("order", "1", "filled", "1")))]]
    venue.watch(105, watcher := Consumer())
    assert venue.names()[:2] == ["open", "list"]
    assert told(watcher) == [("1", "open", "0", False), ("1", "open", "0.4", True), ("1", "closed", "1", True)]


def test_what_is_open_is_listed_once_the_venue_has_confirmed():
    """A list that was asked for before could miss what comes between the two; until then nothing is live."""
    venue = Scripted(awaits_ready=True)
    venue.open_rows = lambda now: [row("1")]
    venue.streams = [[(102, frame(("ready",))), (103, frame(("order", "1", "open", "0.4"), ("ready",)))]]
    venue.watch(105, watcher := Consumer())
    assert [(at, name) for at, name in venue.asked if name == "list"] == [(pytest.approx(102, abs=0.05), "list")]
    assert [one[2:] for one in told(watcher)] == [("0", False), ("0.4", True)]


def test_a_stream_that_is_never_confirmed_is_opened_again():
    """After ten seconds, though it is not silent; who waits is told in the end."""
    venue = Scripted(awaits_ready=True)
    venue.streams = [[(100 + second, frame(("ping", second))) for second in range(1, 9)]]
    ended = venue.watch(150, Consumer())
    assert isinstance(ended, VenueUnavailable)
    assert "list" not in venue.names()


def test_a_change_is_told_once(venue):
    """Whether a frame comes twice, or the list and the stream both tell of it."""
    event = ("order", "1", "open", "0.4")
    venue.open_rows = lambda now: [row("1", filled="0.4")]
    venue.streams = [[(100.06, frame(event)), (101, frame(event, event)), (102, frame(event))]]
    venue.watch(105, watcher := Consumer())
    assert [one[:3] for one in told(watcher)] == [("1", "open", "0.4")]


def test_every_event_of_a_frame_counts(venue):
    """A frame may tell of an order that was new and filled at once, and of another."""
    venue.streams = [[(101, frame(("order", "1"), ("order", "1", "filled", "1"), ("order", "2")))]]
    venue.watch(103, watcher := Consumer())
    assert [one[:3] for one in told(watcher)] == [("1", "open", "0"), ("1", "closed", "1"), ("2", "open", "0")]


def test_an_order_never_moves_back(venue):
    """Late frames, and a list that lags, change nothing: an end stays, and what is filled only grows."""
    venue.open_rows = lambda now: [row("1", filled="0.1", at=5)] if now < 101 else [row("1", at=4)]
    venue.streams = [
        [
            (101, frame(("order", "1", "filled", "1", 9))),
            (102, frame(("order", "1", "open", "0.5", 7), ("order", "1", "open", "0", 4))),
        ]
    ]
    venue.watch(140, watcher := Consumer())
    assert [one[1:3] for one in told(watcher)] == [("open", "0.1"), ("closed", "1")]
    assert not [name for name in venue.names() if name.startswith("look")]


def test_a_late_fill_only_adds(venue):
    """An order that was canceled may have fills that were posted late: it stays canceled, with more filled."""
    venue.streams = [[(101, frame(("order", "1", "canceled", "0.2"), ("order", "1", "canceled", "0.5")))]]
    venue.watch(103, watcher := Consumer())
    assert [one[1:3] for one in told(watcher)] == [("canceled", "0.2"), ("canceled", "0.5")]


def test_a_gap_is_closed_by_asking(venue):
    """After a lost connection: one list, and a look for the order that is not in it; both are told as found."""
    venue.open_rows = lambda now: [row("1"), row("2")] if now < 101 else [row("2", filled="0.3"), row("3")]
    venue.orders = lambda order_id, now: row("1", "canceled", "0.1")
    venue.streams = [[(102, None)], []]
    venue.watch(110, watcher := Consumer())
    assert [one for one in told(watcher) if one[0] == "1"][-1] == ("1", "canceled", "0.1", False)
    assert set(told(watcher)[2:]) == {("2", "open", "0.3", False), ("3", "open", "0", False),
                                      ("1", "canceled", "0.1", False)}  # fmt: skip
    assert venue.names().count("list") == 2
    assert venue.names().count("look 1") == 1


def test_what_was_placed_and_ended_in_a_gap_is_found(venue):
    """One page of the newest orders after a lost connection; what is older than the watch is nobody's news."""
    now = 1_700_000_100_000
    venue.open_rows = lambda at: [row("1")] if at < 102 else []
    venue.history = lambda at: [
        row("0", "canceled", timestamp=now - 60_000),
        row("1", "filled", "1", timestamp=now - 50_000),
        row("2", "canceled", "0.3", timestamp=now + 2_500),
    ]
    venue.streams = [[(102, None)], [(110, frame(("order", "2", "canceled", "0.3")))]]
    venue.watch(120, watcher := Consumer())
    assert told(watcher)[1:] == [("1", "closed", "1", False), ("2", "canceled", "0.3", False)]
    assert not [name for name in venue.names() if name.startswith("look")]
    assert venue.names().count("history") == 1


def test_absence_ends_no_order(venue):
    """An order that neither a list nor a look-up shows is told as nothing: it is looked up, less and less often."""
    venue.open_rows = lambda now: [row("1")] if now < 101 else []
    venue.streams = [[(102, None)], []]
    venue.watch(200, watcher := Consumer())
    assert [one[1] for one in told(watcher)] == ["open"]
    assert 4 <= venue.names().count("look 1") <= 8


def test_a_look_that_lags_behind_the_list_is_repeated(venue):
    """Missing from the list, and open by a look-up: one of the two is late, so it is looked up until it has ended."""
    venue.open_rows = lambda now: [row("1")] if now < 101 else []
    venue.orders = lambda order_id, now: row("1") if now < 115 else row("1", "filled", "1")
    venue.streams = [[(102, None)], []]
    venue.watch(130, watcher := Consumer())
    assert told(watcher)[-1] == ("1", "closed", "1", False)


def test_a_list_that_lags_is_asked_for_again(venue):
    """It may show what ended before the stream was open; a second one, half a minute later, does not."""
    venue.open_rows = lambda now: [row("1")] if now < 110 else []
    venue.orders = lambda order_id, now: row("1", "canceled", "0")
    venue.watch(140, watcher := Consumer())
    assert told(watcher) == [("1", "open", "0", False), ("1", "canceled", "0", False)]
    assert venue.names().count("list") == 2


def test_a_frame_that_the_venue_lost_is_made_up_for(venue):
    """Nothing tells of it; every five minutes what is open is listed anyway, and the newest orders too."""
    venue.history = lambda now: [row("2", "canceled", "0.3", timestamp=1_700_000_105_000)] if now > 110 else []
    venue.streams = [[(moment, frame()) for moment in range(110, 520, 20)]]
    venue.watch(500, watcher := Consumer())
    assert told(watcher) == [("2", "canceled", "0.3", False)]
    assert venue.names().count("open") == 1
    assert venue.names().count("list") == 2


def test_an_order_that_came_while_the_list_was_asked_for_is_not_missing(venue):
    """The list may be older than the frame."""
    venue.streams = [[(100.07, frame(("order", "9")))]]
    venue.watch(103, watcher := Consumer())
    assert venue.names() == ["open", "list", "close 1"]
    assert [one[0] for one in told(watcher)] == ["9"]


def test_a_word_that_its_amounts_contradict_is_held_back(venue):
    """FILLED with half of it filled is looked up; the look-up says how it stands, and no end was told before."""
    venue.open_rows = lambda now: [row("1")]
    venue.orders = lambda order_id, now: row("1", "open", "0.5")
    venue.streams = [[(101, frame(("order", "1", "filled", "0.5")))]]
    venue.watch(110, watcher := Consumer())
    assert told(watcher) == [("1", "open", "0", False), ("1", "open", "0.5", False)]
    assert venue.names().count("look 1") == 2


def test_a_contradictory_word_that_a_look_repeats_is_believed(venue):
    """A look at least a second later says the same."""
    venue.orders = lambda order_id, now: row("1", "filled", "0.5")
    venue.streams = [[(101, frame(("order", "1", "filled", "0.5")))]]
    venue.watch(110, watcher := Consumer())
    assert told(watcher) == [("1", "closed", "0.5", False)]
    looks = [at for at, name in venue.asked if name == "look 1"]
    assert looks[-1] >= 102


def test_stream_and_look_that_disagree_are_doubt_until_one_repeats_itself(venue):
    """A cancel after a fill was told: two looks a second apart settle it, and an end that was told stays."""
    venue.orders = lambda order_id, now: row("1", "filled", "1", 9)
    venue.streams = [[(101, frame(("order", "1", "filled", "1", 9), ("order", "1", "canceled", "0.2", 11)))]]
    venue.watch(110, watcher := Consumer())
    assert told(watcher) == [("1", "closed", "1", True)]
    first, second = [at for at, name in venue.asked if name == "look 1"]
    assert second >= first + 1


def test_looks_that_show_ever_other_orders_repeat_nothing(venue):
    """A stranger's row under the id, with another price at each look, is never told, whatever its status."""
    venue.open_rows = lambda now: [row("1", price=Decimal(2000))] if now < 101 else []
    venue.orders = lambda order_id, now: row("1", "canceled", "0.1", price=Decimal(int(now)))
    venue.streams = [[(102, None)], []]
    assert venue.watch(150, watcher := Consumer()) is None
    assert venue.names().count("look 1") > 3
    assert [one[1] for one in told(watcher)] == ["open"]


def test_a_market_told_in_two_ways_is_no_contradiction(venue):
    """A list has the unified symbol alone, a look the venue's own too: neither is held against the other."""
    venue.open_rows = lambda now: [row("1")] if now < 101 else []
    venue.orders = lambda order_id, now: row("1", "canceled", "0.1", venue_symbol="ETHUSD")
    venue.streams = [[(102, None)], []]
    assert venue.watch(150, watcher := Consumer()) is None
    assert [one[1] for one in told(watcher)] == ["open", "canceled"]
    assert venue.names().count("look 1") == 1


def test_an_end_that_was_told_stays_whatever_looks_say(venue):
    """Nothing is told twice over, nor taken back."""
    venue.orders = lambda order_id, now: row("1", "open", "1", 12)
    venue.streams = [[(101, frame(("order", "1", "filled", "1", 9), ("order", "1", "open", "0", 12)))]]
    venue.watch(120, watcher := Consumer())
    assert told(watcher) == [("1", "closed", "1", True)]


def test_what_cannot_be_read_is_looked_up(venue):
    """An event with an order's id: that order. One without: all that is open, but not at once each time."""
    venue.orders = lambda order_id, now: row("1", "open", "0.7")
    venue.streams = [[(101, frame(("unread", "1"))), (102, frame(("unread", None), ("unread", None)))]]
    venue.watch(120, watcher := Consumer())
    assert told(watcher) == [("1", "open", "0.7", False)]
    assert venue.names().count("list") == 2


def test_a_ticket_without_its_report_is_noticed(venue):
    """A fill that no report shows within a second: the order is looked up. A ticket that came twice counts once."""
    venue.open_rows = lambda now: [row("1")]
    venue.orders = lambda order_id, now: row("1", "open", "0.4")
    venue.streams = [[(101, frame(("ticket", "1", "0.4", "t1"))), (103, frame(("ticket", "1", "0.4", "t1")))]]
    venue.watch(110, watcher := Consumer())
    assert told(watcher)[-1] == ("1", "open", "0.4", False)
    assert [round(at) for at, name in venue.asked if name == "look 1"] == [102]


def test_a_ticket_with_its_report_costs_nothing(venue):
    """In either order."""
    one, other = ("ticket", "1", "0.4", "t1"), ("order", "1", "open", "0.4")
    venue.streams = [[(101, frame(one)), (101.5, frame(other)), (102, frame(("order", "2", "open", "0.4"))),
                      (102.5, frame(("ticket", "2", "0.4", "t2")))]]  # fmt: skip
    venue.watch(110, Consumer())
    assert not [name for name in venue.names() if name.startswith("look")]


def test_rows_of_a_list_that_cannot_be_read_end_nothing(venue):
    """A named one is looked up; beside a nameless one nothing is missing."""
    venue.open_rows = lambda now: [row("1")] if now < 101 else []
    venue.orders = lambda order_id, now: row("1", filled="0.2")
    venue.streams = [[(102, None)], []]
    venue.unread = (UnreadRow(reason="nonsense", order=Order(id="1")),)
    venue.watch(110, watcher := Consumer())
    assert told(watcher)[-1] == ("1", "open", "0.2", False)


def test_an_order_that_a_list_only_names_is_looked_up(venue):
    """Its row cannot be read, and no event has told of it: it is told as a look shows it."""
    venue.streams = [[(150, None)], []]
    venue.unread = (UnreadRow(reason="nonsense", order=Order(id="7", symbol="ETH/USD")),)
    venue.orders = lambda order_id, now: row(order_id, filled="0.2")
    venue.watch(110, watcher := Consumer())
    assert told(watcher) == [("7", "open", "0.2", False)]
    assert venue.names().count("look 7") == 1


def test_one_that_ended_in_a_gap_and_is_only_named_is_looked_up(venue):
    """The list of the newest orders has a row of it that cannot be read."""
    venue.streams = [[(101, None)], [(150, None)]]
    venue.history = lambda now: []
    venue.unread_of_history = (UnreadRow(reason="nonsense", order=Order(id="7", symbol="ETH/USD")),)
    venue.orders = lambda order_id, now: row(order_id, "canceled", "0.2", timestamp=EPOCH + 101_000)
    venue.watch(110, watcher := Consumer())
    assert told(watcher) == [("7", "canceled", "0.2", False)]


@each("error", [InvalidArgument("it asks for a symbol"), NotSupported("no look-up by id"), OrderNotFound("unknown")])
def test_one_that_cannot_be_looked_up_ends_no_watch(error):
    """Its id is hearsay; what is shown of the others is told."""
    venue = Scripted()
    venue.open_rows = lambda now: [row("1")]
    venue.unread = (UnreadRow(reason="nonsense", order=Order(id="7")),)
    venue.orders = lambda order_id, now: error
    venue.streams = [[(103, frame(("order", "1", "open", "0.4")))]]
    assert venue.watch(110, watcher := Consumer()) is None
    assert told(watcher)[-1][:3] == ("1", "open", "0.4")


def test_rows_without_a_name_are_spoken_of(venue, caplog):
    """Whose they are cannot be known, so what becomes of them is not told."""
    venue.streams = [[(150, None)], []]
    venue.unread = (UnreadRow(reason="nonsense"), UnreadRow(reason="nonsense"))
    venue.watch(110, Consumer())
    assert "2 rows in the list of open orders cannot be read" in caplog.text


def test_silence_is_a_lost_connection(venue):
    """Nothing for as long as the plan allows: another one is opened, and the gap closed."""
    venue = Scripted(silence=20.0)
    venue.streams = [[(101, frame())], []]
    venue.watch(125, Consumer())
    assert [at for at, name in venue.asked if name == "open"][1] == pytest.approx(121, abs=0.6)
    assert venue.links[0].closed


def test_heartbeats_go_both_ways():
    """Pings of the venue are answered at once, and ours sent as the plan says; what it wants at first goes first."""
    venue = Scripted(ping_every=10.0, first=("hello",))
    venue.streams = [[(103, frame(("ping", 7)))]]
    venue.watch(131, Consumer())
    sent = venue.links[0].sent
    assert [text for _, text in sent] == ["hello", "pong 7", "ping", "ping", "ping"]
    assert sent[1][0] == pytest.approx(103, abs=0.05)


def test_a_key_is_renewed_in_time_and_replaced_when_it_is_gone():
    """A renewal that fails is tried again; one that the venue knows nothing of means another stream, without a gap."""
    venue = Scripted(look_every=1.0, renew_every=1800.0, silence=1e9)
    venue.renewals = [True, OutcomeUnknown("no answer"), True, False]
    venue.watch(9000, Consumer())
    renewed = [(round(at), name) for at, name in venue.asked if name.startswith("renew")]
    assert [at - 100 for at, _ in renewed[:3]] == [1800, 3600, 3660]
    assert venue.names().count("open") == 2
    assert venue.names()[-1] == "close 2"
    assert "close 1" in venue.names()


def test_a_connection_is_replaced_at_the_end_of_its_life():
    """Before the venue ends it."""
    venue = Scripted(lifetime=50.0, silence=1e9)
    venue.watch(160, Consumer())
    assert venue.names().count("open") == 2


def test_the_venues_word_that_it_is_over_is_heeded(venue):
    """Another one is opened."""
    venue.streams = [[(101, frame(("over",)))], []]
    venue.watch(105, Consumer())
    assert venue.names().count("open") == 2


def test_reconnecting_is_spread_and_keys_are_given_back(venue):
    """A venue that cuts each connection at once is asked less and less often, and each key is given back."""
    venue.streams = [[(101, None)], *([(0.0, None)] for _ in range(100))]
    venue.watch(160, Consumer())
    opened = venue.names().count("open")
    assert 4 <= opened <= 25
    assert sorted(name for name in venue.names() if name.startswith("close")) == sorted(
        f"close {number}" for number in range(1, venue.keys + 1)
    )
    assert all(link.closed for link in venue.links)


def test_an_hour_with_fifty_reconnects_leaves_nothing():
    """Every connection is closed, every key given back, and no more is asked than each gap needs."""
    venue = Scripted(look_every=0.5, silence=1e9)
    venue.open_rows = lambda now: [row("1")]
    venue.streams = [[(100.0 + 72 * (number + 1), None)] for number in range(50)]
    assert venue.watch(3800, watcher := Consumer()) is None
    assert [link.closed for link in venue.links] == [True] * 51
    assert venue.names().count("open") == 51
    assert sorted(name for name in venue.names() if name.startswith("close")) == sorted(
        f"close {number}" for number in range(1, 52)
    )
    assert venue.names().count("list") <= 2 * 51 + 3800 // 300
    assert not [name for name in venue.names() if name.startswith("look")]
    assert len(told(watcher)) == 1
    assert not venue.keeper.tracker.has_doubt


def test_an_event_costs_no_walk_through_all_orders(monkeypatch):
    """What is open is gone through for a list, and for who comes, and not for each fill and its ticket."""
    walks = []
    walk = Tracker.open_orders
    monkeypatch.setattr(Tracker, "open_orders", lambda self: walks.append(1) or walk(self))
    venue = Scripted(silence=1e9)
    venue.open_rows = lambda now: [row("1")]
    events = [(f"{number / 100}", f"t{number}") for number in range(1, 51)]
    venue.streams = [
        [
            (101 + at / 10, frame(("order", "1", "open", filled), ("ticket", "1", "0.01", name)))
            for at, (filled, name) in enumerate(events)
        ]
    ]
    assert venue.watch(110, watcher := Consumer()) is None
    assert len(told(watcher)) == 51
    assert len(walks) <= 2


def test_a_list_that_cannot_be_had_is_asked_for_again(venue):
    """Until then nobody is told that he has all, and what the stream says is kept."""
    venue.list_errors = [OutcomeUnknown("no answer"), RateLimited("slow down", retry_after=5.0)]
    venue.streams = [[(101, frame(("order", "1")))]]
    venue.watch(103, early := Consumer())
    assert not early.is_caught_up
    assert told(early) == []
    venue = Scripted()
    venue.list_errors = [OutcomeUnknown("no answer"), RateLimited("slow down", retry_after=5.0)]
    venue.streams = [[(101, frame(("order", "1")))]]
    venue.watch(120, late := Consumer())
    assert late.is_caught_up
    assert [one[0] for one in told(late)] == ["1"]


def test_a_stream_that_never_opens_is_an_error(venue):
    """After the connection's own time, the last reason; at once where no other try would help."""
    venue.streams = [NotSent("refused", unreachable=True) for _ in range(100)]
    assert isinstance(venue.watch(200, Consumer()), NotSent)
    assert 109 <= venue.asked[-2][0] <= 115
    venue = Scripted()
    venue.streams = [[(0.0, None)] for _ in range(100)]
    assert isinstance(venue.watch(200, Consumer()), VenueUnavailable)
    venue = Scripted()
    venue.streams = [AuthenticationError("no such key")]
    assert isinstance(venue.watch(200, Consumer()), AuthenticationError)
    assert venue.names() == ["open", "close 1"]


def test_a_list_that_is_never_had_is_an_error(venue):
    """Who waits for what is open is not left waiting for ever."""
    venue.list_errors = [OutcomeUnknown("no answer") for _ in range(100)]
    assert isinstance(venue.watch(200, Consumer()), OutcomeUnknown)
    assert venue.names()[-1] == "close 1"
    assert 109 <= venue.asked[-2][0] <= 115


def test_a_stream_that_was_open_is_opened_for_as_long_as_it_takes(venue):
    """A venue that is down for ten minutes: watchers wait, and are told what happened then."""
    venue = Scripted(look_every=0.5)
    venue.open_rows = lambda now: [row("1")] if now < 600 else []
    venue.orders = lambda order_id, now: row("1", "canceled", "0")
    venue.streams = [[(101, None)], *(NotSent("refused", unreachable=True) for _ in range(25)), []]
    assert venue.watch(1500, watcher := Consumer()) is None
    assert told(watcher)[-1] == ("1", "canceled", "0", False)


@pytest.mark.parametrize("event", [("broken",), ("inexact", "1")])
def test_a_broken_reader_ends_the_stream(venue, event):
    """A plugin's bug is told as one, be it a raise or a record that isn't ours, and nothing stays open."""
    venue.streams = [[(101, frame(event))]]
    assert isinstance(venue.watch(110, Consumer()), PluginError)
    assert venue.links[0].closed


def test_a_broken_ping_ends_the_stream(monkeypatch):
    """A plugin's bug where its heartbeat is due is told as one, and nothing stays open."""
    monkeypatch.setattr(Reader, "ping", lambda reader, timestamp: 1 // 0)
    venue = Scripted(ping_every=5.0)
    venue.streams = [[]]
    error = venue.watch(110, Consumer())
    assert isinstance(error, PluginError)
    assert "reader broke with ZeroDivisionError" in str(error)
    assert venue.links[0].closed


def test_a_symbol_is_all_that_its_watcher_is_told(venue):
    """By the venue's own word, where the order's symbol could not be told."""
    mine, other = row("1"), row("2", symbol="BTC/USD")
    unclear = row("3", symbol=None, venue_symbol="ETHUSD")
    venue.open_rows = lambda now: [mine, other, unclear]
    venue.watch(103, watcher := Consumer("ETH/USD"))
    assert [one[0] for one in told(watcher)] == ["1", "3"]


def test_a_symbol_that_is_none_is_an_error_of_its_watcher_alone(venue):
    """Who asks for it is told; the others go on."""
    venue.open_rows = lambda now: [row("1")]
    venue.watch(103, wrong := Consumer("ETHUSD"), watcher := Consumer())
    assert isinstance(wrong._error, InvalidArgument)
    assert told(watcher) == [("1", "open", "0", False)]


def test_who_comes_later_is_told_what_is_open_then(venue):
    """Not what ended before; and from then on each change."""
    venue.open_rows = lambda now: [row("1"), row("2")]
    venue.streams = [[(101, frame(("order", "1", "filled", "1"))), (103, frame(("order", "2", "open", "0.5")))]]
    late = Consumer()
    venue.keeper.feed.join(first := Consumer())
    story = venue.runner._drive(venue.keeper.run())
    while (when := next(story)) <= 105:
        if when >= 102 and not late.is_caught_up and venue.time.now < 102:
            venue.keeper.feed.join(late)
        venue.time.jump(when)
    story.close()
    assert told(late) == [("2", "open", "0", False), ("2", "open", "0.5", True)]
    assert len(told(first)) == 4


def test_orders_that_never_were_are_looked_up_without_end_but_seldom(venue):
    """An unreadable event about an order that nobody knows leaves a doubt, and no update."""
    venue.orders = lambda order_id, now: OrderNotFound("unknown")
    venue.streams = [[(101, frame(("unread", "7")))]]
    venue.watch(400, watcher := Consumer())
    assert told(watcher) == []
    assert venue.names().count("look 7") <= 12


def test_a_server_that_hangs_up_each_time_is_called_ever_less_often():
    """Half a minute apart at the most, by chance: ten minutes of it are some dozens of calls."""
    venue = Scripted()
    venue.streams = [[(110, None)], *([(0, None)] for _ in range(1000))]
    assert venue.watch(710, Consumer()) is None
    assert 20 < venue.names().count("open") < 80
