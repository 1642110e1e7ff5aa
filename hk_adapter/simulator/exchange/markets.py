"""What can be traded here: a handful of spot pairs, on which sites each of them is listed, and their coins.

The pairs, the numbers and who lists them are ours; the numbers are of the size the venue uses. Field names of coins are
the documentation's.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """Hold one coin: its tokenType, its id in the list in which USDT is `825`, and its chain, which fiat lacks."""

    name: str
    kind: str
    ucid: str
    chain: str | None = None


COINS: Mapping[str, Coin] = MappingProxyType(
    {
        "BTC": Coin(name="Bitcoin", kind="CHAIN_TOKEN", ucid="1", chain="Bitcoin"),
        "ETH": Coin(name="Ethereum", kind="CHAIN_TOKEN", ucid="1027", chain="ETH"),
        "USDT": Coin(name="Tether", kind="ERC20_TOKEN", ucid="825", chain="ETH"),
        "USD": Coin(name="US Dollar", kind="REAL_MONEY", ucid="2781"),
        "HKD": Coin(name="Hong Kong Dollar", kind="REAL_MONEY", ucid="2792"),
    }
)


def coin_info(coin_id: str) -> dict[str, object]:
    """Show a coin and the chain it moves on."""
    coin = COINS[coin_id]
    return {
        "orgId": "9001",
        "coinId": coin_id,
        "coinName": coin_id,
        "coinFullName": coin.name,
        "allowWithdraw": True,
        "allowDeposit": True,
        "tokenType": coin.kind,
        "chainTypes": [] if coin.chain is None else [_chain_info(coin.chain)],
    }


def _chain_info(chain: str) -> dict[str, object]:
    return {
        "chainType": chain,
        "withdrawFee": "0",
        "minWithdrawQuantity": "0.001",
        "maxWithdrawQuantity": "0",
        "minDepositQuantity": "0.0001",
        "allowDeposit": True,
        "allowWithdraw": True,
    }
