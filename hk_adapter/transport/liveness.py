"""Whether the venue answers at all."""

from __future__ import annotations


class Line:
    """Keeps since when a venue has answered nothing. Shared by all connections of one key.

    Thread-safe without a lock: each word is one step, and where two come at once either may be the last.
    """

    def __init__(self) -> None:
        self._silent_since: float | None = None

    def heard(self) -> None:
        """Record that an answer came, whatever it said."""
        self._silent_since = None

    def missed(self, asked: float) -> None:
        """Record that what was asked at a monotonic time in seconds was not answered."""
        if self._silent_since is None:
            self._silent_since = asked

    def silence(self, now: float) -> float:
        """Return for how many seconds nothing was answered; 0 if the last answer is the last thing known."""
        since = self._silent_since
        return 0.0 if since is None else max(0.0, now - since)
