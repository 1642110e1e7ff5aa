"""What was moved between accounts, remembered for the statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.ids import Ids

# So that a transfer has another id than an order of the same ms.
_FAR_FROM_ORDERS = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Hold what was moved, and what both accounts had of the coin after it; `time` in ms."""

    order_id: str
    client_order_id: str
    source: Account
    target: Account
    coin: str
    amount: Decimal
    source_left: Decimal
    target_left: Decimal
    remark: str
    time: int


class Transfers:
    """Keep all transfers in the order in which they were made."""

    def __init__(self, seed: int = 0) -> None:
        self._ids = Ids(seed + _FAR_FROM_ORDERS)
        self._made: list[Transfer] = []

    def note(
        self, source: Account, target: Account, coin: str, amount: Decimal, client_id: str, remark: str, now: int
    ) -> str:
        """Remember a transfer that has just been made, and give its id."""
        order_id = self._ids.order_id(now)
        made = Transfer(
            order_id=order_id,
            client_order_id=client_id,
            source=source,
            target=target,
            coin=coin,
            amount=amount,
            source_left=source.balance(coin).total,
            target_left=target.balance(coin).total,
            remark=remark,
            time=now,
        )
        self._made.append(made)
        return order_id

    def of(self, account: Account) -> Iterator[Transfer]:
        """Go through what an account gave or got."""
        return (one for one in self._made if account is one.source or account is one.target)
