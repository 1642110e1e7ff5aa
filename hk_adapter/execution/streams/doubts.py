"""Orders whose state is not known, and when each is to be looked at: as quick to find among ten thousand as among ten.

Times are seconds of the monotonic clock, as they are passed in. No I/O, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from hk_adapter.model import Order

MOST = 20_000
"""Orders in doubt at the most: all that may be known to be open, where a list has none of them."""
_SPARE = 100
"""Moments that have changed since, and may be kept beside those that count."""


@dataclass(slots=True)
class Doubt:
    """An order whose state is not known.

    Attributes:
        claim: what was said of it, and not believed; None where it was only missing, or could not be read.
        since: when that was.
        due: when it is to be looked at; changed by ``Doubts.put_off`` alone.
        missing: whether a list did not have it: then only its end, or another list, settles that.
        look: the last one, and when it began.
        tries: how many looks have settled nothing.
        symbol: of an order that is not known, to be asked by; None where nothing told it.
    """

    claim: Order | None
    since: float
    due: float
    missing: bool = False
    look: tuple[float, Order] | None = None
    tries: int = 0
    symbol: str | None = None


class Doubts:
    """Doubts by the ids of their orders, at most one of each."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._by_id: dict[str, Doubt] = {}
        self._moments: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._by_id

    def get(self, order_id: str | None) -> Doubt | None:
        """Return an order's doubt; None where it is in none."""
        return None if order_id is None else self._by_id.get(order_id)

    def put(self, order_id: str, doubt: Doubt) -> bool:
        """Record a doubt, in place of an earlier one; False where there is no room for one more."""
        if order_id not in self._by_id and len(self._by_id) >= self._most:
            return False
        self._by_id[order_id] = doubt
        self._note(order_id, doubt)
        return True

    def put_first(self, order_id: str, doubt: Doubt) -> bool:
        """Record a doubt, unless the order is in one; False where there is no room for one more."""
        return order_id in self._by_id or self.put(order_id, doubt)

    def put_off(self, order_id: str, due: float) -> None:
        """Set when an order in doubt is to be looked at."""
        doubt = self._by_id[order_id]
        doubt.due = due
        self._note(order_id, doubt)

    def drop(self, order_id: str) -> None:
        """Forget a doubt that is settled."""
        del self._by_id[order_id]

    def due(self, now: float) -> str | None:
        """Return the order whose look is due longest; None where none is."""
        first = self._first()
        return None if first is None or first[0] > now else first[1]

    def next_due(self) -> float | None:
        """Return when the next order is to be looked at; None where none is in doubt."""
        first = self._first()
        return None if first is None else first[0]

    def _note(self, order_id: str, doubt: Doubt) -> None:
        heappush(self._moments, (doubt.due, order_id))
        if len(self._moments) > 2 * len(self._by_id) + _SPARE:
            self._moments = [(one.due, name) for name, one in self._by_id.items()]
            heapify(self._moments)

    def _first(self) -> tuple[float, str] | None:
        while self._moments:
            due, order_id = self._moments[0]
            doubt = self._by_id.get(order_id)
            if doubt is not None and doubt.due == due:
                return self._moments[0]
            heappop(self._moments)
        return None
