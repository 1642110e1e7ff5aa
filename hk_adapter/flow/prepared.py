"""A request that needs no signing by the venue's plugin any more."""

from __future__ import annotations

from dataclasses import dataclass, field

from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.wire import HttpRequest


@dataclass(frozen=True, slots=True)
class PreparedCall(HttpCall):
    """A request that a venue's own library has signed already; ``HttpCall``'s path is for those who watch."""

    request: HttpRequest | None = field(default=None, repr=False)
