"""The hook of the public stream, version 1: it shows each topic at once, where version 2 waits for a book to change.

Sources: HashKey documentation, 2026, and sockets seen live in Sept 2026: the venue sends no ping, answers the client's,
and cuts a connection without any traffic after about 60 seconds.
"""

from __future__ import annotations

from hk_adapter.hooks import hookimpl
from hk_adapter.model import MarketStreamPlan, MarketStreamRequest
from hk_adapter.venues.hashkey.parse.market_stream import DepthFrames, MarketFrameReader
from hk_adapter.venues.hashkey.site_hooks import SiteHooks

MARKET_STREAM_PATH = "/quote/ws/v1"
PING_EVERY = 10.0
SILENCE = 25.0
"""Seconds in which two pings of ours go out, each of which is answered."""


class MarketStreamHooks(SiteHooks):
    """What everybody can watch."""

    _origin: str
    _depth_frames: DepthFrames

    @hookimpl
    async def open_market_stream(self, request: MarketStreamRequest) -> MarketStreamPlan:
        """Plan a connection. No call comes first, and no key is needed."""
        return MarketStreamPlan(
            url=self._site.stream_origin(self._origin) + MARKET_STREAM_PATH,
            reader=MarketFrameReader(self._names, self._site.market_site, self._depth_frames),
            ping_every=PING_EVERY,
            silence=SILENCE,
        )
