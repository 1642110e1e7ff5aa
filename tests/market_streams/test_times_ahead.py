"""A frame whose time is ahead of the venue's others: it silences no topic, and what is true is shown soon after."""

from __future__ import annotations

from hk_adapter.execution.streams.market.heard import INSISTED
from hk_adapter.execution.streams.market.ticker import TickerTopic
from hk_adapter.execution.streams.market.trades import TradesTopic
from hk_adapter.model import BookSeen, PublicTradesSeen, Ticker, TickerSeen, Trade
from tests.cases import each
from tests.market_streams.stage import SYMBOL, Stage, shown

IN_2100 = 4_102_444_800_000
SOON = INSISTED + 5


class Ahead:
    """A reader that puts one frame's time forward, ``by`` so many ms, once it is told to."""

    def __init__(self, reader, by):
        self._reader = reader
        self.by = by
        self.is_next = False

    def __getattr__(self, name):
        return getattr(self._reader, name)

    def read(self, frame):
        """Read a frame."""
        events = self._reader.read(frame)
        if not self.is_next or not any(isinstance(one, BookSeen | TickerSeen | PublicTradesSeen) for one in events):
            return events
        self.is_next = False
        return [self._put_forward(event) for event in events]

    def _put_forward(self, event):
        match event:
            case BookSeen(book=book):
                return event.replace(book=book.replace(timestamp=book.timestamp + self.by))
            case TickerSeen(ticker=ticker):
                return event.replace(ticker=ticker.replace(timestamp=ticker.timestamp + self.by))
            case PublicTradesSeen(trades=trades):
                moved = tuple(trade.replace(timestamp=trade.timestamp + self.by) for trade in trades)
                return event.replace(trades=moved)
        return event


def staged(kind, by):
    """Open a stage on which somebody watches, and return it, what he is told, and what puts a frame forward."""
    stage = Stage()
    plan_of, readers = stage.open_market_stream, []

    async def open_market_stream():
        plan = await plan_of()
        readers.append(Ahead(plan.reader, by))
        return plan.replace(reader=readers[-1])

    stage.open_market_stream = open_market_stream
    told = stage.watch(kind)
    stage.run(2)
    assert told.consumer.is_whole
    return stage, told, readers[0]


def happen(stage, number):
    """Let something happen that each kind of topic tells of."""
    stage.rest("BUY", "1", str(1700 + number))
    stage.trade("0.5", str(1900 + number))


@each("kind", ["book", "trades", "ticker"])
@each("by", [2_000, 8_000, 3_600_000, IN_2100 - 1_700_000_000_000], ids=["2 s", "8 s", "1 h", "2100"])
@each("busy", [True, False], ids=["busy", "quiet"])
def test_one_time_that_is_ahead_silences_no_topic_for_long(kind, by, busy):
    """What happens after it is shown within seconds, in a market where only one thing more happens too."""
    stage, told, reader = staged(kind, by)
    happen(stage, 0)
    stage.run(1)
    reader.is_next = True
    happen(stage, 1)
    stage.run(0.5)
    assert not reader.is_next
    for number in range(2, 40 if busy else 3):
        happen(stage, number)
        stage.run(0.4)
    stage.run(SOON)
    assert told.consumer.is_whole
    last = told.updates[-1]
    if kind == "book":
        assert shown(last.book) == stage.sides()
    elif kind == "ticker":
        assert last.ticker.last == 1900 + number
    else:
        ids = [update.trade.id for update in told.updates]
        assert ids == stage.trades()
        assert not any(update.gap for update in told.updates)
    happen(stage, 50)
    stage.run(1)
    assert told.consumer.is_whole
    assert kind != "trades" or not busy or told.updates[-1].live


def test_a_time_that_is_far_ahead_is_a_doubt_at_once_where_the_next_is_heard():
    """No frame comes years late: one of the two times is wrong, and nobody knows which."""
    topic = TickerTopic()
    first, second = (TickerSeen(ticker=Ticker(symbol=SYMBOL, timestamp=at)) for at in (IN_2100, 1_800_000_000_000))
    assert topic.hear(first, 0).news
    assert topic.hear(second, 0.1).doubt is not None
    topic.lose()
    assert topic.hear(second, 0.2).news


def test_trades_are_live_again_after_one_whose_time_is_ahead():
    """Each is told all the while; and one that is late by itself changes nothing."""
    topic = TradesTopic()

    def told(name, at, now):
        trade = Trade(id=name, symbol=SYMBOL, timestamp=at)
        (update,) = topic.hear(PublicTradesSeen(symbol=SYMBOL, trades=(trade,), history=now == 0), now).news
        return update.live

    now = 1_800_000_000_000
    assert not told("a", now, 0)
    assert told("b", now + 1000, 1)
    assert not told("c", now - 60_000, 2)
    assert told("d", now + 2000, 3)
    assert told("e", IN_2100, 4)
    assert not told("f", now + 5000, 5)
    assert not told("g", now + 10_000, 10)
    assert told("h", now + 11_000, 11)
