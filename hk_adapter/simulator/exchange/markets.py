"""What can be traded here: a handful of spot pairs, and on which sites each of them is listed.

The pairs, their numbers and who lists them are ours; the numbers are of the size the venue uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

SITES = ("HK", "MENA")
DEFAULT_SITE = "HK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Hold one spot pair and its limits: amounts in base currency, prices and costs in quote currency.

    `sites` are those that list it.
    """

    base: str
    quote: str
    tick: Decimal
    step: Decimal
    min_amount: Decimal
    max_amount: Decimal
    max_price: Decimal
    min_cost: Decimal
    max_cost: Decimal
    sites: frozenset[str] = frozenset(SITES)

    @property
    def symbol(self) -> str:
        """Write the pair as the venue does, without a separator."""
        return self.base + self.quote


def _market(
    base: str,
    quote: str,
    *,
    step: str,
    max_amount: int,
    min_cost: int,
    max_cost: int,
    sites: tuple[str, ...] = SITES,
) -> Market:
    return Market(
        base=base,
        quote=quote,
        tick=Decimal("0.01"),
        step=Decimal(step),
        min_amount=Decimal(step),
        max_amount=Decimal(max_amount),
        max_price=Decimal(10_000_000),
        min_cost=Decimal(min_cost),
        max_cost=Decimal(max_cost),
        sites=frozenset(sites),
    )


_SPOT = (
    _market("ETH", "USD", step="0.0001", max_amount=1_000, min_cost=10, max_cost=5_000_000),
    _market("BTC", "USD", step="0.00001", max_amount=100, min_cost=10, max_cost=10_000_000),
    _market("ETH", "USDT", step="0.0001", max_amount=1_000, min_cost=10, max_cost=5_000_000),
    _market("BTC", "USDT", step="0.00001", max_amount=100, min_cost=10, max_cost=10_000_000),
    _market("BTC", "HKD", step="0.00001", max_amount=100, min_cost=100, max_cost=80_000_000, sites=("HK",)),
)
MARKETS: Mapping[str, Market] = MappingProxyType({market.symbol: market for market in _SPOT})
