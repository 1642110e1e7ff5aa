"""All who watch one subject of a stream beside orders, and the one door for whoever watches that stream."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from hk_adapter.errors import AdapterError
from hk_adapter.execution.streams.feed import Feed, Symbols, fault_of
from hk_adapter.execution.streams.waiting import MOST_WAITING, Waiting
from hk_adapter.flow.guard import Guard
from hk_adapter.model import StreamReader

U = TypeVar("U")


class Watcher(Waiting[U]):
    """One who watches a subject; a gap behind what he was told is closed by asking.

    Attributes:
        symbol: the only one that he is told of; None: all.
    """

    def __init__(self, symbol: str | None = None, most: int = MOST_WAITING) -> None:
        super().__init__(most)
        self.symbol = symbol
        self._has_gap = True

    @property
    def is_whole(self) -> bool:
        """As Waiting.is_whole."""
        return not self._has_gap

    def note_gap(self, there_is: bool) -> None:
        """Record whether there is a gap behind what he was told."""
        self._has_gap = there_is

    @abstractmethod
    def wants(self, update: U) -> bool:
        """Whether an update is for him."""


class Audience(Generic[U]):
    """All who watch one subject; ``kind`` is their class.

    Attributes:
        told: how many updates were passed on.
        is_new: whether those who watch have come after nobody did: what was known before them is old.
        emptied: how often nobody was left: whoever has learned nothing since is as far behind.
    """

    def __init__(self, kind: type[Watcher[U]]) -> None:
        self.kind = kind
        self._lock = Guard()
        self.told = 0
        self.is_new = True
        self.emptied = 0
        self._joining: list[Watcher[U]] = []
        self._inside: list[Watcher[U]] = []

    @property
    def is_wanted(self) -> bool:
        """Whether anybody watches, or waits to."""
        return bool(self._inside or self._joining)

    @property
    def symbols(self) -> Symbols:
        """What is watched; None stands for every symbol."""
        return frozenset(watcher.symbol for watcher in self.everybody)

    @property
    def everybody(self) -> list[Watcher[U]]:
        """Those who watch, and those who wait to."""
        with self._lock:
            return [*self._joining, *self._inside]

    def join(self, watcher: Watcher[U]) -> None:
        """Add somebody who waits for what there is to begin with."""
        with self._lock:
            self._joining = [*self._joining, watcher]

    def leave(self, watcher: Watcher[U]) -> None:
        """Remove somebody."""
        with self._lock:
            self._joining = [one for one in self._joining if one is not watcher]
            self._inside = [one for one in self._inside if one is not watcher]
            if not self.is_wanted:
                self.is_new, self.emptied = True, self.emptied + 1

    def admit(self, first: Callable[[], Iterable[U]], reader: StreamReader | None) -> None:
        """Pass on what there is to those who wait, made by ``first`` where anybody does.

        One who wants a symbol that the venue can have none of is told so, and let out again.
        """
        if not self._joining:
            return
        updates = tuple(first())
        with self._lock:
            come, self._joining = self._joining, []
            self._inside = [*self._inside, *come]
        for watcher in come:
            if (error := fault_of(watcher.symbol, reader)) is not None:
                self.leave(watcher)
                watcher.end(error)
                continue
            _pass_on(updates, watcher)
            watcher.note_gap(False)
            watcher.catch_up()

    def tell(self, update: U, *, early: bool = False) -> None:
        """Pass an update on to all whom it is for; where ``early``, to those who still wait, too."""
        self.told += 1
        with self._lock:
            told = [*self._joining, *self._inside] if early else self._inside
        for watcher in told:
            _pass_on((update,), watcher)

    def note_gap(self, there_is: bool) -> None:
        """Record whether there is a gap behind what those within were told."""
        for watcher in self._inside:
            watcher.note_gap(there_is)

    def note(self, trouble: AdapterError) -> None:
        """Record for all of them what keeps it from being told."""
        for watcher in self.everybody:
            watcher.trouble = trouble

    def refuse(self, symbol: str | None, error: AdapterError) -> None:
        """End those who watch a symbol, or all of them, for the venue refuses just that."""
        for watcher in self.everybody:
            if watcher.symbol == symbol:
                self.leave(watcher)
                watcher.end(error)

    def end(self, error: AdapterError | None = None) -> None:
        """End all of them."""
        with self._lock:
            everybody = [*self._joining, *self._inside]
            self._joining, self._inside, self.is_new = [], [], True
            self.emptied += 1
        for watcher in everybody:
            watcher.end(error)


class SharedFeed(Feed):
    """The door of one stream: whoever watches orders is of the feed itself, and all others are of an audience."""

    def __init__(self, on_join: Callable[[], None], audiences: Iterable[Audience[Any]]) -> None:
        super().__init__(on_join)
        self._audiences = tuple(audiences)

    def join(self, consumer: Any) -> None:
        """As Feed.join."""
        if (audience := self._audience_of(consumer)) is None:
            super().join(consumer)
        else:
            audience.join(consumer)
            self._on_join()

    def leave(self, consumer: Any) -> bool:
        """As Feed.leave."""
        if (audience := self._audience_of(consumer)) is not None:
            audience.leave(consumer)
        no_orders = super().leave(consumer)
        return no_orders and not any(one.is_wanted for one in self._audiences)

    def note(self, trouble: AdapterError) -> None:
        """As Feed.note."""
        super().note(trouble)
        for audience in self._audiences:
            audience.note(trouble)

    def end(self, error: AdapterError | None = None) -> None:
        """As Feed.end."""
        super().end(error)
        for audience in self._audiences:
            audience.end(error)

    def end_orders(self, error: AdapterError) -> None:
        """End those who watch orders, and no others."""
        super().end(error)

    def _audience_of(self, consumer: Any) -> Audience[Any] | None:
        return next((one for one in self._audiences if isinstance(consumer, one.kind)), None)


def _pass_on(updates: Iterable[U], watcher: Watcher[U]) -> None:
    for update in updates:
        if watcher.wants(update):
            watcher.offer(update)
