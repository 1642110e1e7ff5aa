"""What one of several processes may send while it cannot reach what they share: its part of each limit."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.hooks import Budget, Declared, LeakyBucket, RateLimit, budgets_of


def divided(limits: Mapping[str, Declared], processes: int) -> dict[str, Declared]:
    """Return the limits of one of so many processes."""
    return {name: tuple(_part(one, processes) for one in budgets_of(declared)) for name, declared in limits.items()}


def _part(limit: Budget, processes: int) -> Budget:
    """Return one process' part: at least one unit, in so much more time where there are fewer than processes."""
    amount = max(1, limit.amount // processes)
    kept = min(amount - 1, -(-limit.kept // processes))
    if isinstance(limit, LeakyBucket):
        return limit.replace(capacity=amount, refill=limit.refill / processes, kept=kept)
    stretched = max(1.0, processes / limit.amount)
    return RateLimit(amount=amount, window=limit.window * stretched, by_weight=limit.by_weight, kept=kept)
