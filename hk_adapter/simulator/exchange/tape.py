"""What everybody sees of a trade: one line on the public tape."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

TRADES_KEPT = 10_000
"""How many public trades are remembered per pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTrade:
    """Hold a trade as everybody sees it: units and `ticket_id` as for `orders.Fill`."""

    ticket_id: str
    price: Decimal
    quantity: Decimal
    time: int
    is_buyer_maker: bool


class Tape:
    """Keep the last public trades of every pair."""

    def __init__(self) -> None:
        self._trades: defaultdict[str, deque[PublicTrade]] = defaultdict(lambda: deque(maxlen=TRADES_KEPT))

    def add(self, symbol: str, trade: PublicTrade) -> None:
        """Put a trade behind the others."""
        self._trades[symbol].append(trade)

    def of(self, symbol: str) -> Sequence[PublicTrade]:
        """List a pair's trades, oldest first; none for a pair that never traded."""
        return tuple(self._trades[symbol]) if symbol in self._trades else ()

    def last_price(self, symbol: str) -> Decimal | None:
        """Return the price of a pair's last trade, None before there was one."""
        return self._trades[symbol][-1].price if symbol in self._trades else None
