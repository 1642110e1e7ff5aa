"""All who watch market data of one venue, by what they watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.execution.streams.market.consumer import MarketConsumer
from hk_adapter.flow.guard import Guard
from hk_adapter.model import MarketTopic

Anybody = MarketConsumer[Any]


class MarketFeed:
    """All who watch. ``on_change`` is called, from any thread, when somebody comes or goes."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._lock = Guard()
        self._everybody: dict[MarketTopic, tuple[Anybody, ...]] = {}
        self._on_change = on_change

    def join(self, consumer: Anybody) -> None:
        """Add somebody who watches, who is told what there is as soon as that is whole."""
        with self._lock:
            self._everybody[consumer.topic] = (*self._everybody.get(consumer.topic, ()), consumer)
        self._on_change()

    def leave(self, consumer: Anybody) -> bool:
        """Remove somebody who watches; return whether nobody is left."""
        with self._lock:
            left = tuple(one for one in self._everybody.get(consumer.topic, ()) if one is not consumer)
            if left:
                self._everybody[consumer.topic] = left
            else:
                self._everybody.pop(consumer.topic, None)
            nobody = not self._everybody
        self._on_change()
        return nobody

    @property
    def topics(self) -> tuple[MarketTopic, ...]:
        """What is watched."""
        with self._lock:
            return tuple(self._everybody)

    def of(self, topic: MarketTopic) -> tuple[Anybody, ...]:
        """Return those who watch a topic."""
        return self._everybody.get(topic, ())

    def note(self, trouble: AdapterError) -> None:
        """Record for all of them what keeps the stream from being opened."""
        for topic in self.topics:
            self.note_for(topic, trouble)

    def note_for(self, topic: MarketTopic, trouble: AdapterError) -> None:
        """Record for those who watch a topic what keeps it from them."""
        for consumer in self.of(topic):
            consumer.trouble = trouble

    def end(self, error: AdapterError | None = None) -> None:
        """End all of them."""
        for topic in self.topics:
            self.end_of(topic, error)

    def end_of(self, topic: MarketTopic, error: AdapterError | None) -> None:
        """End those who watch a topic."""
        with self._lock:
            left = self._everybody.pop(topic, ())
        for consumer in left:
            consumer.end(error)
