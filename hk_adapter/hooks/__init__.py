"""The contract with plugins: the markers, the catalogue hooks and the venue hooks.

A venue plugin implements ``open_venue`` (a plain function) and, on the object that it returns, any of the venue
hooks (each an ``async def`` that awaits effects and does no I/O of its own). Argument names are the contract: an
implementation may take fewer, never others. A wrapper is written with ``@wraps_flow`` (``hk_adapter.flow.wrapper``).
"""

from __future__ import annotations

from hk_adapter.hooks.hints import About, Hint, Hints, Wanted, Ways
from hk_adapter.hooks.opened_venue import (
    CLOCK_AHEAD,
    CLOCK_STEP,
    HEEDED,
    NONCES_A_SECOND,
    SECONDS_AN_ORDER,
    Budget,
    Credentials,
    Declared,
    LeakyBucket,
    OpenedVenue,
    RateLimit,
    Scrub,
    VenueSettings,
    budgets_of,
)
from hk_adapter.hooks.specifications import (
    CONTRACT_VERSION,
    OLDEST_CONTRACT,
    PROJECT,
    UNSTATED_CONTRACT,
    CatalogueHooks,
    VenueHooks,
    hookimpl,
    hookspec,
)

__all__ = [
    "CLOCK_AHEAD",
    "CLOCK_STEP",
    "CONTRACT_VERSION",
    "HEEDED",
    "NONCES_A_SECOND",
    "OLDEST_CONTRACT",
    "PROJECT",
    "SECONDS_AN_ORDER",
    "UNSTATED_CONTRACT",
    "About",
    "Budget",
    "CatalogueHooks",
    "Credentials",
    "Declared",
    "Hint",
    "Hints",
    "LeakyBucket",
    "OpenedVenue",
    "RateLimit",
    "Scrub",
    "VenueHooks",
    "VenueSettings",
    "Wanted",
    "Ways",
    "budgets_of",
    "hookimpl",
    "hookspec",
]
