"""What a trade costs: an account's two rates, and the asset that the fee is taken in.

Source: HashKey documentation 2025/2026. Token-Token pairs charge what is received, Token-Fiat pairs quote currency.
Nothing says how a fee is rounded: it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.money import ZERO

FIAT = frozenset({"USD", "HKD"})


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Hold an account's rates as fractions (0.0029 is 0.29 %); nothing is charged at first."""

    maker: Decimal = ZERO
    taker: Decimal = ZERO
    highest: Decimal = field(init=False, repr=False, compare=False)
    """The rate of the dearer side."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "highest", max(self.maker, self.taker))


NO_FEES = FeeRates()


def product_type(market: Market) -> str:
    """Return a pair's kind in vipInfo's word, which decides what fees are taken in."""
    return "Token-Fiat" if market.quote in FIAT else "Token-Token"


def fee_asset(market: Market, side: str) -> str:
    """Return in which asset a side of a pair pays its fee: the one received, but always the fiat of a fiat pair."""
    return market.base if side == "BUY" and market.quote not in FIAT else market.quote
