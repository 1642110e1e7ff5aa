"""The HashKey venue plugin: opens a site, signs for it, and says what the core needs of it.

The hooks stand by topic in ``cancels``, ``orders``, ``account``, ``markets``, ``streams`` and ``market_streams``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import HEEDED, Credentials, RateLimit, Scrub, VenueSettings, hookimpl
from hk_adapter.venues.hashkey.account import AccountHooks
from hk_adapter.venues.hashkey.cancels import CancelHooks
from hk_adapter.venues.hashkey.endpoints import site_support
from hk_adapter.venues.hashkey.market_streams import MarketStreamHooks
from hk_adapter.venues.hashkey.markets import MarketHooks
from hk_adapter.venues.hashkey.options import CLOCK_AHEAD, DEFAULT_RECV_WINDOW, SECONDS_AN_ORDER, SETTINGS, read_options
from hk_adapter.venues.hashkey.orders import OrderHooks
from hk_adapter.venues.hashkey.parse.market_stream import DepthFrames
from hk_adapter.venues.hashkey.scrub import SCRUB
from hk_adapter.venues.hashkey.signing import SignedOfJson, build_request
from hk_adapter.venues.hashkey.sites import Site, site_named
from hk_adapter.venues.hashkey.streams import StreamHooks

hk_adapter_contract = 1
hk_adapter_settings = SETTINGS


@hookimpl
def open_venue(settings: VenueSettings) -> HashKeyVenue:
    """Open one HashKey site. Its options are in ``options.py``."""
    if settings.member is not None:
        raise ConfigurationError(f"hashkey has no members; {settings.venue_id!r} is no venue")
    site = site_named(settings.site)
    origin = site.origin(settings.environment)
    options = read_options(settings, site)
    return HashKeyVenue(
        options.applied_to(site),
        settings.base_url or origin,
        options.recv_window,
        options.batch_signature,
        options.second_look,
        options.depth_frames,
    )


class HashKeyVenue(CancelHooks, OrderHooks, AccountHooks, MarketHooks, StreamHooks, MarketStreamHooks):
    """One opened HashKey site."""

    def __init__(
        self,
        site: Site,
        origin: str,
        recv_window: int | None = None,
        batch_signature: SignedOfJson = "query",
        second_look: float | None = None,
        depth_frames: DepthFrames = "marked",
    ) -> None:
        super().__init__(site)
        self._origin = origin
        self._recv_window = recv_window
        self._batch_signature = batch_signature
        self._second_look = second_look
        self._depth_frames = depth_frames

    @property
    def heeds(self) -> frozenset[str]:
        """Sub-accounts, and tests of an order: done where the site can, else refused."""
        return HEEDED

    @property
    def hosts(self) -> frozenset[str]:
        """The one origin that requests may go to."""
        return frozenset({self._origin})

    @property
    def scrub(self) -> Scrub:
        """What of the traffic a recording keeps."""
        return SCRUB

    @property
    def limits(self) -> Mapping[str, RateLimit]:
        """The site's documented limits per key."""
        return self._site.limits

    @property
    def request_lifetime(self) -> int:
        """How long after its timestamp HashKey takes a request, in ms: ``recvWindow``, 5000 by default."""
        return self._recv_window or DEFAULT_RECV_WINDOW

    @property
    def clock_ahead(self) -> int:
        """How many ms a timestamp may be ahead: HashKey refuses more, and takes older ones by the request lifetime."""
        return CLOCK_AHEAD

    @property
    def seconds_an_order(self) -> float:
        """What each order adds to the time of a call of several: one by one, the lowest limit takes 10 a second."""
        return SECONDS_AN_ORDER

    @property
    def second_look(self) -> float | None:
        """Seconds after which the end of a canceled order is looked at once more; None takes it as it is."""
        return self._second_look

    @property
    def support(self) -> Mapping[str, Literal["partial", False]]:
        """The hooks whose endpoints the site has only in part, or not at all."""
        return site_support(self._site)

    def sign(self, call: HttpCall, credentials: Credentials | None, timestamp: int) -> HttpRequest:
        """Build the exact bytes of a call; ``timestamp`` is in ms UTC."""
        return build_request(
            call,
            credentials,
            timestamp,
            origin=self._origin,
            key_header=self._site.key_header,
            recv_window=self._recv_window,
            batch_signature=self._batch_signature,
        )
