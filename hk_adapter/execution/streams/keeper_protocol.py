"""What a keeper of a stream offers to the room that runs it, whatever is watched there."""

from __future__ import annotations

from typing import Any, Protocol

from hk_adapter.errors import AdapterError
from hk_adapter.flow.effects import Flow


class Watchers(Protocol):
    """All who watch one stream."""

    def join(self, consumer: Any) -> None:
        """Add somebody who watches."""

    def leave(self, consumer: Any) -> bool:
        """Remove somebody who watches; return whether nobody is left."""

    def end(self, error: AdapterError | None = None) -> None:
        """End all of them."""


class StreamKeeper(Protocol):
    """Keeps one stream, in a flow."""

    @property
    def feed(self) -> Watchers:
        """Those who watch."""

    @property
    def is_live(self) -> bool:
        """Whether the stream is open, was heard of late, and has no gap."""

    def run(self) -> Flow[None]:
        """Keep the stream until nobody wants it any more. Raises what no further try would mend."""

    def finish(self) -> Flow[None]:
        """Close what is open, after ``run``."""
