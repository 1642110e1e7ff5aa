"""Traces one happy cancel over HTTP: which of our files it enters, and how deep our stack is when a request is made.

python -m tests.way_of_a_cancel
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve

PACKAGE = f"{Path(hk.__file__).parent}/"


@dataclass
class Way:
    """What a call went through in its own thread; the served venue runs in another one."""

    functions: set[tuple[str, str]] = field(default_factory=set)
    stack: list[str] = field(default_factory=list)
    """The deepest one of ours at the return of an ``HttpCall``, innermost first."""

    @property
    def files(self) -> list[str]:
        """Name the files, below the package."""
        return sorted({file for file, _ in self.functions})

    def watch(self, frame: FrameType, event: str, value: Any) -> None:
        """Note a step; for ``sys.setprofile``."""
        name = frame.f_code.co_filename
        if not name.startswith(PACKAGE):
            return
        if event == "call":
            self.functions.add((name.removeprefix(PACKAGE), frame.f_code.co_qualname))
        elif event == "return" and isinstance(value, hk.HttpCall):
            stack = list(ours_below(frame))
            if len(stack) > len(self.stack):
                self.stack = stack


def ours_below(frame: FrameType | None):
    """Name the frames of ours from one outwards."""
    while frame is not None:
        if (name := frame.f_code.co_filename).startswith(PACKAGE):
            yield f"{name.removeprefix(PACKAGE)}: {frame.f_code.co_qualname}"
        frame = frame.f_back


def traced(call: Callable[[], object]) -> Way:
    """Make a call and note its way."""
    way, before = Way(), sys.getprofile()
    gc.disable()  # what is collected meanwhile may be an earlier test's, and have a finalizer of ours
    sys.setprofile(way.watch)
    try:
        call()
    finally:
        sys.setprofile(before)
        gc.enable()
    return way


def way_of_a_cancel() -> Way:
    """Trace the second cancel of a connection: the first one also imports, connects and learns the time."""
    with (
        serve() as served,
        hk.connect("hashkey", api_key=DEFAULT_API_KEY, secret=DEFAULT_SECRET, base_url=served.url) as venue,
    ):
        first, second = (venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id for _ in range(2))
        venue.cancel_order(first)
        return traced(lambda: venue.cancel_order(second))


if __name__ == "__main__":
    found = way_of_a_cancel()
    lines = [*found.files, "", *(f"  {frame}" for frame in found.stack), ""]
    counts = f"{len(found.files)} files, {len(found.functions)} functions, {len(found.stack)} frames at a request"
    sys.stdout.write("\n".join([*lines, counts, ""]))
