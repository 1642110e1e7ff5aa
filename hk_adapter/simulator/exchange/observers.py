"""Who looks on: told at once, within what happens, and free to read the order as it then stands."""

from __future__ import annotations

from typing import Protocol

from hk_adapter.simulator.exchange.orders import Fill, Order
from hk_adapter.simulator.exchange.tape import PublicTrade


class OrderObserver(Protocol):
    """Is told of the orders of one account."""

    def changed(self, order: Order, fill: Fill | None, now: int) -> None:
        """Record how an order stands since `now`, in ms; `fill` is the trade that changed it, None of any else."""
        ...


class MarketObserver(Protocol):
    """Is told of one pair what everybody may see."""

    def moved(self) -> None:
        """Record that what rests on the book has changed."""
        ...

    def traded(self, trade: PublicTrade) -> None:
        """Record a trade."""
        ...
