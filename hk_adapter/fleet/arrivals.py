"""Whether orders may still arrive at an account that is being stopped: placed before its creates were blocked."""

from __future__ import annotations

import math

from hk_adapter.fleet.found_orders import FoundOrders
from hk_adapter.fleet.stopped import Stopped
from hk_adapter.flow.effects import Now

LAG = 1.0
"""Seconds by which a list of open orders may be behind: one begun later shows what had been placed."""


class Arrivals:
    """What is known of creates that may be on their way. Times in seconds of the monotonic clock.

    Attributes:
        began: when the stop did.
    """

    def __init__(self, found: FoundOrders) -> None:
        self.began = 0.0
        self._found = found
        self._has_asked = False
        self._others_left = -math.inf

    def are_over(self, account: Stopped, now: float) -> bool:
        """Whether nothing may arrive any more that a list begun ``now`` would not show."""
        # One that is past its deadline and not over has a caller who is frozen, and has not told of its doubt yet.
        frozen = now - account.may_arrive - LAG
        return now >= self.quiet_from(account) and not account.orders.is_placing_at(frozen)

    async def are_over_for_all(self, account: Stopped, began: float) -> bool:
        """Whether that is so of a list, and no journal knows of a create that was never answered, and may yet arrive.

        A process that has died has left nobody else who could tell; the journal is asked once.
        """
        if not self._has_asked:
            self._has_asked = True
            ago = await account.known.last_unanswered()
            self._others_left = -math.inf if ago is None else (await Now()).monotonic - ago
        return self.are_over(account, began)

    def quiet_from(self, account: Stopped) -> float:
        """Return from when on a list shows all that was placed, as far as is known by now."""
        # What a journal has no answer of was placed by a process before this one, or beside it.
        placed_by_others = account.others_place or self._found.has_unanswered
        others = self.began + (account.may_arrive if placed_by_others else 0.0)
        others = max(others, self._others_left + account.may_arrive)
        return LAG + max(others, account.orders.in_doubt_until + account.may_arrive)
