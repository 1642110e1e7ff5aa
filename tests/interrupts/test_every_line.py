"""Ctrl-C at any line of a cancel leaves the venue usable: the next cancel comes to a right report in time."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import Simulator, SimulatorControl
from tests.interrupts.striking import Hangs, Tracer, in_time, watchdog, worth_striking
from tests.simulator.conftest import Client
from tests.sockets.front import Front

# What is struck while it is thrown away cannot say so to anybody: Python writes it down, and tells pytest.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
]

EVERY = os.environ.get("HK_ADAPTER_TEST_INTERRUPTS") == "all"
ENOUGH = 8.0
"""Seconds in which a cancel that nothing holds up is over, on the slowest machine."""
LONGEST = 3600.0 if EVERY else 240.0
"""Seconds after which the whole of it hangs."""


@pytest.fixture
def socket_venue() -> Iterator[tuple[Any, Simulator]]:
    """Give a venue that talks to a simulator over a socket."""
    front = Front(Simulator(), None)
    origin = f"http://127.0.0.1:{front.listener.port}"
    venue = hk.connect("hashkey", environment="simulator", base_url=origin, budget="unlimited")
    yield venue, front.simulator
    with watchdog(ENOUGH):
        venue.close()
    front.listener.close()
    gc.collect()


def strike_everywhere(venue: Any, simulator: Simulator, share: int) -> None:
    """Interrupt a cancel at each line in turn, and each time cancel another order from another thread and this one."""
    place: Callable[[], str] = lambda: Client(simulator, now=int(time.time() * 1000)).rest()  # noqa: E731
    venue.cancel_order(place())
    counted = Tracer()
    order_id = place()
    counted.run(lambda: venue.try_cancel(order_id, timeout=ENOUGH))
    for moment in worth_striking(counted.lines, every=EVERY, share=share):
        struck, next_one, last = place(), place(), place()
        Tracer(moment).run(lambda: venue.try_cancel(struck, timeout=ENOUGH))  # noqa: B023
        reports = [
            in_time(lambda: venue.try_cancel(next_one, timeout=ENOUGH / 2), ENOUGH),  # noqa: B023
            venue.try_cancel(last, timeout=ENOUGH / 2),
        ]
        with suppress(Exception):
            SimulatorControl(simulator).cancel(struck)
        where = counted.lines[moment]
        assert [report.outcome for report in reports] == [CancelOutcome.CANCELED] * 2, where
        assert max(report.elapsed for report in reports) < ENOUGH / 4, where


def test_over_a_socket(socket_venue: tuple[Any, Simulator]) -> None:
    """Whatever line of ours or of a library is struck: no lock, no connection and no place stays taken."""
    # In a thread of its own: a tracer that raises while an exception is being left behind leaves it set, for good.
    in_time(lambda: strike_everywhere(*socket_venue, share=1499), LONGEST)


def test_a_hang_is_a_failure() -> None:
    """The watchdog breaks off what waits for a lock that nobody gives back, and lets the suite go on."""
    lock = threading.Lock()
    lock.acquire()
    with pytest.raises(Hangs), watchdog(0.05):
        lock.acquire()
