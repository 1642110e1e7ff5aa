"""Whether something is over in time, where the machine may be busy: what it took of the time is granted."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TOLERANCE = 0.25
"""Seconds that a call may be late, as the documentation promises it."""
_TICK = 0.02
_THREADS = "/proc/self/task"


class Machine:
    """What a busy machine takes from this process, while the block lasts.

    Attributes:
        took: seconds in which threads of this process waited for a processor, or in which none of them ran at all.
    """

    def __init__(self) -> None:
        self.took = 0.0
        self._over = threading.Event()
        self._paused = 0.0
        self._gauge = threading.Thread(target=self._measure, daemon=True)

    def __enter__(self) -> Machine:
        self._before, self._last = _waited(), time.monotonic()
        self._waited = dict(self._before)
        self._gauge.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._gauge.join()
        self._tick()
        waited = (seconds - self._before.get(thread, 0.0) for thread, seconds in self._waited.items())
        self.took = self._paused + sum(waited)

    def _measure(self) -> None:
        while not self._over.wait(_TICK):
            self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        self._paused += max(0.0, now - self._last - 2 * _TICK)
        self._last = now
        self._waited |= _waited()  # a thread that ends is not counted any more


@contextmanager
def on_time(seconds: float, tolerance: float = TOLERANCE) -> Iterator[None]:
    """Fail unless the block is over after so many seconds, give or take the tolerance and what the machine took."""
    begun = time.monotonic()
    with Machine() as machine:
        yield
        took = time.monotonic() - begun
    assert took <= seconds + tolerance + machine.took, f"took {took:.3f} s, of which the machine {machine.took:.3f}"


def _waited() -> dict[str, float]:
    """Return for how long each thread has waited for a processor; nothing where the system does not count it."""
    waited = {}
    for thread in os.listdir(_THREADS) if os.path.isdir(_THREADS) else ():
        try:
            with open(f"{_THREADS}/{thread}/schedstat", encoding="ascii") as counts:
                waited[thread] = int(counts.read().split()[1]) / 1e9
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    return waited
