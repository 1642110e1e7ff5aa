"""kill -9 at random moments of the example quoter: the next one that starts and stops leaves no order behind.

HK_ADAPTER_TEST_QUOTER_KILLS sets how many are killed, HK_ADAPTER_TEST_SEED where the random moments begin.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from hk_adapter.simulator import SimRequest, SimResponse, Simulator, SimulatorControl, serve
from tests.examples import quoting_worker
from tests.examples.quoters import FILE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

KILLS = int(os.environ.get("HK_ADAPTER_TEST_QUOTER_KILLS", "3"))
SEED = int(os.environ.get("HK_ADAPTER_TEST_SEED", "1"))
ORDERS = "/api/v1.1/spot/order"


class Killing(Simulator):
    """A venue that ends its client at a chosen order call: before it acts on it, or after."""

    def __init__(self) -> None:
        super().__init__(balances={"USD": 10**9, "ETH": 10**6})
        self.known = threading.Event()
        self.victim = 0
        self._countdown = 0
        self._acts = True
        self._signal = signal.SIGKILL

    def aim(self, calls: int, by: signal.Signals, *, acts: bool) -> None:
        """Choose the moment for the next client."""
        self.known.clear()
        self._countdown, self._signal, self._acts = calls, by, acts

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Count order calls, and strike."""
        due = False
        if request.method in {"POST", "DELETE"} and "order" in request.path.lower():
            self._countdown -= 1
            due = self._countdown == 0
        if not due:
            return super().handle(request, now)
        self.known.wait(20)
        if not self._acts:
            self._strike()
        answer = super().handle(request, now)
        if self._acts:
            self._strike()
        return answer

    def _strike(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.victim, self._signal)


@pytest.fixture
def venue() -> Killing:
    """Make a venue that kills."""
    return Killing()


@pytest.fixture
def run(venue: Killing, venue_id: str) -> Iterator[Callable[[int], int]]:
    """Run a quoter by a seed until it has ended, and tell its exit code."""
    with serve(simulator=venue) as served:
        process = subprocess.Popen(
            [sys.executable, "-m", quoting_worker.__name__, served.url, venue_id],
            cwd=FILE.parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        said, told = process.stdin, process.stdout

        def one(seed: int) -> int:
            said.write(f"{seed}\n")
            said.flush()
            venue.victim = int(told.readline())
            venue.known.set()
            return int(told.readline())

        yield one
        process.communicate()


def still_open(venue: Killing) -> list[str]:
    """List the orders on the book, by the ids that their quoter gave them."""
    orders = SimulatorControl(venue).orders()
    return [order.client_order_id for order in orders if order.status in {"NEW", "PARTIALLY_FILLED", "PENDING_NEW"}]


@pytest.mark.parametrize(("venue_id", "kills"), [("hashkey", KILLS), ("ccxt:hashkey", max(1, KILLS // 3))])
def test_no_order_is_left_behind(venue: Killing, run: Callable[[int], int], kills: int) -> None:
    """Whatever killed ones leave, the next start cancels it, with proof; a stop leaves nothing."""
    rng = random.Random(SEED)
    venue.aim(2, signal.SIGKILL, acts=True)
    assert run(0) == -signal.SIGKILL
    assert len(still_open(venue)) == 2
    for number in range(1, kills):
        venue.aim(rng.randrange(1, 16), signal.SIGKILL, acts=rng.random() < 0.7)
        assert run(number) == -signal.SIGKILL
        assert len(still_open(venue)) <= 4, "more than two quotes, beside two that a start has not canceled yet"
    venue.aim(7, signal.SIGTERM, acts=True)
    assert run(kills) == 0
    assert still_open(venue) == []
