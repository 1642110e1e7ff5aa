"""Fills that must still come: a stream has spoken of them, and they have not been told yet. No I/O, no clock.

Times are seconds of the monotonic clock, as they are passed in.
"""

from __future__ import annotations

from collections import Counter, deque
from decimal import Decimal
from typing import TypeVar

from hk_adapter.flow.log_line import Lines
from hk_adapter.model import Order, Trade
from hk_adapter.model.decimals import exact_sum

MOST_QUESTIONS = 6
"""Lists that do not have a fill, after which it is told as the stream had it."""
SAME_TIME = 1000
"""Milliseconds that a fill's time may differ between what the stream and what a list calls it."""
_MOST = 10_000

_Name = tuple[str | None, str]
_Content = tuple[str | None, Decimal | None, Decimal | None]
_K = TypeVar("_K")
_V = TypeVar("_V")


class _Missing:
    """``questions``: how many lists did not have it. ``trade`` is None where only an amount is known to be missing."""

    __slots__ = ("questions", "since", "trade")

    def __init__(self, since: float, trade: Trade | None = None) -> None:
        self.trade = trade
        self.since = since
        self.questions = 0

    def was_not_listed(self, asked: float) -> bool:
        """Count a list asked for at a time; return whether that was the last one to wait for."""
        self.questions += asked >= self.since
        return self.questions >= MOST_QUESTIONS


class ExpectedFills:
    """Fills heard of by a ticket alone, or in a report that is in doubt; and what orders show beyond their fills."""

    def __init__(self) -> None:
        self._names: dict[_Name, None] = {}
        self._log = Lines("hk_adapter.streams", most=20)
        self._expected: dict[_Name, _Missing] = {}
        self._short: dict[str, _Missing] = {}
        self._ahead: Counter[_Content] = Counter()
        """Fills that were told before their ticket came."""
        self._unnamed: deque[Trade] = deque(maxlen=1000)
        self._sums: dict[str, Decimal] = {}
        self._shown: dict[str, Decimal] = {}
        self._emptied = 0

    @property
    def are_missing(self) -> bool:
        """Whether any must still come."""
        return bool(self._expected or self._short)

    def begin(self) -> None:
        """Wait for nothing of before any more: somebody watches after nobody did."""
        self._expected.clear()
        self._short.clear()

    def learned_for(self, emptied: int) -> None:
        """Forget what the fills of orders came to, where nobody was left since: more may have come unheard.

        ``emptied`` is how often nobody was left by now. It is asked before anything is learned of an order.
        """
        if emptied != self._emptied:
            self._emptied = emptied
            for kept in (self._sums, self._shown, self._short):
                kept.clear()

    def expect(self, trade: Trade, name: str, now: float) -> None:
        """Record a fill by the stream's own name for it; it is expected until one of the same content is told."""
        key, content = (trade.order_id, name), _content(trade)
        if key in self._names:
            return
        _keep(self._names, key, None)
        if self._ahead[content] > 0:
            self._ahead[content] -= 1
        else:
            _keep(self._expected, key, _Missing(now, trade))

    def was_told(self, trade: Trade) -> bool:
        """Whether a fill with an id was told before without it; asked once for each."""
        for one in self._unnamed:
            apart = abs((one.timestamp or 0) - (trade.timestamp or 0))
            if _content(one) == _content(trade) and apart <= SAME_TIME:
                self._unnamed.remove(one)
                return True
        return False

    def told(self, trade: Trade) -> None:
        """Record a fill that is told."""
        self.passed_over(trade)
        order_id = trade.order_id
        if order_id in self._sums and trade.amount is not None:
            self._sums[order_id] = exact_sum(self._sums[order_id], trade.amount)
            if self._sums[order_id] >= self._shown.get(order_id, Decimal(0)):
                self._short.pop(order_id, None)

    def passed_over(self, trade: Trade) -> None:
        """Record a fill that is known, told or not: what the stream has said or says of it is not waited for."""
        content = _content(trade)
        same = (key for key, one in self._expected.items() if one.trade and _content(one.trade) == content)
        if (key := next(same, None)) is not None:
            del self._expected[key]
        else:
            _keep(self._ahead, content, self._ahead[content] + 1)

    def begin_with(self, order: Order, trade: Trade | None = None) -> None:
        """Record how much of an order was filled before what is told of it, where it is seen for the first time."""
        if order.id is not None and order.id not in self._sums:
            own = Decimal(0) if trade is None or trade.amount is None else trade.amount
            _keep(self._sums, order.id, max(Decimal(0), exact_sum(order.filled or Decimal(0), -own)))

    def shown(self, order: Order, now: float) -> None:
        """Record what an order shows as filled: its fills must add up to that."""
        if order.id is None or order.filled is None or order.id not in self._sums:
            return
        shown = max(order.filled, self._shown.get(order.id, Decimal(0)))
        _keep(self._shown, order.id, shown)
        if self._sums[order.id] < shown:
            self._short.setdefault(order.id, _Missing(now))

    def not_listed(self, asked: float) -> list[Trade]:
        """Record that a list was asked for, and its fills told; return those for which no other one is waited for."""
        given_up = []
        for key, one in list(self._expected.items()):
            if one.was_not_listed(asked) and one.trade is not None:
                self._log.warning("a fill of order %s is in no list, and is told as the stream had it", key[0])
                del self._expected[key]
                given_up.append(one.trade)
        for order_id, one in list(self._short.items()):
            if one.was_not_listed(asked):
                self._log.warning("order %s shows more filled than the lists of fills have", order_id)
                del self._short[order_id]
                self._sums[order_id] = self._shown[order_id]
        self._unnamed.extend(trade for trade in given_up if trade.id is None)
        return given_up


def _content(trade: Trade) -> _Content:
    return (trade.order_id, trade.price, trade.amount)


def _keep(kept: dict[_K, _V], key: _K, value: _V) -> None:
    """Put something in last, and forget the first where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _MOST:
        del kept[next(iter(kept))]
