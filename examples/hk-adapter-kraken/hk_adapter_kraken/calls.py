"""Kraken's requests: their paths, and what each costs of which limit.

Sources: docs.kraken.com, "Spot REST rate limits" and "Spot trading limits", 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

import hk_adapter as hk

ORIGIN = "https://api.kraken.com"

PUBLIC, COUNTER, ENGINE = "public", "counter", "engine"
"""The limits: one for an address, the call counter of a key, and the matching engine's counter.

The engine counts each pair by itself. One bucket for all pairs is stricter than that, and never laxer: a cancel by its
id alone does not say of which pair it is.
"""

CANCEL_POINTS = ((5.0, 8), (10.0, 6), (15.0, 5), (45.0, 4), (90.0, 2), (300.0, 1))
"""What a cancel costs the engine's counter: up to so many seconds of the order's age, so many points; then none."""
DEAREST = 8


def _tier(counter: int, decay: float, engine: int, engine_decay: float) -> Mapping[str, hk.LeakyBucket]:
    return {
        PUBLIC: hk.LeakyBucket(capacity=1, refill=1, by_weight=False),
        COUNTER: hk.LeakyBucket(capacity=counter, refill=decay, kept=counter // 3),
        ENGINE: hk.LeakyBucket(capacity=engine, refill=engine_decay, kept=engine // 3),
    }


TIERS = {
    "starter": _tier(15, 0.33, 60, 1.0),
    "intermediate": _tier(20, 0.5, 125, 2.34),
    "pro": _tier(20, 1.0, 180, 3.75),
}


def ask(path: str, params: Mapping[str, str] | None = None, *, weight: int = 1) -> hk.HttpCall:
    """Ask what a key may see; it changes nothing, though it is a POST."""
    return hk.HttpCall(
        "POST", f"/0/private/{path}", params=params or {}, signed=True, reads=True, group=COUNTER, weight=weight
    )


def ask_anybody(path: str, params: Mapping[str, str] | None = None) -> hk.HttpCall:
    """Ask what everybody may see."""
    return hk.HttpCall("GET", f"/0/public/{path}", params=params or {}, group=PUBLIC)


def place(params: Mapping[str, str]) -> hk.HttpCall:
    """Place an order, or have it checked."""
    return hk.HttpCall("POST", "/0/private/AddOrder", params=params, signed=True, group=ENGINE)


def cancel(params: Mapping[str, str], request: hk.CancelRequest) -> hk.HttpCall:
    """Cancel one order; what it costs depends on how long the order has rested, which the host knows."""
    path, cost = "/0/private/CancelOrder", hk.CostByAge(steps=CANCEL_POINTS, request=request)
    return hk.HttpCall("POST", path, params=params, signed=True, group=ENGINE, weight=cost, lane=hk.Lane.CANCEL)


def cancel_all() -> hk.HttpCall:
    """Cancel all orders; it counts as one call."""
    return hk.HttpCall("POST", "/0/private/CancelAll", signed=True, group=COUNTER, lane=hk.Lane.CANCEL)
