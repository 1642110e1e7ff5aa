"""What a venue's own library needs that signs and paces its requests by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from hk_adapter.flow.effects import HttpCall, Lane, Now
from hk_adapter.flow.http import HttpRequest


@dataclass(frozen=True, slots=True)
class PreparedCall(HttpCall):
    """A request that a venue's own library has signed already; ``HttpCall``'s path is for those who watch."""

    request: HttpRequest | None = field(default=None, repr=False)


class InLane(Now):
    """Read the clocks, and learn in which lane the core has the call: an ``Attempt`` around it writes that in."""

    lane: Lane

    def __init__(self) -> None:
        object.__setattr__(self, "lane", Lane.NORMAL)

    def take(self, lane: Lane) -> None:
        """Note the lane."""
        object.__setattr__(self, "lane", lane)
