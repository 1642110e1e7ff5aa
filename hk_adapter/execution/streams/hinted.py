"""Which orders somebody has spoken of without proof, and when to ask about them. No I/O, no clock.

Times are seconds of the monotonic clock, as they are passed in.
"""

from __future__ import annotations

import math

LOOKED_AGAIN = 1.0
"""Seconds after which an order is asked for once more, where the first answer had no news: answers may lag."""
MOST = 1000
"""Orders that are kept; of more, the list of what is open tells."""
AT_ONCE = 10
"""Questions that hints may ask for one after another, before they have to be apart."""


class Share:
    """What hints may ask for: one question every ``apart`` seconds, of which ``AT_ONCE`` may be saved up."""

    def __init__(self, apart: float) -> None:
        self._apart = apart
        self._spent_until = -math.inf

    @property
    def free_at(self) -> float:
        """When the next question may be asked."""
        return self._spent_until - (AT_ONCE - 1) * self._apart

    def spend(self, now: float) -> None:
        """Record that one is asked."""
        self._spent_until = max(self._spent_until, now) + self._apart


class Hinted:
    """Orders to ask about: at once, as far as the share goes, and once more where that told nothing new."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._orders: dict[str, str | None] = {}
        self._again: dict[str, tuple[float, str | None]] = {}
        self._is_unclear = False

    def add(self, order_id: str | None, symbol: str | None) -> None:
        """Record a hint; without an order's id it is about any of them."""
        if order_id is None or len(self._orders) >= MOST:
            self._is_unclear = True
        else:
            self._orders[order_id] = symbol
            self._again.pop(order_id, None)

    def next_due(self) -> float:
        """Return when to ask; infinite where there is nothing to ask about."""
        if self._orders or self._is_unclear:
            return self._share.free_at
        return max(self._share.free_at, min((due for due, _ in self._again.values()), default=math.inf))

    def take(self, now: float) -> tuple[dict[str, str | None], bool]:
        """Return the orders to ask about now, each with its symbol, and whether others may have changed, too."""
        due = {order_id: symbol for order_id, (at, symbol) in self._again.items() if at <= now}
        orders, unclear = self._orders, self._is_unclear
        for order_id, symbol in orders.items():
            self._again[order_id] = (now + LOOKED_AGAIN, symbol)
        for order_id in due:
            del self._again[order_id]
        while len(self._again) > MOST:
            del self._again[next(iter(self._again))]
        self._orders, self._is_unclear = {}, False
        self._share.spend(now)
        return orders | due, unclear

    def answered(self, order_id: str) -> None:
        """Record that there was news of an order: it need not be asked for once more."""
        self._again.pop(order_id, None)

    def forget(self) -> None:
        """Forget all of them: nobody watches orders."""
        self._orders, self._again, self._is_unclear = {}, {}, False
