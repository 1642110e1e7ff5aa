"""Whatever befalls the simulated venue's public stream, no wrong book, no trade twice, no older ticker is told."""

from __future__ import annotations

import random

import pytest

from hk_adapter.execution.streams.market.consumer import TickerConsumer
from tests.cases import each
from tests.market_streams.stage import SYMBOL, Stage, Told, shown

FAULTS = ("drop", "stall", "lose", "duplicate", "reorder", "late", "split", "truncate")


def check(stage, books, trades, tickers):
    """Hold all that was told against the truth."""
    assert stage.ended is None
    assert [update.book for update in books.updates if not stage.was_true(update.book)] == []
    times = [update.book.timestamp for update in books.updates]
    assert times == sorted(times)
    ids = [update.trade.id for update in trades.updates]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(stage.trades())
    latest = 0
    for update in trades.updates:
        assert not update.live or update.trade.timestamp >= latest
        latest = max(latest, update.trade.timestamp)
    stamps = [update.ticker.timestamp for update in tickers.updates]
    assert stamps == sorted(stamps)


def live(*watchers):
    """Whether all of them are whole."""
    return all(told.consumer.is_whole for told in watchers)


def lived(stage, rng, steps):
    """Let a market live: orders come and go, and others trade."""
    resting = []
    for _ in range(steps):
        choice = rng.random()
        if choice < 0.55 or not resting:
            price = rng.randrange(1, 40)
            side, at = rng.choice([("BUY", 1900 - price), ("SELL", 1950 + price)])
            resting.append(stage.rest(side, f"{rng.randrange(1, 9)}", str(at)))
        elif choice < 0.8:
            stage.take_back(resting.pop(rng.randrange(len(resting))))
        else:
            stage.trade("0.5", f"{1900 + rng.randrange(50)}", rng.choice(["BUY", "SELL"]))
        stage.run(rng.choice([0.001, 0.05, 0.12, 0.31, 0.7]))


def watched(seed, look_every=0.02):
    """Open a stage on which somebody watches all there is."""
    stage = Stage(seed, look_every)
    everything = [stage.watch(kind) for kind in ("book", "trades", "ticker")]
    stage.run(1)
    assert live(*everything)
    return stage, everything


def settled(stage, everything):
    """Check, once nothing goes wrong any more, that all is whole again and the last word is the truth."""
    books, trades, tickers = everything
    stage.run(70)
    stage.rest("BUY", "3", "1700")
    stage.trade("0.25", "1925")
    stage.run(2)
    check(stage, books, trades, tickers)
    assert live(*everything)
    assert shown(books.updates[-1].book) == stage.sides()
    assert trades.updates[-1].trade.id == stage.trades()[-1]
    assert tickers.updates[-1].ticker.last == 1925
    stage.finish()
    assert not live(*everything)
    assert stage.control.streams.connections == []


@each("kind", FAULTS)
@each("event", ["depth", "trade", "realtimes", None])
def test_one_fault_is_healed(kind, event):
    """The next frame of a kind goes wrong in this way."""
    stage, everything = watched(3)
    ms = 700 if kind in {"late", "split"} else 0
    stage.control.streams.fail_next(kind, event=event, ms=ms)
    lived(stage, random.Random(5), 12)
    settled(stage, everything)
    if kind != "lose":
        assert {update.trade.id for update in everything[1].updates} == set(stage.trades())


@pytest.mark.parametrize("seed", range(12))
def test_a_disturbed_stream_tells_no_lie(seed):
    """Seeded faults on a third of all frames, of every kind, and servers that restart."""
    stage, everything = watched(seed)
    rng = random.Random(seed)
    stage.control.streams.disturb(seed, 0.33, most_ms=900)
    for _ in range(3):
        lived(stage, rng, 12)
        if rng.random() < 0.5:
            stage.control.streams.restart(now=stage.now)
        if rng.random() < 0.5:
            stage.control.streams.refuse_next(0, times=2)
    stage.control.streams.disturb(seed, 0)
    settled(stage, everything)


@each("kind", ["book", "trades", "ticker"])
@each("seed", range(3))
def test_frames_of_one_topic_out_of_order(kind, seed):
    """Where nothing else comes between them, an older one arrives behind a newer one of its own."""
    stage = Stage(seed)
    told = stage.watch(kind)
    stage.run(1)
    stage.control.streams.disturb(seed, 0.4, kinds=("reorder", "duplicate"))
    for number in range(30):
        stage.rest("BUY", "1", str(1800 + number))
        stage.trade("0.5", str(1900 + number))
        stage.run(0.31)
    stage.control.streams.disturb(seed, 0)
    stage.rest("BUY", "3", "1700")
    stage.trade("0.25", "1925")
    stage.run(2)
    nobody = Told(TickerConsumer(SYMBOL))
    check(stage, *(told if one == kind else nobody for one in ("book", "trades", "ticker")))
    assert live(told)
    assert len(told.updates) > 10
    if kind == "trades":
        assert {update.trade.id for update in told.updates} == set(stage.trades())
        assert not all(update.live for update in told.updates)


def test_a_book_is_not_told_while_the_stream_is_lost():
    """``is_whole`` says so at once; after it the book is there again, without what was placed meanwhile untold."""
    stage, (books, trades, tickers) = watched(1)
    stage.control.streams.refuse_next(0, times=3)
    stage.control.streams.restart(now=stage.now)
    stage.run(0.05)
    assert not live(books)
    told = len(books.updates)
    stage.rest("SELL", "1", "2000")
    stage.trade("1", "1999")
    stage.run(0.1)
    assert len(books.updates) == told
    stage.run(60)
    assert live(books, trades, tickers)
    assert shown(books.updates[-1].book) == stage.sides()
    assert [(update.trade.price, update.live, update.gap) for update in trades.updates] == [(1999, False, True)]


def test_a_long_gap_in_trades_is_told():
    """Where the history does not go back to what was told before, the first of it says so; else it does not."""
    stage, (_, trades, _) = watched(1)
    stage.trade("1", "1900")
    stage.run(1)
    for times, gap in ((5, False), (70, True)):
        before = len(trades.updates)
        stage.control.streams.refuse_next(0, times=2)
        stage.control.streams.restart(now=stage.now)
        stage.run(0.05)
        for number in range(times):
            stage.trade("1", str(1900 + number))
        stage.run(60)
        found = trades.updates[before:]
        assert [update.live for update in found] == [False] * min(times, 60)
        assert [update.gap for update in found] == [gap] + [False] * (len(found) - 1)
    stage.trade("2", "1950")
    stage.run(1)
    assert (trades.updates[-1].live, trades.updates[-1].gap) == (True, False)


def test_who_comes_later_is_told_what_there_is():
    """The book, the last trades and the ticker, without another subscription."""
    stage, _ = watched(1)
    stage.trade("1", "1900")
    stage.run(1)
    later = [stage.watch(kind) for kind in ("book", "trades", "ticker")]
    stage.run(0.1)
    assert live(*later)
    assert [len(told.updates) for told in later] == [1, 1, 1]
    assert later[1].updates[0].live is False


def test_who_leaves_ends_the_subscription():
    """The last one of a topic; the venue sends nothing more of it, and the others go on."""
    stage, everything = watched(1)
    again = stage.watch("book")
    stage.run(0.1)
    for told in (everything[0], again):
        assert stage.keeper.feed.leave(told.consumer) is False
    stage.run(0.1)
    wanted = stage.simulator.streams._markets._feeds["ETHUSD"].wanted
    assert sorted(one.topic for one in wanted) == ["realtimes", "trade"]
    assert stage.keeper.feed.leave(everything[1].consumer) is False
    assert stage.keeper.feed.leave(everything[2].consumer) is True
    stage.finish()


def test_silence_is_a_loss():
    """A stream that says nothing, not even a pong, is opened again; an idle one is kept alive by pings."""
    stage, everything = watched(1)
    stage.run(300)
    assert stage.network.carried["open"] == 1
    assert live(*everything)
    stage.control.streams.fail_next("stall")
    stage.run(60)
    assert stage.network.carried["open"] == 2
    assert live(*everything)


def test_an_hour_with_fifty_reconnects_leaves_nothing():
    """Each connection is closed, and nothing grows but what was told."""
    stage, everything = watched(2, look_every=0.5)
    for _ in range(50):
        stage.rest("BUY", "1", "1900")
        stage.control.streams.restart(now=stage.now)
        stage.run(72)
        assert len(stage.control.streams.connections) == 1
    assert live(*everything)
    assert len(stage.keeper._board._channels) == 3
    stage.finish()
    assert stage.control.streams.connections == []


def test_an_unknown_symbol_ends_its_own_watch_alone():
    """The refusal names no market: the one topic that waits is meant."""
    stage, everything = watched(1)
    wrong = stage.watch("ticker", "DOGE/USD")
    stage.run(1)
    assert wrong.consumer.has_ended
    with pytest.raises(Exception, match="100010"):
        stage.runner.run(wrong.consumer.next())
    assert live(*everything)


def test_of_several_that_wait_the_refused_ones_end_in_time():
    """Those that the venue answers go on; the others end with what was said, once it had its time."""
    stage = Stage(1)
    good, wrong, other = stage.watch("ticker"), stage.watch("ticker", "DOGE/USD"), stage.watch("ticker", "PEPE/USD")
    stage.run(20)
    assert live(good)
    assert wrong.consumer.has_ended
    assert other.consumer.has_ended
    with pytest.raises(Exception, match="100010"):
        stage.runner.run(wrong.consumer.next())
