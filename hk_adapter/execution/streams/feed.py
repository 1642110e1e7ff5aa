"""All who watch one stream: who is let in is told what is open, and from then on each change that is for him."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hk_adapter.errors import AdapterError
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.flow.guard import Guard
from hk_adapter.model import Evidence, Order, OrderUpdate, StreamReader

Symbols = frozenset[str | None]
"""Unified symbols; None among them stands for every one."""
ALL: Symbols = frozenset({None})


class Feed:
    """All who watch one stream. ``on_join`` is called, from any thread, when somebody comes."""

    def __init__(self, on_join: Callable[[], None]) -> None:
        self._lock = Guard()
        self._joining: list[Consumer] = []
        self._consumers: list[Consumer] = []
        self._on_join = on_join

    def join(self, consumer: Consumer) -> None:
        """Add somebody who watches, who is told what is open as soon as that is known."""
        with self._lock:
            self._joining.append(consumer)
        self._on_join()

    def leave(self, consumer: Consumer) -> bool:
        """Remove somebody who watches; return whether nobody is left."""
        with self._lock:
            self._joining = [one for one in self._joining if one is not consumer]
            self._consumers = [one for one in self._consumers if one is not consumer]
            return not (self._joining or self._consumers)

    @property
    def wanted(self) -> Symbols:
        """The symbols that are watched: None alone where somebody watches all."""
        return lists_of(self.symbols)

    @property
    def symbols(self) -> Symbols:
        """The symbols that are watched, each by itself; None among them stands for every one."""
        with self._lock:
            return frozenset(one.symbol for one in (*self._joining, *self._consumers))

    def newcomers(self, listed: Symbols = ALL) -> list[Consumer]:
        """Return who has come for what is ``listed``, and count them among the consumers from now on."""
        if not self._joining:
            return []
        with self._lock:
            come = [one for one in self._joining if covers(listed, one.symbol)]
            self._joining = [one for one in self._joining if one not in come]
            self._consumers = [*self._consumers, *come]
        return come

    @property
    def consumers(self) -> list[Consumer]:
        """Those who have been let in; the list is replaced, and never changed."""
        return self._consumers

    def note(self, trouble: AdapterError) -> None:
        """Record for all of them what keeps the stream from being opened."""
        with self._lock:
            everybody = [*self._joining, *self._consumers]
        for consumer in everybody:
            consumer.trouble = trouble

    def let_in(
        self, open_orders: Callable[[], Iterable[Order]], reader: StreamReader | None, listed: Symbols = ALL
    ) -> None:
        """Pass on what is open to those who have come for what is ``listed``; from then on they are told each change.

        ``open_orders`` lists it, where anybody has come: there may be very many.

        One who wants a symbol that the venue can have none of is told so, and let out again.
        """
        for consumer in self.newcomers(listed):
            if (error := fault_of(consumer.symbol, reader)) is not None:
                self.leave(consumer)
                consumer.end(error)
                continue
            for order in open_orders():
                _offer(consumer, found(order), reader)
            consumer.catch_up()

    def lose(self, updates: int) -> None:
        """Let the next update of each say that so many were lost: nobody knows whose."""
        for consumer in self.consumers:
            consumer.lose(updates)

    def tell(self, update: OrderUpdate, reader: StreamReader | None) -> None:
        """Pass an update on to everybody whom it is for."""
        for consumer in self.consumers:
            _offer(consumer, update, reader)

    def refuse(self, symbol: str | None, error: AdapterError) -> None:
        """End those who watch a symbol, or all of them, for the venue refuses just that."""
        with self._lock:
            refused = [one for one in (*self._joining, *self._consumers) if one.symbol == symbol]
        for consumer in refused:
            self.leave(consumer)
            consumer.end(error)

    def end(self, error: AdapterError | None = None) -> None:
        """End all of them."""
        with self._lock:
            everybody = [*self._joining, *self._consumers]
            self._joining, self._consumers = [], []
        for consumer in everybody:
            consumer.end(error)


def lists_of(named: Symbols) -> Symbols:
    """Return which lists show all that is watched: None, of everything, alone where somebody watches that."""
    return ALL if None in named else named


def covers(symbols: Symbols, symbol: str | None) -> bool:
    """Whether a list of these symbols shows all that one who watches another wants to know."""
    return None in symbols or symbol in symbols


def found(order: Order) -> OrderUpdate:
    """Return the update that tells what asking has shown, and not the stream."""
    return OrderUpdate(order=order, evidence=Evidence.QUERY, live=False)


def _offer(consumer: Consumer, update: OrderUpdate, reader: StreamReader | None) -> None:
    if consumer.symbol is None or _is_of(update.order, consumer.symbol, reader):
        consumer.offer(update)


def _is_of(order: Order, symbol: str, reader: StreamReader | None) -> bool:
    if order.symbol is not None or reader is None:
        return order.symbol == symbol
    try:
        return order.venue_symbol == reader.venue_symbol(symbol)
    except AdapterError:
        return False


def fault_of(symbol: str | None, reader: StreamReader | None) -> AdapterError | None:
    """Return why the venue can have no such symbol; None where it may."""
    if symbol is None or reader is None:
        return None
    try:
        reader.venue_symbol(symbol)
    except AdapterError as error:
        return error
    return None
