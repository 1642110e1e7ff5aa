"""The coins of the pairs that can be traded here, and how exchangeInfo shows them.

Field names are the documentation's; the numbers are ours, of the size the venue uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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
