"""What every account had at the end of each of the last days.

Source: HashKey documentation, Nov 2025. Where its days end is not said: here they are those of Hong Kong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from hk_adapter.simulator.exchange.accounts import Account, Balance

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
        """Note when the day of `now` ends."""
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
