"""Strikes a cancel over a socket everywhere, in a process of its own: ``python -m tests.interrupts.strikes 0``.

Ends in FOUND, saying what, where a strike left anything taken.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import Simulator, SimulatorControl
from tests.interrupts.striking import Tracer, in_time, worth_striking
from tests.simulator.conftest import Client
from tests.sockets.front import Front

EVERY = os.environ.get("HK_ADAPTER_TEST_INTERRUPTS") == "all"
FOUND = 3
PARTS = 2
"""Processes that share the moments: each strikes at every second one."""
ENOUGH = 8.0
"""Seconds in which a cancel that nothing holds up is over, on the slowest machine."""


def strike_everywhere(venue: Any, simulator: Simulator, share: int, part: int) -> None:
    """Interrupt a cancel at each line in turn, and each time cancel another order from another thread and this one."""
    place: Callable[[], str] = lambda: Client(simulator, now=int(time.time() * 1000)).rest()  # noqa: E731
    venue.cancel_order(place())
    counted = Tracer()
    order_id = place()
    counted.run(lambda: venue.try_cancel(order_id, timeout=ENOUGH))
    for moment in worth_striking(counted.lines, every=EVERY, share=share)[part::PARTS]:
        struck, next_one, last = place(), place(), place()
        Tracer(moment).run(lambda: venue.try_cancel(struck, timeout=ENOUGH))  # noqa: B023
        reports = [
            in_time(lambda: venue.try_cancel(next_one, timeout=ENOUGH / 2), ENOUGH),  # noqa: B023
            venue.try_cancel(last, timeout=ENOUGH / 2),
        ]
        with suppress(Exception):
            SimulatorControl(simulator).cancel(struck)
        assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 2, moment
        assert max(report.elapsed for report in reports) < ENOUGH / 4, moment


def strike_over_a_socket(share: int, part: int) -> None:
    """Do so with a venue that talks to a simulator over a socket; nothing of it is left afterwards."""
    front = Front(Simulator(), None)
    origin = f"http://127.0.0.1:{front.listener.port}"
    venue = hk.connect("hashkey", environment="simulator", base_url=origin, budget="unlimited")
    try:
        strike_everywhere(venue, front.simulator, share, part)
    finally:
        in_time(venue.close, ENOUGH)
        front.listener.close()


if __name__ == "__main__":
    try:
        strike_over_a_socket(share=1499, part=int(sys.argv[1]))
    except AssertionError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(FOUND)
