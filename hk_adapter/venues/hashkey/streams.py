"""The hooks of the private stream: its listen key, which lives for 60 minutes and is renewed after 30.

Sources: MENA documentation, Sept 2026; HK and Global documentations. Whether a second key ends the first is nowhere.
"""

from __future__ import annotations

import re

from hk_adapter.errors import AuthenticationError, ClockSkew, OutcomeUnknown, RateLimited, UnexpectedPayload, VenueError
from hk_adapter.hooks import hookimpl
from hk_adapter.model import StreamPlan, StreamRequest
from hk_adapter.parsing import Fields, reading
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.endpoints import Endpoint
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.parse.stream import FrameReader
from hk_adapter.venues.hashkey.responses import read_object
from hk_adapter.venues.hashkey.site_hooks import SiteHooks
from hk_adapter.venues.hashkey.sites import STREAM_PATH

RENEW_EVERY = 30 * 60.0
PING_EVERY = 10.0
SILENCE = 35.0
"""Seconds: the venue pings every 30, and answers every ping of ours."""

_KEY = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""What a listen key may be, of which 64 letters are documented: it goes into a URL as it is."""


class StreamHooks(SiteHooks):
    """The account's private stream."""

    _origin: str

    @property
    def stream_hosts(self) -> frozenset[str]:
        """The one origin that streams may be opened at."""
        return frozenset({self._site.stream_origin(self._origin)})

    @hookimpl
    async def open_stream(self, request: StreamRequest) -> StreamPlan:
        """Ask for a listen key. No subscription is needed: the account's events begin by themselves."""
        payload = read_object(await endpoints.NEW_LISTEN_KEY.call({}), "open_stream")
        with reading("a listen key", VENUE):
            fields = Fields(payload)
            # HK's older table spells it in small letters.
            key = fields.text("listenKey" if fields.has("listenKey") else "listenkey")
        if _KEY.fullmatch(key) is None:
            raise UnexpectedPayload(f"{VENUE}: not a listen key", venue=VENUE)
        return StreamPlan(
            url=self._site.stream_origin(self._origin) + STREAM_PATH + key,
            reader=FrameReader(self._names),
            key=key,
            ping_every=PING_EVERY,
            silence=SILENCE,
            renew_every=RENEW_EVERY,
        )

    @hookimpl
    async def renew_stream(self, request: StreamPlan) -> bool:
        """Renew the listen key for 60 more minutes."""
        return await _of_key(endpoints.RENEW_LISTEN_KEY, request)

    @hookimpl
    async def close_stream(self, request: StreamPlan) -> bool:
        """End the listen key."""
        return await _of_key(endpoints.END_LISTEN_KEY, request)


async def _of_key(endpoint: Endpoint, plan: StreamPlan) -> bool:
    """Ask something of a listen key. False where the venue refuses it, by whatever code: none is documented."""
    try:
        read_object(await endpoint.call({"listenKey": plan.key}), endpoint.hook)
    except (AuthenticationError, ClockSkew, RateLimited):  # which tell nothing of the listen key
        raise
    except VenueError:
        return False
    except OutcomeUnknown as error:
        # A refusal by a code that no table has is one too: the worst that follows is another listen key.
        if error.code is None or not 400 <= (error.http_status or 0) < 500:
            raise
        return False
    return True
