"""What a signal's handler raises, a plain error too, ends the call as Ctrl-C does, and is nobody else's fault."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

import hk_adapter as hk
from tests.ccxt_bridge.by_hand import NEW, opened, run
from tests.transport.conftest import Peer, RawServer

KEYS = {"api_key": "canary-key-4711", "secret": "canary-secret-0815"}


class Alarm(Exception):
    """A program's own word for "too late"."""


def _strike() -> None:
    signal.raise_signal(signal.SIGUSR1)


@pytest.fixture(params=[Alarm, TimeoutError, ValueError, ConnectionResetError], ids=lambda kind: kind.__name__)
def raised(request: pytest.FixtureRequest) -> Iterator[type[Exception]]:
    """Have a handler raise an error of some kind, among them those of a network that fails."""

    def handler(number: int, frame: FrameType | None) -> None:
        raise request.param("the program's own")

    before = signal.signal(signal.SIGUSR1, handler)
    yield request.param
    signal.signal(signal.SIGUSR1, before)


@pytest.fixture
def struck_while_it_reads() -> Iterator[RawServer]:
    """Serve a venue that strikes whoever waits for its first answer, and cuts what comes later."""
    main = threading.main_thread().ident or 0

    def behave(peer: Peer) -> None:
        if peer.read_request() and len(peer.server.requests) == 1:
            signal.pthread_kill(main, signal.SIGUSR1)
            peer.wait_until_gone()

    server = RawServer(behave, None)
    yield server
    server.stop()


def test_where_the_network_is_read(raised, struck_while_it_reads):
    """No failure of the network: the caller gets the very error, and no frame of it shows what was signed."""
    with hk.connect("hashkey", base_url=struck_while_it_reads.origin, budget="unlimited", **KEYS) as venue:
        with pytest.raises(raised, match="the program's own") as caught:
            venue.try_cancel("17", timeout=1)
        shown = repr([entry.frame.f_locals for entry in caught.traceback if "hk_adapter" in str(entry.path)])
    assert "signature=" not in shown
    assert KEYS["secret"] not in shown


def test_what_is_called_from_the_except_block(raised, struck_while_it_reads):
    """A call that a program makes because of the first one's end comes to its own: a cut is a cut again."""
    with hk.connect("hashkey", base_url=struck_while_it_reads.origin, budget="unlimited", **KEYS) as venue:
        try:
            venue.try_cancel("17", timeout=1)
        except raised:
            report = venue.try_cancel("17", timeout=0.1)
    assert (report.outcome, report.attempts > 0) == (hk.CancelOutcome.UNKNOWN, True)


def test_between_two_looks(raised, monkeypatch):
    """A cancel that waits is no wrapper's or venue's fault either."""
    with hk.connect("hashkey", environment="simulator", budget="unlimited") as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    monkeypatch.setattr(time, "sleep", lambda seconds: _strike())
    with hk.connect("hashkey", environment="simulator", budget="unlimited") as venue:
        venue.simulator.fail_next(status=500, method="DELETE", times=3)
        venue.simulator.fail_next("cut", method="GET", times=9)
        with pytest.raises(raised, match="the program's own"):
            venue.try_cancel(order.id, timeout=1)


@pytest.mark.parametrize("place", ["operate", "attempt"])
def test_within_a_wrapper(raised, place):
    """It strikes where a wrapper's code runs, which is not to blame for it."""

    async def wrapper(self: object, flow: Any, operation: object) -> Any:
        _strike()
        return await flow

    async def inner(self: object, flow: Any, operation: object, request: object, hook: str) -> Any:
        _strike()
        return await flow

    own = type("Own", (), {place: hk.wraps_flow(wrapper if place == "operate" else inner)})()
    with (
        hk.connect("hashkey", environment="simulator", plugins=[own]) as venue,
        pytest.raises(raised, match="the program's own"),
    ):
        venue.try_cancel("17", timeout=1)


def test_what_a_handler_raises_within_ccxt_is_no_unreadable_answer(raised):
    """No answer that ccxt could not read."""

    def struck(request: object) -> Any:
        _strike()

    with pytest.raises(raised, match="the program's own"):
        run(opened("kraken").create_order(NEW), struck)
