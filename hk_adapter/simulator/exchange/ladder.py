"""One side of one pair's order book, in price-time priority."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from decimal import Decimal

from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.orders import Order


class Ladder:
    """Keep the resting orders of a side: best price first, and at one price the oldest first."""

    def __init__(self, side: str) -> None:
        # Signed so that the best price of either side is the smallest.
        self._sign = -1 if side == "BUY" else 1
        self._prices: list[Decimal] = []
        self._levels: dict[Decimal, dict[str, Order]] = {}

    def add(self, order: Order) -> None:
        """Add an order behind the others at its price."""
        price = self._sign * order.terms.price
        level = self._levels.get(price)
        if level is None:
            level = self._levels[price] = {}
            insort(self._prices, price)
        level[order.order_id] = order

    def remove(self, order: Order) -> None:
        """Remove an order."""
        price = self._sign * order.terms.price
        level = self._levels[price]
        del level[order.order_id]
        if not level:
            del self._levels[price]
            del self._prices[bisect_left(self._prices, price)]

    def reached_by(self, price: Decimal | None) -> Iterator[Order]:
        """Yield the orders that a limit price of the other side reaches, None: all.

        The one that was given last may be removed meanwhile.
        """
        prices = self._prices
        if not prices or (price is not None and self._sign * price < prices[0]):
            return iter(())
        return self._up_to(len(prices) if price is None else bisect_right(prices, self._sign * price))

    def levels(self) -> list[tuple[Decimal, Decimal]]:
        """List each price, best first, with the amount that is open there."""
        return [
            (self._sign * price, sum((order.remaining for order in self._levels[price].values()), ZERO))
            for price in self._prices
        ]

    def _up_to(self, end: int) -> Iterator[Order]:
        for reached in self._prices[:end]:
            yield from list(self._levels[reached].values())
