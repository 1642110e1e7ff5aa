"""Strikes calls everywhere, in a process of its own: ``python -m tests.interrupts.strikes PART SCENE ...``.

Ends in FOUND, saying what, where a strike left anything taken, or an untruth.
"""

from __future__ import annotations

import os
import sys
import time
import traceback

from tests.interrupts.scenes import DEADLINE, SCENES, Scene
from tests.interrupts.striking import Moment, Tracer, worth_striking

EVERY = os.environ.get("HK_ADAPTER_TEST_INTERRUPTS") == "all"
FOUND = 3
PARTS = 2 if EVERY else 1
"""Processes that share the moments: each strikes at every second one."""
SAMPLE = 24
"""How many moments of a scene are struck where not all are."""


def moments_of(scene: Scene, part: int) -> list[Moment]:
    """Choose where to strike: at all moments, or at a few lines that are spread over the call."""
    scene.call([scene.place(), scene.place()])
    counted = Tracer()
    ids = [scene.place(), scene.place()]
    counted.run(lambda: scene.call(ids))
    scene.leave_nothing()
    if EVERY:
        return worth_striking(counted.lines, every=True, share=1)[part::PARTS]
    lines = worth_striking(counted.lines, every=False, share=len(counted.lines) + 1)
    return lines[:: max(1, len(lines) // SAMPLE)]


def strike_everywhere(scene: Scene, part: int) -> None:
    """Interrupt the call at each moment in turn, and each time cancel other orders of the same venue."""
    for moment in moments_of(scene, part):
        struck = [scene.place(), scene.place()]
        Tracer(moment).run(lambda: scene.call(struck))  # noqa: B023
        for cancel in scene.cancels:
            order_id = scene.place()
            began = time.monotonic()
            assert cancel(order_id), f"not canceled after {moment}"
            assert time.monotonic() - began < DEADLINE / 2, f"late after {moment}"
            assert scene.control.order(order_id).status == "CANCELED", f"untrue after {moment}"
        scene.leave_nothing()


def main(part: str, *names: str) -> int:
    """Strike the scenes; give the exit code."""
    for name in names:
        try:
            with SCENES[name]() as scene:
                strike_everywhere(scene, int(part))
        except AssertionError:
            sys.stderr.write(f"{name}: {traceback.format_exc()}\n")
            return FOUND
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
