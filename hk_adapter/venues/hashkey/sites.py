"""HashKey's sites: where each is reached, what it calls the key header, and how much it lets a key ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hk_adapter.errors import ConfigurationError
from hk_adapter.hooks import RateLimit

ORDERS = "orders"
QUERIES = "queries"
PUBLIC = "public"

SIMULATOR_ORIGIN = "https://simulator.invalid"
"""Stands for the simulator called in process; the name can never be resolved."""


def _lowest_documented_limits() -> Mapping[str, RateLimit]:
    # HK's documentation of Nov 2025; the texts of 2026 say 20 and 5, so the lower pair is safe under both.
    return MappingProxyType(
        {
            ORDERS: RateLimit(amount=10, kept=2),
            QUERIES: RateLimit(amount=2, by_weight=False, kept=1),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One HashKey site.

    Attributes:
        key_header: carries the API key; MENA's name differs on the very host that HK uses.
        cursor: what the order lists call the id from which they go on.
        cancels_every_symbol: whether ``cancelAllOpenOrders`` is documented for it.
    """

    name: str
    production: str
    sandbox: str
    key_header: str
    cursor: str = "fromOrderId"
    cancels_every_symbol: bool = True
    limits: Mapping[str, RateLimit] = field(default_factory=_lowest_documented_limits)

    def origin(self, environment: str) -> str:
        """Give the origin of an environment. Raises ConfigurationError for one that does not exist."""
        origins = {"production": self.production, "sandbox": self.sandbox, "simulator": SIMULATOR_ORIGIN}
        if environment not in origins:
            raise ConfigurationError(f"hashkey has no environment {environment!r}; it has {', '.join(origins)}")
        return origins[environment]


SITES: Mapping[str, Site] = MappingProxyType(
    {
        # Hosts and header: HK documentation (Nov 2025); Global documentation (2024-2025); MENA documentation (2026),
        # which moved to HK's hosts on 2026-06-16 and prints X-APIKEY in every sample.
        "hk": Site(
            name="hk",
            production="https://api-pro.hashkey.com",
            sandbox="https://api-pro.sim.hashkeydev.com",
            key_header="X-HK-APIKEY",
            # HK's pages of Nov 2025 name the cursor so, and do not list cancelAllOpenOrders.
            cursor="orderId",
            cancels_every_symbol=False,
        ),
        "global": Site(
            name="global",
            production="https://api-glb.hashkey.com",
            sandbox="https://api-glb.sim.hashkeydev.com",
            key_header="X-HK-APIKEY",
        ),
        "mena": Site(
            name="mena",
            production="https://api-pro.hashkey.com",
            sandbox="https://api-pro.sim.hashkeydev.com",
            key_header="X-APIKEY",
        ),
    }
)


def site_named(name: str | None) -> Site:
    """Find a site; None is Hong Kong. Raises ConfigurationError for an unknown one."""
    wanted = "hk" if name is None else name
    if wanted not in SITES:
        raise ConfigurationError(f"hashkey has no site {name!r}; it has {', '.join(SITES)}")
    return SITES[wanted]
