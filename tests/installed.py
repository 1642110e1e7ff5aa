"""What is installed beside the tests, read once: opening a venue reads all of it, and tests open thousands."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Iterator
from functools import cache, cached_property, wraps
from importlib import metadata
from typing import Any

_PLACES = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}


class _Read:
    """An installed distribution whose files are not read again."""

    def __init__(self, real: metadata.Distribution) -> None:
        self._real = real
        self.read_text = cache(real.read_text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @cached_property
    def metadata(self) -> Any:
        """Its head."""
        return self._real.metadata

    @cached_property
    def version(self) -> str:
        """Its version."""
        return self._real.version

    @cached_property
    def entry_points(self) -> metadata.EntryPoints:
        """What it offers."""
        return self._real.entry_points


def read_once(real: Callable[..., Any]) -> Callable[..., Any]:
    """Find distributions as ``importlib.metadata.distributions``, those of the environment as they were at first."""
    kept: dict[str, list[_Read]] = {}

    @wraps(real)
    def distributions(**asked: Any) -> Iterator[Any]:
        if asked:
            yield from real(**asked)
            return
        for place in sys.path:
            if place in _PLACES:
                if place not in kept:
                    kept[place] = [_Read(one) for one in real(path=[place])]
                yield from kept[place]
            else:  # a test may have installed something there
                yield from real(path=[place])

    return distributions
