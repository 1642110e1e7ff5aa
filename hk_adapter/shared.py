"""What all connections of one key share in this process: rate budget, look-ups, known orders, whether it is heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.looks import Looks
from hk_adapter.flow.guard import Guard
from hk_adapter.hooks import RateLimit
from hk_adapter.transport.budget import RateBudget
from hk_adapter.transport.line import Line


@dataclass(frozen=True, slots=True)
class Shared:
    """One key's budget, look-ups (which hold its known orders) and line."""

    budget: RateBudget
    looks: Looks
    line: Line


_lock = Guard()
_by_key: dict[tuple[object, ...], Shared] = {}


def new_shared(limits: Mapping[str, RateLimit]) -> Shared:
    """Make what one key shares, for ``limits`` by group; empty limits are no limits."""
    return Shared(RateBudget(limits), Looks(KnownOrders()), Line())


def shared_by(key: tuple[object, ...], limits: Mapping[str, RateLimit]) -> Shared:
    """Give what all connections with this ``key`` share; where limits differ, the tightest count.

    It is kept when they are closed: a new connection must heed what the venue told the last one.
    """
    with _lock:
        shared = _by_key.get(key)
        if shared is None:
            shared = _by_key[key] = new_shared(limits)
        shared.budget.adopt(limits)
        return shared
