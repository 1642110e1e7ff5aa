"""What a trade leaves behind: a fill for each side that has an order here, and one line on the public tape."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hk_adapter.simulator.exchange.orders import Order

TRADES_KEPT = 10_000
"""How many public trades are remembered per pair."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fill:
    """Hold one order's side of a trade.

    `id` is REST's `id`, this side's own; `ticket_id` REST's `ticketId`, which both sides share. `order` is this side's,
    `counter_order` the other's: None where `SimulatorControl.fill` traded with the outside. `quantity` is in base,
    `price` and `quote_amount` (their product) in quote currency, `time` in ms. `commission` is what this side paid.
    """

    id: str
    ticket_id: str
    order: Order = field(repr=False)
    counter_order: Order | None = field(repr=False)
    price: Decimal
    quantity: Decimal
    quote_amount: Decimal
    is_maker: bool
    side: str
    commission: Decimal
    commission_asset: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTrade:
    """Hold a trade as everybody sees it: units and `ticket_id` as for a fill."""

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
        """Tell the price of a pair's last trade, None before there was one."""
        return self._trades[symbol][-1].price if symbol in self._trades else None
