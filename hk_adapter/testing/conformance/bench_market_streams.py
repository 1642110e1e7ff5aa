"""Public streams of a bench: what a host knows of markets by the frames of a script. No connection is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument
from hk_adapter.execution.streams.market.asking import AskingForMarkets
from hk_adapter.execution.streams.market.board import Board
from hk_adapter.execution.streams.market.consumer import BookConsumer, MarketConsumer, TickerConsumer, TradesConsumer
from hk_adapter.execution.streams.market.feed import MarketFeed
from hk_adapter.execution.streams.market.reading import events_of
from hk_adapter.flow.effects import Flow
from hk_adapter.model import MarketEvent, MarketStreamPlan, MarketTopic, Reply, StreamOver
from hk_adapter.testing.conformance.promises import BrokenPromise
from hk_adapter.venue.connection import Connection

_SECONDS = 10.0
_STEP = 0.01
_MAKE: dict[str, Callable[[str], MarketConsumer[Any]]] = {
    "order_book": BookConsumer,
    "trades": TradesConsumer,
    "ticker": TickerConsumer,
}


class BenchMarketStreams:
    """Plans public streams, each as a whole call of the host's. ``run`` runs a flow to its end."""

    def __init__(self, connection: Connection, run: Callable[[Flow[Any]], Any]) -> None:
        calls = connection.calls
        self._asking = AskingForMarkets(hooks=calls.hooks, venue_id=calls.venue_id, place=calls.place, timeout=_SECONDS)
        self._run = run

    def open(self) -> MarketStreamPlan:
        """Ask for a plan."""
        plan: MarketStreamPlan = self._run(self._asking.open_market_stream())
        return plan


class Watching:
    """One connection as the host keeps it: topics that are watched, and what is known of each.

    Attributes:
        sent: what was written to the venue, subscriptions and their ends.
        replies: what the reader wants to be answered.
    """

    def __init__(self, plan: MarketStreamPlan) -> None:
        self.sent: list[str] = []
        self.replies: list[str] = []
        self._plan = plan
        self._now = 0.0
        self._feed = MarketFeed(lambda: None)
        self._board = Board(self._feed, _SECONDS)
        self._board.open(self._now)

    def watch(self, topic: MarketTopic) -> MarketConsumer[Any]:
        """Add one who watches a topic, and subscribe to it."""
        consumer = _MAKE[topic.kind](topic.symbol)
        self._feed.join(consumer)
        self._send()
        return consumer

    def leave(self, consumer: MarketConsumer[Any]) -> None:
        """Remove him, and end what he watched."""
        self._feed.leave(consumer)
        self._send()

    def tell(self, frames: Iterable[str]) -> list[MarketEvent]:
        """Have frames read, and their events heard; return those. Raises BrokenPromise where the reader breaks."""
        heard: list[MarketEvent] = []
        for frame in frames:
            self._now += _STEP
            try:
                events = events_of(self._plan, frame)
                for event in events:
                    self._hear(event)
            except (AdapterError, InvalidArgument) as error:
                raise BrokenPromise(f"the frame {frame[:60]!r} was not read: {error}") from error
            heard += events
        return heard

    def _hear(self, event: MarketEvent) -> None:
        if isinstance(event, Reply):
            self.replies.append(event.text)
        elif isinstance(event, StreamOver):
            self._board.lose()
        else:
            self._board.hear(event, self._now)

    def _send(self) -> None:
        self._now += _STEP
        try:
            self.sent += self._board.texts(self._plan.reader, self._now)
        except AdapterError as error:
            raise BrokenPromise(f"what subscribes was not written: {error}") from error


def told(consumer: MarketConsumer[Any]) -> list[Any]:
    """Return what waits for one who watches, and take it."""
    updates: list[Any] = []
    while consumer._waiting:
        updates.append(consumer._take_next())
    return updates
