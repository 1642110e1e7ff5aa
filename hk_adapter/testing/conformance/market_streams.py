"""Public streams: what is subscribed to, and what the host shows of books, trades and tickers by their frames."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import cast

from hk_adapter.model import MarketTopic, OrderSide
from hk_adapter.model.market_streams import TopicKind
from hk_adapter.testing.conformance.as_it_is import FINE, LONG
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.bench_market_streams import Watching, told
from hk_adapter.testing.conformance.conduct import tells
from hk_adapter.testing.conformance.further_script import WritesMarketStreams
from hk_adapter.testing.conformance.other_values import with_other_values
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.reads import fuzzed
from hk_adapter.testing.conformance.script import Script
from hk_adapter.testing.conformance.scripted_data import ScriptedBookOrders, ScriptedTicker, ScriptedTrade
from hk_adapter.testing.conformance.scripted_desk import usual_ticker
from hk_adapter.testing.conformance.side_effects import watched
from hk_adapter.testing.conformance.spoiling import ROW, UNREADABLE

_NOW = 1_790_000_000_000
_SECOND = 1000
_FEW = 60
_KINDS: tuple[TopicKind, ...] = ("order_book", "trades", "ticker")
_BIDS = ((Decimal("1900.00000001"), LONG), (Decimal(999), FINE), (Decimal("99.25"), Decimal(3)))
_ASKS = ((Decimal("1901.25"), Decimal("1.5")), (Decimal(20_000), Decimal("0.5")), (LONG, Decimal(7)))


class MarketStreams:
    """Cases of ``open_market_stream`` and its plan's reader."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("open_market_stream")
    def test_a_public_stream_is_opened_where_the_venue_says(self) -> None:
        """The plan leads to one of ``stream_hosts``, needs no key, and is kept alive before its silence ends it.

        Look at: ``url``, ``first``, ``ping_every``, ``silence`` and ``lifetime`` of the ``MarketStreamPlan``, and the
        reader's ``ping``.
        """
        plan = self.bench.market_streams.open()
        hosts: frozenset[str] = getattr(self.bench.opened_venue, "stream_hosts", frozenset())
        require(plan.origin in hosts, f"the plan leads to {plan.origin}, which is none of {sorted(hosts)}")
        shown = (plan.url, *plan.first)
        is_shown = any(tells(text) or self.bench.api_key in text for text in shown)
        require(not is_shown, "what opens a stream that everybody may see holds the key, or the secret")
        times = {"silence": plan.silence, "lifetime": plan.lifetime, "ping_every": plan.ping_every}
        for name, seconds in times.items():
            require(seconds is None or seconds > 0, f"{name} is {seconds}")
        pings = plan.ping_every is not None
        late = f"it pings every {plan.ping_every} s, and is given up after {plan.silence} s of silence"
        require(not pings or (plan.ping_every or 0) < plan.silence, late)
        require(not pings or plan.reader.ping(_NOW), "it pings, and its reader writes no ping")

    @needs("open_market_stream", "other_symbol")
    def test_what_is_watched_is_subscribed_to_and_ended(self) -> None:
        """Each topic of each market is asked for as what it is, and its end asks for nothing.

        Look at: ``subscribe`` and ``unsubscribe`` of the reader; the script reads their texts by ``market_topic``.
        """
        watching = self._watching_markets()
        for topic in (MarketTopic(kind, symbol) for symbol in self._both_symbols() for kind in self._streamed_kinds()):
            before = len(watching.sent)
            consumer = watching.watch(topic)
            asked = self._topics_of(watching.sent[before:])
            require(asked == [topic], f"{topic.kind} of {topic.symbol} is watched, and {asked} was subscribed to")
            before = len(watching.sent)
            watching.leave(consumer)
            ended = watching.sent[before:]
            require(not self._topics_of(ended), f"the end of {topic.kind} of {topic.symbol} subscribes to it: {ended}")

    @needs("open_market_stream", "other_symbol")
    def test_a_book_of_the_stream_is_shown_as_it_is(self) -> None:
        """After each frame the host shows that very book, with every digit, and of its own market alone.

        Look at: which side is which, the best price first, ``BookChanged.previous`` and ``sequence`` where frames tell
        changes, and which market a frame is about.
        """
        watching, books = self._watching_markets(), self._streamed_books(self.script.symbol)
        one, two = (watching.watch(MarketTopic("order_book", symbol)) for symbol in self._both_symbols())
        (other,) = self._streamed_books(self._both_symbols()[1])[:1]
        watching.tell(self._market_writer.book_frames(other, None, _NOW))
        before: ScriptedBookOrders | None = None
        for number, book in enumerate(books):
            watching.tell(self._market_writer.book_frames(book, before, _NOW + number * _SECOND))
            _shows(one, book)
            before = book
        _shows(two, other)

    @needs("open_market_stream")
    def test_no_book_is_shown_that_lacks_a_change(self) -> None:
        """Where a frame is lost, or comes twice, the next book is the true one, or none is shown.

        Look at: ``BookChanged.previous``: the venue's own number of the change before, and none that you count.
        """
        first, second, third, fourth = self._streamed_books(self.script.symbol)
        watching = self._watching_markets()
        consumer = watching.watch(MarketTopic("order_book", self.script.symbol))
        watching.tell(self._market_writer.book_frames(first, None, _NOW))
        frames = self._market_writer.book_frames(second, first, _NOW + _SECOND)
        watching.tell([*frames, *frames])
        _shows_no_other(consumer, second)
        self._market_writer.book_frames(third, second, _NOW + 2 * _SECOND)  # which are lost
        watching.tell(self._market_writer.book_frames(fourth, third, _NOW + 3 * _SECOND))
        _shows_no_other(consumer, fourth)
        watching.tell(self._market_writer.book_frames(fourth, None, _NOW + 4 * _SECOND))
        _shows(consumer, fourth)

    @needs("open_market_stream", "streamed_trades")
    def test_trades_of_the_stream_are_told_once_and_as_they_are(self) -> None:
        """Each trade is told once, the oldest first; those from before the subscription are not told as live.

        Look at: ``PublicTradesSeen.history``, the trades' ids, and the side, which is the taker's.
        """
        watching, (*trades, missed) = self._watching_markets(), self._streamed_trades()
        consumer = watching.watch(MarketTopic("trades", self.script.symbol))
        history = self._market_writer.trade_frames(trades[:2], first=True)
        live = [frame for one in trades[2:] for frame in self._market_writer.trade_frames([one], first=False)]
        watching.tell([*history, *live])
        updates = told(consumer)
        read = [update.trade for update in updates]
        require(len(read) == len(trades), f"there were {len(trades)} trades, and {len(read)} were told")
        for trade, true in zip(read, trades, strict=True):
            _is_that_trade(trade, true)
        lived = [update.live for update in updates]
        require(lived == [False] * 2 + [True] * len(trades[2:]), f"the first two are of before, and live was {lived}")
        if all(trade.id is not None for trade in read):
            watching.tell([*history, *live])
            require(not told(consumer), "the same frames came again, and a trade was told twice")
        watching.tell(self._market_writer.trade_frames([*trades, missed], first=True))
        found = [(update.trade.price, update.live) for update in told(consumer)]
        require(found == [(missed.price, False)], f"of a list with one new trade, {found} was told, by price and live")

    @needs("open_market_stream", "streamed_tickers", "other_symbol")
    def test_a_ticker_of_the_stream_is_shown_as_it_is(self) -> None:
        """What the frame tells comes with every digit, of its own market; what it does not tell is not made up.

        Look at: which field of the row is which.
        """
        watching = self._watching_markets()
        for number, symbol in enumerate(self._both_symbols()):
            true = usual_ticker(symbol).replace(last=Decimal("1900.00000001"), volume=LONG, time=_NOW + number)
            consumer = watching.watch(MarketTopic("ticker", symbol))
            watching.tell(self._market_writer.ticker_frames(true))
            updates = told(consumer)
            require(updates, f"a frame told of the ticker of {symbol}, and none was shown")
            _is_that_ticker(updates[-1].ticker, true)

    @needs("open_market_stream", UNREADABLE)
    def test_a_market_frame_that_cannot_be_read_is_a_doubt(self) -> None:
        """A book one of whose numbers is none is not shown, nor is the one before it: the host subscribes again.

        Look at: what ``read`` catches: all that is wrong with a frame, and each becomes a ``TopicUnread``.
        """
        watching, symbol = self._watching_markets(), self.script.symbol
        consumer = watching.watch(MarketTopic("order_book", symbol))
        first, _, _, last = self._streamed_books(symbol)
        watching.tell(self._market_writer.book_frames(first, None, _NOW))
        spoilt = ScriptedBookOrders(symbol=symbol, bids=((Decimal(1890), Decimal(ROW)),), asks=first.asks)
        frames = self._market_writer.book_frames(spoilt, first, _NOW + _SECOND)
        broken = [frame.replace(ROW, "NaN") for frame in frames]
        require(broken != list(frames), f"the script does not write the amount {ROW} with these digits")
        watching.tell(broken)
        require(not consumer.is_whole, "a book could not be read, and one is shown as if nothing had come")
        watching.tell(self._market_writer.book_frames(last, None, _NOW + 2 * _SECOND))
        _shows(consumer, last)

    @needs("open_market_stream")
    def test_garbage_on_a_public_stream_is_never_raised(self) -> None:
        """Whatever frames come, ``read`` gives events: no watch is lost by one.

        Look at: what ``read`` does between the text and the events; a topic may be a list, a number, or missing.
        """
        watching, book = self._watching_markets(), self._streamed_books(self.script.symbol)[0]
        watching.watch(MarketTopic("order_book", self.script.symbol))
        for frame in self._market_writer.book_frames(book, None, _NOW):
            watching.tell(body.decode("utf-8", "replace") for body in fuzzed(frame.encode(), _FEW))
            watching.tell(with_other_values(frame))

    @needs("open_market_stream")
    def test_market_frames_that_say_nothing_give_nothing(self) -> None:
        """A pong is no event and no doubt; a ping gets its answer.

        Look at: which frames the venue documents besides: a ``TopicUnread`` makes the host subscribe again.
        """
        watching = self._watching_markets()
        for frame in self._market_writer.market_quiet_frames():
            events = watching.tell([frame])
            require(not events, f"the frame {frame[:60]!r} says nothing, and gave {events}")
        for ping, pong in self._market_writer.market_pings():
            watching.replies.clear()
            watching.tell([ping])
            require(watching.replies, f"the frame {ping[:60]!r} wants an answer, and got none")
            same = json.loads(watching.replies[0]) == json.loads(pong)
            require(same, f"{ping[:60]!r} is answered by {pong!r}, not {watching.replies[0]!r}")

    @needs("open_market_stream", "other_symbol")
    def test_what_nobody_watches_says_nothing(self) -> None:
        """Frames of another market, and of one whose subscription was ended, put nothing that is watched in doubt.

        Look at: what ``read`` makes of a frame about what was not subscribed to, or is no more: no event at all.
        """
        watching = self._watching_markets()
        symbol, other = self._both_symbols()
        (book, *_), (foreign, *_) = self._streamed_books(symbol), self._streamed_books(other)
        consumer = watching.watch(MarketTopic("order_book", symbol))
        watching.tell(self._market_writer.book_frames(book, None, _NOW))
        watching.tell(self._market_writer.book_frames(foreign, None, _NOW))
        _shows(consumer, book)
        gone = watching.watch(MarketTopic("order_book", other))
        watching.leave(gone)
        events = watching.tell(self._market_writer.book_frames(foreign, None, _NOW))
        require(not events, f"a frame came after its subscription had ended, and gave {events}")
        _shows(consumer, book)

    @needs("open_market_stream", "the_hosts_clock")
    def test_a_reader_of_markets_does_nothing_beside(self) -> None:
        """It opens no socket, starts no thread, never sleeps, and reads no clock.

        Look at: the imports of the reader: times are those of the frames.
        """
        plan, topic = self.bench.market_streams.open(), MarketTopic("order_book", self.script.symbol)
        frames = self._market_writer.book_frames(self._streamed_books(self.script.symbol)[0], None, _NOW)
        with watched(clocks=True) as done, suppress(Exception):  # what it raises is another case's
            plan.reader.subscribe(topic)
            for frame in frames:
                plan.reader.read(frame)
            plan.reader.unsubscribe(topic)
        require(not done, f"a reader did something by itself: {', '.join(done)}")

    @property
    def _market_writer(self) -> WritesMarketStreams:
        return cast("WritesMarketStreams", self.script)

    def _watching_markets(self) -> Watching:
        return Watching(self.bench.market_streams.open())

    def _both_symbols(self) -> tuple[str, str]:
        return self.script.symbol, getattr(self.script, "other_symbol", self.script.symbol)

    def _streamed_kinds(self) -> list[TopicKind]:
        without = {"streamed_trades": "trades", "streamed_tickers": "ticker"}
        left_out = {kind for name, kind in without.items() if name in self.absent}
        return [kind for kind in _KINDS if kind not in left_out]

    def _topics_of(self, texts: Sequence[str]) -> list[MarketTopic]:
        return [topic for text in texts if (topic := self._market_writer.market_topic(text)) is not None]

    def _streamed_books(self, symbol: str) -> list[ScriptedBookOrders]:
        """Build four books, of which each changes a price or an amount of the one before."""
        factor = Decimal(1) if symbol == self.script.symbol else Decimal(2)
        bids, asks = (tuple((price, amount * factor) for price, amount in side) for side in (_BIDS[:2], _ASKS[:2]))
        first = ScriptedBookOrders(symbol=symbol, bids=bids, asks=(*asks, _ASKS[2]))
        second = first.replace(bids=(*bids, _BIDS[2]))
        third = second.replace(asks=((Decimal("1900.5"), Decimal(2)), *asks[:1]))
        return [first, second, third, third.replace(bids=((bids[0][0], Decimal("0.25")), *bids[1:]))]

    def _streamed_trades(self) -> list[ScriptedTrade]:
        sides = (OrderSide.BUY, OrderSide.SELL, OrderSide.SELL, OrderSide.BUY, OrderSide.BUY)
        numbers = (
            (Decimal("1900.5"), Decimal(2)),
            (LONG, FINE),
            (Decimal(1899), LONG),
            (FINE, Decimal("0.5")),
            (Decimal("1901.5"), Decimal(3)),
        )
        return [
            ScriptedTrade(
                id=f"30000{number}",
                symbol=self.script.symbol,
                side=side,
                price=price,
                amount=amount,
                time=_NOW + number * _SECOND,
            )
            for number, (side, (price, amount)) in enumerate(zip(sides, numbers, strict=True))
        ]


def _shows(consumer: object, true: ScriptedBookOrders) -> None:
    shown = _book_shown_to(consumer)
    require(shown is not None, f"a frame told of the book of {true.symbol}, and none is shown")
    _shows_no_other(consumer, true)


def _shows_no_other(consumer: object, true: ScriptedBookOrders) -> None:
    shown = _book_shown_to(consumer)
    if shown is None:
        return
    sides = (true.symbol, true.bids, true.asks)
    require(shown == sides, f"the book of {true.symbol} is {sides[1:]}, and {shown} is shown")


def _book_shown_to(consumer: object) -> tuple[object, ...] | None:
    """Return what one who watches a book sees of it; None where nothing is shown, since it is in doubt."""
    if not getattr(consumer, "is_whole", False):
        return None
    (update,) = consumer.known.held()  # type: ignore[attr-defined]
    book = update.book
    return (book.symbol, tuple(map(tuple, book.bids)), tuple(map(tuple, book.asks)))


def _is_that_trade(read: object, true: ScriptedTrade) -> None:
    for name in ("symbol", "side", "price", "amount"):
        value, is_so = getattr(read, name), getattr(true, name)
        require(value == is_so, f"{name} of the trade {true.id} is {is_so}, and was told as {value}")
    told_id, at = getattr(read, "id", None), getattr(read, "timestamp", None)
    require(told_id in (None, true.id), f"the trade {true.id} was told as {told_id}")
    near = at is None or abs(at - true.time) <= _SECOND
    require(near, f"the trade {true.id} was made at {true.time}, and was told as made at {at}")


def _is_that_ticker(read: object, true: ScriptedTicker) -> None:
    named = {"base_volume": "volume", "timestamp": "time"}
    for name in ("symbol", "bid", "ask", "open", "high", "low", "last", "base_volume"):
        value, is_so = getattr(read, name), getattr(true, named.get(name, name))
        is_told = value is not None or name in {"symbol", "last"}
        require(not is_told or value == is_so, f"{name} of {true.symbol} is {is_so}, and was told as {value}")
