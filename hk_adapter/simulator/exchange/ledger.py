"""What was moved between accounts, for the statement, and what each had at the end of each of the last days.

Source: HashKey documentation, Nov 2025. Where its days end is not said: here they are those of Hong Kong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from hk_adapter.simulator.exchange.accounts import Account, Balance
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
        """Remember a transfer that has just been made, and return its id."""
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
        """Yield what an account gave or got."""
        return (one for one in self._made if account is one.source or account is one.target)


DAY_MS = 24 * 3600 * 1000
HONG_KONG_MS = 8 * 3600 * 1000
DAYS_KEPT = 8

Held = dict[str, Balance]


class DayEnds:
    """Keep copies of all balances; days are counted from the first of Unix time."""

    def __init__(self) -> None:
        self.next = 0
        """When the day ends that is running, in ms; 0 before there was any."""
        self._closed: deque[tuple[int, dict[str, Held]]] = deque(maxlen=DAYS_KEPT)

    def begin(self, now: int) -> None:
        """Record when the day of `now` ends."""
        self.next = (day_of(now) + 1) * DAY_MS - HONG_KONG_MS

    def close(self, accounts: Iterable[Account]) -> None:
        """Copy what everybody has, as the day that was running ends; the next one begins."""
        held = {account.account_id: _copy(account.balances) for account in accounts}
        self._closed.append((day_of(self.next - 1), held))
        self.next += DAY_MS

    def held(self, account: Account, day: int) -> Held | None:
        """Return what an account had when a day ended; None when nobody knows any more, or yet."""
        return next((held.get(account.account_id) for closed, held in self._closed if closed == day), None)


def day_of(at: int) -> int:
    """Return which day a time in ms belongs to."""
    return (at + HONG_KONG_MS) // DAY_MS


def _copy(balances: Held) -> Held:
    return {asset: replace(balance) for asset, balance in balances.items()}
