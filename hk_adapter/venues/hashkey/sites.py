"""HashKey's sites in one table: where each is reached, and what it calls things.

Which site has which endpoint, and what that costs, is in ``endpoints.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import field

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.hooks import RateLimit
from hk_adapter.record import Record

ORDERS = "orders"
QUERIES = "queries"
PUBLIC = "public"

SIMULATOR_ORIGIN = "https://simulator.invalid"
"""Stands for the simulator called in process; the name can never be resolved."""

RATE_LIMITS: Mapping[str, Mapping[str, RateLimit]] = MappingProxyType(
    {
        # HK documentation, Nov 2025: per key and second, 10 for orders and 2 for queries.
        "2025": MappingProxyType(
            {ORDERS: RateLimit(amount=10, kept=2), QUERIES: RateLimit(amount=2, by_weight=False, kept=1)}
        ),
        # MENA documentation, Sept 2026, and HK's site at the same time: 20 and 5.
        "2026": MappingProxyType(
            {ORDERS: RateLimit(amount=20, kept=4), QUERIES: RateLimit(amount=5, by_weight=False, kept=2)}
        ),
    }
)
"""By the year of the documentation; the older pair, being the lower one, is safe under both."""


STREAM_PATH = "/api/v1/ws/"
"""Where the private stream is, below a site's stream host; the listen key follows."""


class Site(Record, frozen=True, kw_only=True):
    """One HashKey site.

    Attributes:
        key_header: carries the API key.
        cursor: what the order lists call the id from which they go on.
        market_site: what market data must be asked for to be this site's; None asks for nothing.
        batch_paths: where several orders are placed at once, newest first.
    """

    name: str
    production: str
    sandbox: str
    key_header: str
    cursor: str
    market_site: str | None
    batch_paths: tuple[str, ...]
    limits: Mapping[str, RateLimit] = field(default_factory=lambda: RATE_LIMITS["2025"])

    def stream_origin(self, origin: str) -> str:
        """Return where the streams of an origin of this site are; of any other, such as a simulator's, at the origin.

        Sources: the documentations of all three sites.
        """
        if origin in (self.production, self.sandbox):
            return origin.replace("https://api-", "wss://stream-", 1)
        return origin.replace("http", "ws", 1)

    @property
    def batch_path(self) -> str:
        """Where several orders are placed at once: the newest path documented for it."""
        return self.batch_paths[0]

    def origin(self, environment: str) -> str:
        """Return the origin of an environment. Raises ConfigurationError for one that does not exist."""
        origins = {"production": self.production, "sandbox": self.sandbox, "simulator": SIMULATOR_ORIGIN}
        if environment not in origins:
            raise ConfigurationError(f"hashkey has no environment {shown(environment)}; it has {', '.join(origins)}")
        return origins[environment]


_PRO, _PRO_SANDBOX = "https://api-pro.hashkey.com", "https://api-pro.sim.hashkeydev.com"
_GLB, _GLB_SANDBOX = "https://api-glb.hashkey.com", "https://api-glb.sim.hashkeydev.com"
_V1, _V1_1 = ("/api/v1/spot/batchOrders",), ("/api/v1.1/spot/batchOrders",)

# Sources: HK = documentation of Hong Kong, Nov 2025; GL = of Global, 2024-2025; ME = of MENA, Sept 2026; ccxt = its
# class for Global, 4.5. Where HK and ME, which share a platform, say two things of it, the safe one stands here.
# fmt: off
_TABLE: Mapping[str, tuple[Any, Any, Any]] = {
    "name":        ("hk",            "global",      "mena"),
    "production":  (_PRO,            _GLB,          _PRO),           # ME: moved there 2026-06-16
    "sandbox":     (_PRO_SANDBOX,    _GLB_SANDBOX,  _PRO_SANDBOX),
    "key_header":  ("X-HK-APIKEY",   "X-HK-APIKEY", "X-APIKEY"),     # on one host: HK and ME differ
    "cursor":      ("orderId",       "fromOrderId", "fromOrderId"),
    "market_site": (None,            None,          "MENA"),         # ME: without it, HK's markets
    "batch_paths": (_V1_1 + _V1,     _V1,           _V1_1),          # HK: v1, in its permissions only
}
# fmt: on

SITES: Mapping[str, Site] = MappingProxyType(
    {name: Site(**{fact: row[place] for fact, row in _TABLE.items()}) for place, name in enumerate(_TABLE["name"])}
)


def site_named(name: str | None) -> Site:
    """Find a site; None is Hong Kong. Raises ConfigurationError for an unknown one."""
    wanted = "hk" if name is None else name
    if wanted not in SITES:
        raise ConfigurationError(f"hashkey has no site {shown(name)}; it has {', '.join(SITES)}")
    return SITES[wanted]
