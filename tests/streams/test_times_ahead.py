"""A time of the venue's that is far ahead: it freezes no balance, no order and no fill."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from hk_adapter.execution.streams.balance_watcher import BalanceWatcher
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.fills import Fills
from hk_adapter.execution.streams.watched_fills import OVERLAP, WatchedFills
from hk_adapter.flow.effects import Moment
from tests.cases import each
from tests.streams.script import EPOCH, Scripted, fill, frame, funds, row, told, told_funds

IN_2100 = 4_102_444_800_000 - EPOCH
AHEAD = {"20 s": 125_000, "an hour": 3_705_000, "2100": IN_2100}


def usd(now):
    """Return what there is: one less each five seconds from 105 s on."""
    return str(10 - max(0, int((now - 100) // 5)))


@each("ahead", AHEAD.values(), ids=list(AHEAD))
@each("dated", [False, True], ids=["answers without times", "answers with times"])
def test_a_balance_is_not_frozen_by_one_time_that_is_ahead(ahead, dated):
    """What comes after it is told within seconds, and live again; and not by asking each time."""
    venue = Scripted(silence=3600.0)
    venue.funds = lambda now: funds(("USD", usd(min(now, 140)), "0"), at=int(now * 1000) if dated else None)
    venue.streams = [
        [
            (at + 0.05, frame(("funds", ahead if at == 105 else at * 1000, ("USD", usd(at), "0"))))
            for at in range(105, 145, 5)
        ]
    ]
    venue.watch(300, one := BalanceWatcher())
    assert told_funds(one)[-3:] == [("4", True), ("3", True), ("2", True)]
    amounts = [int(amount) for amount, _ in told_funds(one)]
    assert all(first > second for first, second in pairwise(amounts))
    assert [name for _, name in venue.asked].count("balance") <= 10
    assert one._waiting[-1].balances.timestamp <= EPOCH + 300_000


@each("ahead", AHEAD.values(), ids=list(AHEAD))
def test_an_order_is_not_frozen_by_one_time_that_is_ahead(ahead):
    """Its end is looked up once, and told."""
    end = row("a", "canceled", "0.4", at=EPOCH + 110_000)
    venue = Scripted(silence=3600.0)
    venue.open_rows = lambda now: [row("a", at=EPOCH + 90_000)] if now < 110 else []
    venue.orders = lambda order_id, now: end
    venue.streams = [
        [
            (105, frame(("order", "a", "open", "0.4", EPOCH + ahead))),
            (110, frame(("order", "a", "canceled", "0.4", EPOCH + 110_000))),
        ]
    ]
    venue.watch(115, one := Consumer())
    assert [said[:3] for said in told(one)] == [("a", "open", "0"), ("a", "open", "0.4"), ("a", "canceled", "0.4")]
    assert venue.names().count("look a") <= 1


@each("ahead", [*AHEAD.values(), None], ids=[*AHEAD, "none"])
def test_fills_are_told_for_ever_after_one_whose_time_is_ahead(ahead):
    """However many are remembered: it makes no later one look as if it had been told."""
    fills = Fills(most=10)
    assert fills.is_news(fill("ahead", "a", "0.1", ahead))
    for number in range(50):
        one = fill(str(number), "a", "0.1", 1000 * number)
        assert fills.is_news(one)
        assert not fills.is_news(one)
    assert not fills.is_news(fill("3", "a", "0.1", 3000)), "it was told, and is forgotten"
    assert len(fills._named) == len(fills._by_time) == 10


def test_an_id_that_the_venue_gives_every_fill_takes_no_memory():
    """Each is told once all the same, also where a list shows it again; those of other ids are as many as before."""
    fills = Fills(most=1200)
    everything = [fill("0", None, "0.1", 1000 * number, price=Decimal(2000 + number)) for number in range(2500)]
    assert all(fills.is_news(one) for one in everything)
    assert not any(fills.is_news(one) for one in everything[-500:])
    assert fills.listed(everything[-500:]) == []
    assert fills.is_news(fill("1", None, "0.1", 5_000_000))
    assert sum(map(len, fills._named.values())) == len(fills._by_time) <= 1200
    assert len(fills._crowded) <= 1200


def test_fills_are_asked_for_from_now_on_where_our_clock_was_ahead():
    """A clock that is set back leaves nothing out."""
    since = []

    class Asks:
        async def my_trades(self, at):
            since.append(at)
            return []

    fills = WatchedFills(Asks(), 10.0)
    for monotonic, at in ((0.0, 0), (100.0, IN_2100), (200.0, 200_000)):
        with pytest.raises(StopIteration):
            fills.learn(Moment(monotonic=monotonic, timestamp=EPOCH + at)).send(None)
    assert since[-1] == EPOCH + 200_000 - OVERLAP
