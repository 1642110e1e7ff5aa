"""What is subscribed to on one connection: what to send for it, and what its frames mean for whom.

No I/O, no clock: times are seconds of the monotonic one, as they are passed in. One flow uses it at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hk_adapter.errors import AdapterError, PluginError, RateLimited, VenueUnavailable
from hk_adapter.execution.streams.market.book import BookTopic
from hk_adapter.execution.streams.market.feed import MarketFeed
from hk_adapter.execution.streams.market.heard import INSISTED, Topic
from hk_adapter.execution.streams.market.ticker import TickerTopic
from hk_adapter.execution.streams.market.trades import TradesTopic
from hk_adapter.flow.log_line import Lines
from hk_adapter.model import (
    BookChanged,
    BookSeen,
    MarketEvent,
    MarketStreamReader,
    MarketTopic,
    PublicTradesSeen,
    Subscribed,
    SubscriptionRefused,
    TickerSeen,
    TopicUnread,
)
from hk_adapter.model.market_streams import TopicKind

ANSWERED_IN = 5.0
"""Seconds in which the venue must show what was subscribed to, before that is sent again; then twice as long each."""
LONGEST_ANSWER = 30.0
SENT_AGAIN, LASTING = 1.0, 10.0
"""Seconds after which a topic in doubt is subscribed to again; twice as long each time where it was not whole as long
as that before."""

_PASSING = (RateLimited, VenueUnavailable)

_KINDS: Mapping[TopicKind, Callable[[], Topic]] = {
    "order_book": BookTopic,
    "trades": TradesTopic,
    "ticker": TickerTopic,
}


@dataclass(slots=True)
class _Channel:
    """One topic.

    Attributes:
        since: since when its first word is waited for, on an open connection.
        due: when it is to be subscribed to, or again.
        sent: when that was last sent on this connection; None before.
        answered: whether the venue ever answered it, with data or a word.
        unanswered: how often it was sent since it was whole.
        trouble: what may have been its refusal.
        whole_since: since when it is whole, or was it last.
        pause: seconds to wait before it is subscribed to again, after it was in doubt.
    """

    topic: MarketTopic
    known: Topic
    since: float
    due: float
    sent: float | None = None
    answered: bool = False
    unanswered: int = 0
    trouble: AdapterError | None = None
    whole_since: float = 0.0
    pause: float = SENT_AGAIN


class Board:
    """The topics of one opened venue, from one connection to the next.

    ``patience``: seconds within which the venue must answer the first subscription to a topic.

    Attributes:
        has_told: whether anything was whole ever.
    """

    def __init__(self, feed: MarketFeed, patience: float) -> None:
        self.has_told = False
        self._feed = feed
        self._log = Lines("hk_adapter.streams", most=20)
        self._patience = patience
        self._channels: dict[MarketTopic, _Channel] = {}

    def open(self, now: float) -> None:
        """Begin with a connection on which nothing is subscribed to."""
        for channel in self._channels.values():
            self._lose(channel)
            channel.since = channel.due = now
            channel.sent, channel.unanswered = None, 0

    def lose(self) -> None:
        """Record that the connection is lost: nothing is whole until it was subscribed to on another one."""
        for channel in self._channels.values():
            self._lose(channel)

    def texts(self, reader: MarketStreamReader, now: float) -> list[str]:
        """Return what is to be sent now: ends of what nobody watches any more, and what is due."""
        texts: list[str] = []
        wanted = self._feed.topics
        for topic in [topic for topic in self._channels if topic not in wanted]:
            if self._channels.pop(topic).sent is not None:
                texts += _written(reader.unsubscribe, topic)
        for topic in wanted:
            channel = self._channels.get(topic)
            if channel is None:
                channel = self._channels[topic] = _Channel(topic, _KINDS[topic.kind](), since=now, due=now)
            self._let_in(channel)
            if channel.due <= now:
                texts += self._subscription(channel, reader, now)
        return texts

    def next_due(self) -> float:
        """Return when there is something to send next."""
        return min((channel.due for channel in self._channels.values()), default=math.inf)

    def hear(self, event: MarketEvent, now: float) -> None:
        """Record what an event says, and tell those whom it is for."""
        match event:
            case TopicUnread(reason=reason, topic=None):
                for channel in self._channels.values():
                    self._doubt(channel, reason, now)
            case TopicUnread(reason=reason, topic=topic):
                if (found := self._found(topic)) is not None:
                    self._doubt(found, reason, now)
            case SubscriptionRefused(error=error, about=about):
                self._refused(error, about, now)
            case _:
                if (found := self._found(topic_of(event))) is not None:
                    self._hear(found, event, now)

    def _found(self, topic: MarketTopic | None) -> _Channel | None:
        return None if topic is None else self._channels.get(topic)

    def _hear(self, channel: _Channel, event: MarketEvent, now: float) -> None:
        channel.answered = True
        heard = channel.known.hear(event, now)
        if heard.doubt is not None:
            self._doubt(channel, heard.doubt, now)
            return
        if heard.is_older:  # where nothing newer comes that confirms what was shown, it is asked for again
            channel.due = min(channel.due, now + INSISTED)
            return
        for consumer in self._feed.of(channel.topic):
            if consumer.is_caught_up:
                for update in heard.news:
                    consumer.offer(update)
        self._let_in(channel)
        if channel.known.is_whole:
            if channel.unanswered:
                channel.whole_since = now
            channel.due, channel.unanswered, self.has_told = math.inf, 0, True

    def _let_in(self, channel: _Channel) -> None:
        """Pass on what there is to those who have come; from then on they are told each change."""
        for consumer in self._feed.of(channel.topic):
            consumer.known = channel.known
            if channel.known.is_whole and not consumer.is_caught_up:
                for update in channel.known.held():
                    consumer.offer(update)
                consumer.catch_up()

    def _doubt(self, channel: _Channel, reason: str, now: float) -> None:
        """Have a topic begin anew. Nothing more of it is told until it is whole."""
        self._log.warning("%s of %s: %s; it is subscribed to again", channel.topic.kind, channel.topic.symbol, reason)
        was_whole = channel.known.is_whole
        self._lose(channel)
        if was_whole and now - channel.whole_since >= LASTING:
            channel.pause = SENT_AGAIN
        if was_whole or channel.unanswered == 1:
            channel.due = min(channel.due, max(now, channel.sent or 0.0) + channel.pause)
            channel.pause = min(LONGEST_ANSWER, 2 * channel.pause)

    def _lose(self, channel: _Channel) -> None:
        channel.known.lose()
        for consumer in self._feed.of(channel.topic):
            consumer.withdraw()

    def _subscription(self, channel: _Channel, reader: MarketStreamReader, now: float) -> list[str]:
        if not channel.answered and channel.unanswered and now - channel.since >= self._patience:
            error = channel.trouble or VenueUnavailable(
                f"the venue did not answer the subscription to {channel.topic.kind} of {channel.topic.symbol}"
            )
            return self._given_up(channel, reader, error)
        try:
            texts = [] if channel.sent is None else _written(reader.unsubscribe, channel.topic)
            texts += _written(reader.subscribe, channel.topic)
        except PluginError:
            raise
        except AdapterError as error:
            return self._given_up(channel, reader, error)
        channel.sent = now
        channel.due = now + min(LONGEST_ANSWER, ANSWERED_IN * 2.0**channel.unanswered)
        if not channel.answered:
            channel.due = min(channel.due, max(now + SENT_AGAIN, channel.since + self._patience))
        channel.unanswered += 1
        return texts

    def _given_up(self, channel: _Channel, reader: MarketStreamReader, error: AdapterError) -> list[str]:
        del self._channels[channel.topic]
        self._feed.end_of(channel.topic, error)
        return [] if channel.sent is None else _written(reader.unsubscribe, channel.topic)

    def _refused(self, error: AdapterError, about: tuple[MarketTopic, ...], now: float) -> None:
        """End the topic that was refused; where it may be any of several, whichever stays unanswered ends by that.

        One that passes by itself is waited for, as an answer is: it ends whoever has waited long enough for the first.
        Where none waits for an answer, nobody knows what was refused: each is asked for again, and may be then.
        """
        may_be = [self._channels[topic] for topic in about or self._channels if topic in self._channels]
        waiting = [channel for channel in may_be if channel.unanswered]
        if not waiting:
            for channel in may_be:
                self._doubt(channel, "something was refused", now)
        if isinstance(error, _PASSING):
            for channel in waiting:
                channel.trouble = error
                channel.due = max(channel.due, now + (error.retry_after or SENT_AGAIN))
                self._feed.note_for(channel.topic, error)
            return
        if len(waiting) == 1:
            del self._channels[waiting[0].topic]
            self._feed.end_of(waiting[0].topic, error)
            return
        for channel in waiting:
            channel.trouble = error
            self._feed.note_for(channel.topic, error)


def topic_of(event: MarketEvent) -> MarketTopic | None:
    """Return which topic an event is about; None for one that is about none."""
    match event:
        case BookSeen(book=book):
            return MarketTopic("order_book", book.symbol)
        case BookChanged(symbol=symbol):
            return MarketTopic("order_book", symbol)
        case PublicTradesSeen(symbol=symbol):
            return MarketTopic("trades", symbol)
        case TickerSeen(ticker=ticker):
            return None if ticker.symbol is None else MarketTopic("ticker", ticker.symbol)
        case Subscribed(topic=topic):
            return topic
        case _:
            return None


def _written(write: Callable[[MarketTopic], object], topic: MarketTopic) -> list[str]:
    """Ask a reader for texts. Raises PluginError where it breaks, or gives none."""
    try:
        texts = write(topic)
    except AdapterError:
        raise
    except Exception as error:
        raise PluginError(f"a stream's reader broke with {type(error).__name__}") from error
    if not isinstance(texts, list | tuple) or any(type(text) is not str for text in texts):
        raise PluginError("a stream's reader gave no list of texts to send")
    return list(texts)
