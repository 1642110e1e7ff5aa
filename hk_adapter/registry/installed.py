"""What was read of the installed distributions is kept, for each place on ``sys.path``, until it may have changed.

Reading it takes longer than all else that opening a venue does.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_SETTLED = 2_000_000_000
"""Nanoseconds after its last change that a place is believed to be complete: an installer writes file by file."""


class KeptByPlace(Generic[T]):
    """What was read in each place on ``sys.path``, kept while no distribution is installed, removed or replaced there.

    Each of these changes the directory that the distribution is in. What is written over in a distribution that
    stays, as its ``entry_points.txt``, is seen by the next process.
    """

    def __init__(self, read: Callable[[str], T]) -> None:
        self._read = read
        self._kept: dict[str, tuple[object, T]] = {}

    def all(self) -> list[T]:
        """Return what is in the places, in their order."""
        finders = tuple(sys.meta_path)  # they do the finding; some have distributions that no directory has
        return [self._of(path, finders) for path in sys.path]

    def _of(self, path: str, finders: tuple[object, ...]) -> T:
        changed, *which = _last_change(path)
        state = (finders, changed, which)
        if path in self._kept and self._kept[path][0] == state:
            return self._kept[path][1]
        found = self._read(path)
        if changed + _SETTLED < time.time_ns():
            self._kept[path] = state, found
        return found


def _last_change(path: str) -> tuple[int, ...]:
    """Return when a place was changed last, and which one it is: a path may come to mean another."""
    try:
        status = os.stat(path or ".")
    except (OSError, ValueError):
        return (0,)
    return status.st_mtime_ns, status.st_dev, status.st_ino
