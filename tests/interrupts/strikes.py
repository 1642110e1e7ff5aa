"""Strikes calls in many places, in a process of its own: ``python -m tests.interrupts.strikes PART SCENE ...``.

HK_ADAPTER_TEST_INTERRUPTS sets where: ``few`` is a few lines of each scene, ``once`` every line of ours and of
libraries, the first time that a call executes it, ``lines`` the first and the last time, ``all`` every line every time.
Ends in FOUND, saying what, where a strike left anything taken, or an untruth.
"""

from __future__ import annotations

import asyncio
import linecache
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import hk_adapter
from tests.interrupts.scenes import DEADLINE, SCENES, Scene
from tests.interrupts.striking import Line, Moment, Tracer, every_time, first_and_last, first_times

SAMPLE = 24
"""How many moments of a scene are struck where a few are."""


def a_few(lines: list[Line]) -> list[Moment]:
    """Return lines that are spread over the call."""
    moments = first_times(lines)
    return moments[:: max(1, len(moments) // SAMPLE)]


WHERE: dict[str, tuple[Callable[[list[Line]], list[Moment]], int]] = {
    "few": (a_few, 1),
    "once": (first_times, 1),
    "lines": (first_and_last, 1),
    "all": (every_time, 8),
}
"""What chooses the moments, and how many processes share those of a scene."""
VARIABLE = "HK_ADAPTER_TEST_INTERRUPTS"
MODE = os.environ.get(VARIABLE, "few")
CHOOSE, PARTS = WHERE[MODE]
FOUND = 3
OURS = str(Path(hk_adapter.__file__).parent)
ASYNCIO = str(Path(asyncio.__file__).parent)
"""Where a strike may lose what the loop has read and not handed on yet: who waits for it waits till its timeout."""
COME_TO = 0.9
"""The least share of the moments that the calls must come to: no two of them execute quite the same lines."""


def moments_of(scene: Scene, part: int) -> list[Moment]:
    """Choose where to strike, by what one call executes."""
    scene.call([scene.place(), scene.place()])
    counted = Tracer()
    ids = [scene.place(), scene.place()]
    counted.run(lambda: scene.call(ids))
    scene.leave_nothing()
    return [moment for moment in CHOOSE(counted.lines) if can_be_struck(moment)][part::PARTS]


def can_be_struck(moment: Moment) -> bool:
    """Whether Python looks for an interrupt there: not where a block that ``with`` begins ends, on the same line again.

    Our own code is struck there too.
    """
    (file, line), earlier = moment
    return not earlier or file.startswith(OURS) or not linecache.getline(file, line).lstrip().startswith("with ")


def strike_everywhere(scene: Scene, part: int) -> tuple[int, int]:
    """Interrupt the call at each moment in turn, and each time cancel other orders of the same venue.

    Returns how many moments there were, and to how many of them the call came.
    """
    moments, come_to = moments_of(scene, part), 0
    for moment in moments:
        struck, tracer = [scene.place(), scene.place()], Tracer(moment)
        tracer.run(lambda: scene.call(struck))  # noqa: B023
        come_to += tracer.has_struck
        for cancel in scene.cancels:
            order_id = scene.place()
            began = time.monotonic()
            try:
                cancel(order_id)
            except Exception as error:
                error.add_note(f"after {moment}")
                raise
            late = DEADLINE if moment[0][0].startswith(ASYNCIO) else DEADLINE / 2
            took = time.monotonic() - began
            assert took < late, f"{took:.1f} s after {moment}, {cancel}"
            assert scene.control.order(order_id).status == "CANCELED", f"untrue after {moment}"
        scene.leave_nothing()
    assert come_to >= COME_TO * len(moments), f"of {len(moments)} moments the calls came to {come_to}"
    return len(moments), come_to


def main(part: str, *names: str) -> int:
    """Strike the scenes; give the exit code."""
    for name in names:
        began = time.monotonic()
        try:
            with SCENES[name]() as scene:
                moments, come_to = strike_everywhere(scene, int(part))
        except AssertionError:
            sys.stderr.write(f"{name}: {traceback.format_exc()}\n")
            return FOUND
        sys.stdout.write(f"{name}: {come_to} of {moments} moments struck in {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
