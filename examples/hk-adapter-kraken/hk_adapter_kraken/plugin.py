"""Opens Kraken, and says what the host needs to know of it. The hooks stand by topic beside this file."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import hk_adapter as hk
from hk_adapter_kraken.account import AccountHooks
from hk_adapter_kraken.calls import DEAREST, ENGINE, ORIGIN, TIERS
from hk_adapter_kraken.cancels import CancelHooks
from hk_adapter_kraken.markets import MarketHooks
from hk_adapter_kraken.orders import OrderHooks
from hk_adapter_kraken.scrub import SCRUB
from hk_adapter_kraken.signing import build_request

hk_adapter_contract = 1
hk_adapter_settings = {"tier": str}


@hk.hookimpl
def open_venue(settings: hk.VenueSettings) -> hk.OpenedVenue:
    """Open Kraken's one spot site. ``tier`` is the account's: ``starter``, ``intermediate`` or ``pro``."""
    if settings.member is not None or settings.site is not None:
        raise hk.ConfigurationError("kraken has one spot site, and no members")
    if settings.environment != "production" and settings.base_url is None:
        raise hk.ConfigurationError("kraken has no spot sandbox; name a base_url for one of your own")
    tier = settings.options.get("tier", "starter")
    if tier not in TIERS:
        raise hk.ConfigurationError(f"tier must be one of {', '.join(TIERS)}")
    return Kraken(settings.base_url or ORIGIN, tier)


class Kraken(CancelHooks, OrderHooks, AccountHooks, MarketHooks):
    """The opened venue."""

    key_kinds: ClassVar = frozenset({"hmac"})
    ordered: ClassVar = True
    loads_markets: ClassVar = True
    request_lifetime: ClassVar = 60_000
    """Ms. A request has no time, only a nonce, and the engine takes it whenever it comes; a minute is a guess."""
    clock_step: ClassVar = 1000
    scrub: ClassVar = SCRUB
    heeds: ClassVar = frozenset({"account_id", "test"})

    def __init__(self, origin: str, tier: str) -> None:
        super().__init__()
        self.hosts = frozenset({origin})
        self.limits = TIERS[tier]
        self.seconds_an_order = DEAREST / TIERS[tier][ENGINE].refill
        """What an order adds to the time of a call of several: what its cancel costs while it is young."""
        self._origin = origin

    def client_id_form(self, digits: str) -> str:
        """Write 32 hexadecimal digits as the UUID that Kraken takes for a client order id."""
        return str(UUID(digits))

    def sign(self, call: hk.HttpCall, credentials: hk.Credentials | None, timestamp: int) -> hk.HttpRequest:
        """Build the exact bytes of a call; the nonce is the host's, which makes them rise."""
        return build_request(call, credentials, self._origin)
