"""What this process knows of one key's orders: which it placed and saw, and which had ended. Bounded; no clock.

A view of the venue may lag, and a client order id may have been used before. What was learned here lags never.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar
from weakref import WeakSet

from hk_adapter.execution.send_times import clocks_apart
from hk_adapter.flow.effects import Moment
from hk_adapter.flow.guard import Guard
from hk_adapter.model import CancelOrdersRequest, CancelRequest, Order
from hk_adapter.record import Record

MOST_KNOWN = 10_000
"""Orders that are remembered of each kind; who was noted first is forgotten first."""
MOST_OPENED = 500
"""Orders that creates were answered with: the last of all, and the last that have not ended. A list has the others."""

LISTS_LAG = 2.0
"""Seconds within which a list of open orders may not show one that a create was answered with."""

NO_PARAMS: Mapping[str, Any] = MappingProxyType({})

V = TypeVar("V")

_time = attrgetter("at")


class KnownOrders:
    """The orders of one key that its connections placed and saw, and what their creates came to: nobody else keeps it.

    Thread-safe: no lock is held for longer than a step.
    Times are seconds of the monotonic clock, as they are passed in.
    """

    def __init__(self, most: int = MOST_KNOWN) -> None:
        self._lock = Guard()
        self._seen: _Newest[tuple[tuple[str | None, float], ...]] = _Newest(most)
        self._placed: _Newest[tuple[_Placed, ...]] = _Newest(most)
        self._placed_as: _Newest[tuple[_PlacedAs, ...]] = _Newest(most)
        self._ended: _Newest[tuple[float, str | None]] = _Newest(most)
        self._existed: _Newest[float] = _Newest(most)
        self._holders: WeakSet[Any] = WeakSet()
        self._opened: _Newest[_Opened] = _Newest(MOST_OPENED)  # until an end is proven
        self._still_open: _Newest[_Opened] = _Newest(MOST_OPENED)  # until an end is told, too
        self._under_way: dict[object, _UnderWay] = {}
        self.in_doubt_until = -math.inf
        """When the last create was over, or is at the latest, of which it is not known whether it ran."""

    def hold(self, owner: Any, *, anew: bool = False) -> None:
        """Record that an open connection goes by it.

        The first one begins anew with what answers showed. What was placed outlives the connection that placed it, for
        it rests, or travels, as before; but not with ``anew``, as where a recording is played, which may place the
        orders of the one before once more.
        """
        with self._lock:
            begins = not self._holders
            self._holders.add(owner)
            for newest in (self._seen, self._ended, self._existed) if begins else ():
                newest.clear()
        if begins and anew:
            self.clear()

    def release(self, owner: Any) -> None:
        """Record that a connection was closed. Idempotent."""
        with self._lock:
            self._holders.discard(owner)

    def note_placed(
        self,
        order_id: str | None,
        client_order_id: str | None,
        at: float,
        symbol: str | None = None,
        made: int | None = None,
    ) -> None:
        """Record that a create was sent ``at`` a time; ``order_id`` None where no answer showed the order, yet.

        ``made`` is when the venue says that it made the order, in ms UTC; None where no answer told it.
        """
        with self._lock:
            if order_id is not None:
                others = tuple(one for one in self._placed.get(order_id, ()) if one.symbol != symbol)
                self._placed.put(order_id, (*others, _Placed(symbol, at, made)))
                self._see(order_id, symbol, at)
            if client_order_id is not None:
                under = tuple(one for one in self._placed_as.get(client_order_id, ()) if one.symbol != symbol)
                self._placed_as.put(client_order_id, (*under, _PlacedAs(symbol, at, order_id)))

    @contextmanager
    def placing(self, client_order_ids: Iterable[str], at: float, over_by: float) -> Iterator[None]:
        """Record, within a ``with`` block, that creates under these ids are under way, and no answer is known yet.

        ``at`` is when they began, ``over_by`` when they are over at the latest. Whoever leaves it by an error, an
        interrupt among them, leaves what may have left.
        """
        call, ids = object(), frozenset(client_order_ids)
        with self._lock:
            self._under_way[call] = _UnderWay(ids, over_by)
        try:
            yield
        except BaseException:
            self.note_doubt(over_by)
            for one in ids:
                self.note_placed(None, one, at)
            raise
        finally:
            with self._lock:
                self._under_way.pop(call, None)

    def is_placing(self, client_order_id: str) -> bool:
        """Whether a create under a client's id is under way."""
        with self._lock:
            return any(client_order_id in one.ids for one in list(self._under_way.values()))

    def is_placing_at(self, now: float) -> bool:
        """Whether any create is under way that may be so later than a time: a caller who froze has none for ever."""
        with self._lock:
            return any(one.over_by > now for one in list(self._under_way.values()))

    def note_doubt(self, at: float) -> None:
        """Record that a create was over ``at`` a time, and that it is not known whether it ran."""
        with self._lock:
            self.in_doubt_until = max(at, self.in_doubt_until)

    def note_opened(
        self,
        order: Order,
        at: float,
        own_id: str | None = None,
        *,
        market_type: str | None = None,
        look_params: Mapping[str, Any] = NO_PARAMS,
        apart: bool = False,
    ) -> None:
        """Record an order that a create was answered with ``at`` a time, unless it had ended by then.

        ``own_id`` is the client order id that it was given, whichever is shown. ``market_type`` is that of its
        connection's lists; None: they are of all. ``look_params`` name the book that it is in; none: the one that is
        listed. ``apart``: it need not be in a list, as one that may be in another book, or may not be ours.
        """
        if order.id is None or self._has_ended(order, order.id):
            return
        # The venue's own words take the most room.
        kept = order.replace(info={}, client_order_id=own_id or order.client_order_id)
        opened = _Opened(at, kept, market_type, look_params, apart)
        with self._lock:
            for book in (self._opened, self._still_open):
                book.put(f"{order.symbol} {order.id}", opened)

    def _has_ended(self, order: Order, order_id: str) -> bool:
        """Whether an order says, or is known, to have ended; the end of an earlier one that had its id is not its."""
        if order.status is not None and order.status.final:
            return True
        placed, ended = self.placed_at(order_id, None, order.symbol), self.ended_at(order_id, order.symbol)
        return ended is not None and (placed is None or placed <= ended)

    def opened_since(self, moment: float, market_type: str | None = None, *, apart: bool = True) -> list[Order]:
        """Return the orders that creates were answered with since a moment, as then shown, and whose end is not known.

        With a ``market_type`` only those that may be in lists of that type of market, and without ``apart`` only those
        of the book that is listed.
        """
        opened = self._in_lists_of(market_type, self._opened)
        return [one.order for one in opened if one.at >= moment and (apart or not one.apart)]

    def still_open(self, market_type: str | None = None) -> list[tuple[Order, Mapping[str, Any]]]:
        """Return the orders that creates were answered with, and of which no cancel has told the end since.

        Each with the ``params`` that name its book; none: it is in the one that is listed. ``market_type`` is as in
        ``opened_since``.
        """
        return [(one.order, one.look_params) for one in self._in_lists_of(market_type, self._still_open)]

    def _in_lists_of(self, market_type: str | None, book: _Newest[_Opened]) -> list[_Opened]:
        with self._lock:
            opened = list(book.values())
        return [one for one in opened if market_type is None or one.market_type in {None, market_type}]

    def note_seen(self, order_id: str | None, at: float = -math.inf, symbol: str | None = None) -> None:
        """Record that an answer showed an order ``at`` a time; the first time counts, of each symbol by itself."""
        if order_id is not None:
            with self._lock:
                self._see(order_id, symbol, at)

    def _see(self, order_id: str, symbol: str | None, at: float) -> None:
        seen = self._seen.get(order_id, ())
        others = tuple(one for one in seen if one[0] != symbol)
        first = min((at, *(one[1] for one in seen if one[0] == symbol)))
        self._seen.put(order_id, (*others, (symbol, first)))

    def note_existed(self, order: Order, now: Moment) -> None:
        """Record an order that an answer has shown by ``now``: it is no younger than that, nor than its own time."""
        if order.id is None:
            return
        age = 0.0
        if order.timestamp:
            age = max(0.0, now.timestamp - order.timestamp - clocks_apart(now.doubt, now.ahead)) / 1000
        with self._lock:
            existed = now.monotonic - age
            self._existed.put(order.id, min(existed, self._existed.get(order.id, existed)))

    def existed_by(self, request: CancelRequest | CancelOrdersRequest) -> tuple[float | None, ...]:
        """Return by when each order that a cancel names existed; None for those of which nothing is known."""
        if isinstance(request, CancelOrdersRequest):
            ids: tuple[str | None, ...] = request.order_ids
        else:
            own = request.client_order_id
            ids = (request.order_id or (None if own is None else self.id_of(own, request.symbol)),)
        with self._lock:
            return tuple(None if one is None else self._existed.get(one) for one in ids)

    def note_ended(self, order_id: str | None, symbol: str | None, at: float, *, proven: bool = True) -> None:
        """Record that an order's end was known ``at`` a time; the first time counts, of the symbol seen last.

        One that is not ``proven`` is an answer's word, with which a caller was content: it is no proof for later calls,
        but nobody has to look for the order any more.
        """
        if order_id is None:
            return
        with self._lock:
            if proven:
                first, of = self._ended.get(order_id, (at, symbol))
                self._ended.put(order_id, (min(at, first) if of == symbol else at, symbol))
            for book in (self._still_open, self._opened) if proven else (self._still_open,):
                if symbol is None:
                    _remove(book, order_id)
                book.pop(f"{symbol} {order_id}", None)
                book.pop(f"{None} {order_id}", None)

    def was_seen(self, order_id: str, before: float = math.inf, symbol: str | None = None) -> bool:
        """Return whether an answer has shown an order ``before`` a time; with a ``symbol``, one that may be of it."""
        with self._lock:
            seen, end = self._seen.get(order_id, ()), self._ended.get(order_id)
        times = [*seen, *(() if end is None else ((end[1], end[0]),))]
        return any(at < before and (symbol is None or of in {None, symbol}) for of, at in times)

    def placed_at(
        self, order_id: str | None = None, client_order_id: str | None = None, symbol: str | None = None
    ) -> float | None:
        """Return when an order was last placed under one of these ids; None where it is not known to be ours."""
        return self.placed(order_id, client_order_id, symbol)[0]

    def placed(
        self, order_id: str | None, client_order_id: str | None, symbol: str | None
    ) -> tuple[float | None, int | None]:
        """Return when an order was last placed under one of these ids, and when the venue says that it made the id's.

        With a ``symbol``, one that may be of it. None where the one or the other is not known.
        """
        by_client = None if client_order_id is None else self._placed_under(client_order_id, symbol)
        placed = () if order_id is None else self._placed.get(order_id, ())
        last: _Placed | None = None
        for one in placed:
            if (symbol is None or one.symbol in {None, symbol}) and (last is None or one.at >= last.at):
                last = one
        if last is None:
            return (None if by_client is None else by_client.at), None
        return (last.at if by_client is None else max(last.at, by_client.at)), last.made

    def id_of(self, client_order_id: str, symbol: str | None = None) -> str | None:
        """Return the venue's id of the newest order placed under a client's id; None where it is not known.

        With a ``symbol``, of one that may be of it.
        """
        found = self._placed_under(client_order_id, symbol)
        return None if found is None else found.order_id

    def _placed_under(self, client_order_id: str, symbol: str | None) -> _PlacedAs | None:
        """Return the newest under a client's id; with a ``symbol``, of those that may be of it."""
        placed = reversed(self._placed_as.get(client_order_id, ()))  # of those of one time what was told last
        return max((one for one in placed if symbol is None or one.symbol in {None, symbol}), key=_time, default=None)

    def ended_at(self, order_id: str, symbol: str | None) -> float | None:
        """Return since when an order's end has been known; None where it is not, and for that of another symbol."""
        at, of = self._ended.get(order_id, (None, None))
        return at if of == symbol else None

    def clear(self) -> None:
        """Forget everything, as where another world begins."""
        with self._lock:
            for newest in (self._seen, self._placed, self._placed_as, self._ended, self._existed):
                newest.clear()
            self._opened.clear()
            self._still_open.clear()
            self.in_doubt_until = -math.inf


class _Placed(Record, frozen=True, gc=False):
    """An order that was placed: ``at`` in seconds of the monotonic clock, ``made`` in ms UTC as the venue says."""

    symbol: str | None
    at: float
    made: int | None


class _Opened(Record, frozen=True):
    at: float
    order: Order
    market_type: str | None
    look_params: Mapping[str, Any]
    apart: bool


def _remove(book: _Newest[_Opened], order_id: str) -> None:
    """Remove all that have an id: whoever told of the end named no symbol."""
    for key, one in list(book.items()):
        if one.order.id == order_id:
            book.pop(key, None)


class _UnderWay(Record, frozen=True):
    """Creates under way: their client order ids, and when they are over at the latest."""

    ids: frozenset[str]
    over_by: float


class _PlacedAs(Record, frozen=True, gc=False):
    """An order that was placed under a client's id; ``order_id`` None where no answer showed it, yet."""

    symbol: str | None
    at: float
    order_id: str | None


class _Newest(OrderedDict[str, V]):
    """As many entries as are wanted, the newest. One that is put anew is never missing: reading needs no lock."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def put(self, key: str, value: V) -> None:
        self[key] = value
        self.move_to_end(key)
        if len(self) > self._most:
            del self[next(iter(self))]
