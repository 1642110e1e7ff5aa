"""What a venue's own library needs that signs and paces its requests by itself."""

from __future__ import annotations

from hk_adapter.flow.effects import HttpCall, Lane, Now
from hk_adapter.flow.http import HttpRequest
from hk_adapter.record import set_once


class PreparedCall(HttpCall, frozen=True, kw_only=True):
    """A request that a venue's own library has signed already; ``HttpCall``'s path is for those who watch."""

    request: HttpRequest | None = None


class InLane(Now, frozen=True):
    """Read the clocks, and learn in which lane the core has the call: an ``Attempt`` around it writes that in."""

    lane: Lane = Lane.NORMAL

    def take(self, lane: Lane) -> None:
        """Record the lane."""
        set_once(self, "lane", lane)
