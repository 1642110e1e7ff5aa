"""What is struck, and how the same venue is then asked to cancel: the facades, the calls, a simulator in process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, Simulator, SimulatorControl, serve
from tests.interrupts.striking import in_time
from tests.simulator.conftest import Client
from tests.sockets.front import Front

DEADLINE = 4.0
"""Seconds that a call may take by its own account."""
ENOUGH = 2 * DEADLINE
"""Seconds in which a call that nothing holds up is over, on the slowest machine."""

Proven = Callable[[str], object]
"""Cancels the order of an id, and fails where the call did not prove that it is canceled."""


@dataclass(frozen=True)
class Scene:
    """A venue with what is struck of it, and the ways in which it is asked to cancel afterwards.

    Attributes:
        control: sees the truth.
        place: lets an order rest, and gives its id.
        call: is struck, given the ids of two orders that rest.
        cancels: what is tried after each strike, each with an order of its own.
    """

    control: SimulatorControl
    place: Callable[[], str]
    call: Callable[[Sequence[str]], Any]
    cancels: tuple[Proven, ...]

    def leave_nothing(self) -> None:
        """Take what the struck call left off the book, and forget it."""
        for order in self.control.orders():
            with suppress(Exception):
                self.control.cancel(order.order_id)
            with suppress(Exception):  # one that a strike in the simulator itself left half changed stays
                self.control.forget(order.order_id)


@contextmanager
def served(*, with_bodies: bool = False) -> Iterator[tuple[Simulator, str, Callable[[], str]]]:
    """Give a simulator behind sockets, its URL, and what lets an order rest there.

    The bare one, which is faster, reads no bodies.
    """
    simulator = Simulator()

    def place() -> str:
        return Client(simulator, now=int(time.time() * 1000)).rest()

    if with_bodies:
        with serve(simulator=simulator) as server:
            yield simulator, server.url, place
        return
    front = Front(simulator, None)
    try:
        yield simulator, f"http://127.0.0.1:{front.listener.port}", place
    finally:
        front.listener.close()


def both_threads(venue: Any) -> tuple[Proven, ...]:
    """Cancel from another thread, and from this one."""

    def proven(order_id: str) -> object:
        return canceled(venue.try_cancel(order_id, timeout=DEADLINE))

    return (lambda order_id: in_time(lambda: proven(order_id), ENOUGH), proven)


def canceled(report: hk.CancelReport, right: Collection[CancelOutcome] = (CancelOutcome.CANCELED,)) -> CancelOutcome:
    """Return the outcome, which must be one of the right ones."""
    assert report.outcome in right, repr(report)
    return report.outcome


@contextmanager
def over_a_socket(call: Callable[[Any, Sequence[str]], Any]) -> Iterator[Scene]:
    """Strike one of the calls of the blocking facade."""
    with served(with_bodies=call is create) as (simulator, url, place):
        venue = hk.connect("hashkey", environment="simulator", base_url=url, budget="unlimited")
        try:
            control = SimulatorControl(simulator)
            yield Scene(control, place, lambda ids: call(venue, ids), both_threads(venue))
        finally:
            in_time(lambda: [venue.close()], ENOUGH)


@contextmanager
def in_process() -> Iterator[Scene]:
    """Strike a cancel at the simulator of this process."""
    venue = hk.connect("hashkey", environment="simulator", budget="unlimited")

    def place() -> str:
        return str(venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id)

    try:
        yield Scene(venue.simulator, place, lambda ids: cancel(venue, ids), both_threads(venue))
    finally:
        in_time(lambda: [venue.close()], ENOUGH)


@contextmanager
def under_asyncio() -> Iterator[Scene]:
    """Strike an awaited cancel; then await another in the loop that was left, if it lives, and one in a new loop."""
    with served() as (simulator, url, place):
        venue = hk.connect_async("hashkey", environment="simulator", base_url=url, budget="unlimited")
        loops = [asyncio.new_event_loop()]

        def report(order_id: str) -> hk.CancelReport:
            return loops[-1].run_until_complete(venue.try_cancel(order_id, timeout=DEADLINE))

        def in_a_new_loop(order_id: str) -> CancelOutcome:
            with suppress(RuntimeError):  # a lost one that says it runs
                loops.pop().close()
            loops.append(asyncio.new_event_loop())
            return canceled(report(order_id))

        def in_the_same(order_id: str) -> CancelOutcome:
            # What strikes asyncio itself between its steps may leave a loop that says it runs, or stops: it is lost.
            if loops[-1].is_running():
                return in_a_new_loop(order_id)
            try:
                return canceled(report(order_id))
            except RuntimeError as error:
                if "stopped before" not in str(error):
                    raise
            loops.append(asyncio.new_event_loop())
            return canceled(report(order_id), {CancelOutcome.CANCELED, CancelOutcome.ALREADY_CANCELED})

        def call(ids: Sequence[str]) -> Any:
            _forget_a_struck_loop()
            return loops[-1].run_until_complete(cancel(venue, ids))

        control = SimulatorControl(simulator)
        try:
            yield Scene(control, place, call, tuple(timed(one) for one in (in_the_same, in_a_new_loop)))
        finally:
            _forget_a_struck_loop()
            loops[-1].run_until_complete(venue.close())


def _forget_a_struck_loop() -> None:
    """Let the thread run a loop again: one that is struck in the last lines of its run leaves its thread marked."""
    asyncio._set_running_loop(None)


@contextmanager
def by_ccxt() -> Iterator[Scene]:
    """Strike a cancel of the class for bots that use ccxt."""
    import ccxt  # noqa: PLC0415 - an extra

    from hk_adapter import ccxt_facade  # noqa: PLC0415 - ccxt is an extra

    ccxt_facade.register()
    with served() as (simulator, url, place):
        urls = {"api": {"public": url, "private": url}}
        keys = {"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "enableRateLimit": False}
        bot = ccxt.hkadapter({**keys, "timeout": int(DEADLINE * 1000), "urls": urls})
        bot.load_markets()

        def proven(order_id: str) -> object:
            told = bot.cancel_order(order_id, "ETH/USD")
            assert told["status"] == "canceled", told
            return told

        control = SimulatorControl(simulator)
        elsewhere = timed(proven)
        yield Scene(control, place, lambda ids: bot.cancel_order(ids[0], "ETH/USD"), (elsewhere, proven))
        bot.session.close()


def timed(proven: Proven) -> Proven:
    """Do so in a thread of its own, so that what hangs is a failure."""
    return lambda order_id: in_time(lambda: proven(order_id), ENOUGH)


def cancel(venue: Any, order_ids: Sequence[str]) -> Any:
    """Cancel the first order."""
    return venue.try_cancel(order_ids[0], timeout=DEADLINE)


def cancel_two(venue: Any, order_ids: Sequence[str]) -> Any:
    """Cancel both in one call."""
    return venue.cancel_orders(order_ids, timeout=DEADLINE)


def cancel_all(venue: Any, _: Sequence[str]) -> Any:
    """Cancel whatever is open."""
    return venue.cancel_all_orders("ETH/USD", timeout=DEADLINE)


def create(venue: Any, _: Sequence[str]) -> Any:
    """Place another order."""
    return venue.create_order("ETH/USD", "limit", "buy", "1", "1900", timeout=DEADLINE)


SCENES: dict[str, Callable[[], Any]] = {
    "cancel_order": lambda: over_a_socket(cancel),
    "cancel_orders": lambda: over_a_socket(cancel_two),
    "cancel_all_orders": lambda: over_a_socket(cancel_all),
    "create_order": lambda: over_a_socket(create),
    "in_process": in_process,
    "asyncio": under_asyncio,
    "ccxt": by_ccxt,
}
