"""kill -9 at random moments of journalled calls: nothing that was sent is forgotten, and nothing is invented.

HK_ADAPTER_TEST_KILLS sets how many processes are killed, HK_ADAPTER_TEST_SEED where the random moments begin.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest

import hk_adapter
from hk_adapter import Venue
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator import (
    OrderView,
    RecordedRequest,
    SimRequest,
    SimResponse,
    Simulator,
    SimulatorControl,
    serve,
)
from tests.journal import killed_worker

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

RUNS = int(os.environ.get("HK_ADAPTER_TEST_KILLS", "30"))
SEED = int(os.environ.get("HK_ADAPTER_TEST_SEED", "1"))
LONGEST_DELAY = 0.012
"""Seconds; about one journalled call on a slow disk."""


class Killing(Simulator):
    """A venue that kills its client at a chosen request: instead of acting, before it, after it, or a little later."""

    def __init__(self) -> None:
        super().__init__(balances={"USD": 10**12})
        self.known = threading.Event()
        self.victim = 0
        self._countdown = 0
        self._moment = ""
        self._delay = 0.0
        self.timer: threading.Timer | None = None

    def aim(self, rng: random.Random) -> None:
        """Choose the moment for the next client."""
        self.known.clear()
        self._countdown = rng.randrange(1, 3 * killed_worker.ORDERS)
        self._moment = rng.choice(["lost", "before", "after", "later"])
        self._delay = rng.uniform(0.0, LONGEST_DELAY)
        self.timer = None

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Count requests, and strike."""
        self._countdown -= 1
        due = self._countdown == 0
        if due:
            self.known.wait(20)
        if due and self._moment in {"lost", "before"}:
            self._kill()
        if due and self._moment == "lost":
            SimulatorControl(self).fail_next("cut")
        answer = super().handle(request, now)
        if due and self._moment == "after":
            self._kill()
        elif due and self._moment == "later":
            self.timer = threading.Timer(self._delay, self._kill)
            self.timer.start()
        return answer

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.victim, signal.SIGKILL)


@pytest.fixture
def killing() -> Killing:
    """Make a venue that kills."""
    return Killing()


@pytest.fixture
def url(killing: Killing) -> Iterator[str]:
    """Serve it."""
    with serve(simulator=killing) as server:
        yield server.url


@pytest.fixture
def run(killing: Killing, url: str, path: Path) -> Iterator[Callable[[str, random.Random], None]]:
    """Run a client under a name until it is killed, or has done its work."""
    process = subprocess.Popen(
        [sys.executable, killed_worker.__file__, str(path), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(hk_adapter.__file__).parents[1])},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    orders, answers = process.stdin, process.stdout

    def one(name: str, rng: random.Random) -> None:
        killing.aim(rng)
        orders.write(f"{name}\n")
        orders.flush()
        killing.victim = int(answers.readline())
        killing.known.set()
        assert answers.readline() == "gone\n"
        if killing.timer is not None:
            killing.timer.cancel()

    yield one
    orders.close()
    process.wait(20)
    answers.close()


@pytest.fixture
def venue(url: str, journal: Journal) -> Iterator[Venue]:
    """Open the venue, to recover with."""
    with hk_adapter.connect(
        "hashkey", environment="simulator", base_url=url, plugins=[journal], budget="unlimited"
    ) as opened:
        yield opened


def test_nothing_that_was_sent_is_forgotten(
    run: Callable[[str, random.Random], None], killing: Killing, venue: Venue, journal: Journal, path: Path
) -> None:
    """Every order request that the venue saw is in the journal, listed or settled as it truly ended.

    And recovery settles exactly what the venue can prove; told to cancel anew, it leaves no cancel in flight.
    """
    rng = random.Random(SEED)
    cut_off = 0
    for number in range(RUNS):
        run(f"run{number}", rng)
        cut_off += bool(journal.read_in_flight())
        _let_arrive(venue)
        orders = SimulatorControl(killing).orders()
        _check_remembered(killing.requests, orders, path)
        _check_recovered(orders, venue)
        _start_over(killing, path)
    assert cut_off >= RUNS / 3, "the kills miss the calls"


def _let_arrive(venue: Venue) -> None:
    """Let the venue read what a killed client had sent: what came before is read with what comes after."""
    venue.fetch_time()
    venue.fetch_time()


def _check_remembered(requests: list[RecordedRequest], orders: list[OrderView], path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, order_id, client_order_id, state, outcome FROM operations").fetchall()
    for request in requests:
        own, order_id = _client_id(request.parameters), request.parameters.get("orderId")
        name = {"POST": "create_order", "DELETE": "cancel_order"}.get(request.method)
        if name is not None:
            same = [one for one in rows if one[0] == name and (one[2] == own if own else one[1] == order_id)]
            assert same, f"{request.method} of {own or order_id} is forgotten"
    by_id = {order.order_id: order for order in orders}
    for name, order_id, own, state, outcome in rows:
        if state == "settled":
            assert order_id in by_id, f"{name} {own} is settled, and no such order exists"
            assert name == "create_order" or (outcome, by_id[order_id].status) == ("canceled", "CANCELED")


def _check_recovered(orders: list[OrderView], venue: Venue) -> None:
    by_id = {order.order_id: order for order in orders}
    by_own_id = {order.client_order_id: order for order in orders}
    for found in venue.recover():
        entry = found.entry
        order = by_id.get(entry.order_id or "") or by_own_id.get(entry.client_order_id or "")
        assert not entry.running
        if entry.operation == "create_order":
            assert found.settled == (order is not None)
        else:
            assert order is not None
            assert found.settled == (order.status == "CANCELED")
    assert {found.entry.operation for found in venue.recover(resend=True) if not found.settled} <= {"create_order"}


def _client_id(parameters: Mapping[str, str]) -> str | None:
    return parameters.get("newClientOrderId") or parameters.get("clientOrderId")


def _start_over(killing: Killing, path: Path) -> None:
    killing.requests.clear()
    control = SimulatorControl(killing)
    for order in control.orders():
        if order.status != "CANCELED":
            control.cancel(order.order_id)
        control.forget(order.order_id)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM operations")
        connection.execute("DELETE FROM attempts")
