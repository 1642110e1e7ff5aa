"""A bell that wakes whoever listens: rung from any thread, heard in a thread, in a task, or in virtual time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hk_adapter.flow.guard import Guard


class Bell:
    """Stays rung until it was heard. All who listen are woken, and must see for themselves what there is."""

    def __init__(self) -> None:
        self._lock = Guard()
        self._rung = False
        self._listeners: tuple[Callable[[], None], ...] = ()

    def ring(self) -> None:
        """Wake the listener, now or as soon as it listens."""
        if self._rung:
            return  # nobody has heard the last ring yet: whoever does will see what this one is for, too
        with self._lock:
            self._rung = True
            listeners, self._listeners = self._listeners, ()
        for wake in listeners:
            wake()

    def heard(self) -> bool:
        """Whether it has been rung since this was last asked."""
        with self._lock:
            rung, self._rung = self._rung, False
        return rung

    def listen(self, wake: Callable[[], None]) -> None:
        """Have ``wake`` called, once, from whichever thread rings; at once where it is rung already."""
        with self._lock:
            if not self._rung:
                self._listeners = (*self._listeners, wake)
                return
        wake()

    def stop_listening(self, wake: Callable[[], None]) -> None:
        """Forget one who listened."""
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one is not wake)

    def wait(self, seconds: float | None) -> None:
        """Block this thread until it rings, or for so many seconds."""
        woken = threading.Event()
        wake = woken.set
        self.listen(wake)
        try:
            woken.wait(seconds)
        finally:
            self.stop_listening(wake)
            self.heard()
