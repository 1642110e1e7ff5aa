"""Whether the venue answers at all."""

from __future__ import annotations

from threading import Lock

from hk_adapter.flow.process import renew_after_fork


class Line:
    """Keeps since when a venue has answered nothing. Shared by all connections of one key; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._silent_since: float | None = None
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Keep what is known; a thread of the parent may have held the lock."""
        self._lock = Lock()

    def heard(self) -> None:
        """Take that an answer came, whatever it said."""
        with self._lock:
            self._silent_since = None

    def missed(self, asked: float) -> None:
        """Take that what was asked at a monotonic time in seconds was not answered."""
        with self._lock:
            if self._silent_since is None:
                self._silent_since = asked

    def silence(self, now: float) -> float:
        """Say for how many seconds nothing was answered; 0 if the last answer is the last thing known."""
        since = self._silent_since
        return 0.0 if since is None else max(0.0, now - since)
