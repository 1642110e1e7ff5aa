"""Faults of the network, done to a test's requests by ``hk_faults``, while a recording is played and without one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from hk_adapter import CancelOutcome, NotSent
from hk_adapter.testing.cassettes.faults import Faults
from hk_adapter.testing.fixtures import ServedSimulator

from .recording import recorded_in

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record one order that is placed and canceled; every fault is done to this."""
    path = tmp_path_factory.mktemp("faults") / "story.yaml"
    with recorded_in(path, "once") as recorded, recorded.connect() as venue:
        venue.cancel_order(venue.create_order(*TERMS).id)
    return path


@pytest.mark.parametrize(
    ("fault", "outcome", "doubts"),
    [
        ("lose", CancelOutcome.CANCELED, 1),
        ("cut", CancelOutcome.CANCELED, 1),
        ("stall", CancelOutcome.CANCELED, 1),
        ("garbage", CancelOutcome.CANCELED, 1),
        ("refuse", CancelOutcome.CANCELED, 0),
    ],
)
@pytest.mark.parametrize("facade", ["blocking", "asyncio"])
def test_a_cancel_whose_answer_is_struck_is_settled(
    recording: Path, hk_faults: Faults, facade: str, fault: str, outcome: CancelOutcome, doubts: int
) -> None:
    """Lost, cut, stalled and garbage answers leave a doubt that the look settles; a refused connection leaves none."""
    begun = time.monotonic()
    with recorded_in(recording) as recorded:
        struck = getattr(hk_faults, fault)("DELETE", "/api/v1/spot/order")
        if facade == "blocking":
            with recorded.connect() as venue:
                report = venue.try_cancel(venue.create_order(*TERMS).id)
        else:
            report = asyncio.run(canceled(recorded))
    assert (report.outcome, report.ambiguous_attempts, struck.struck) == (outcome, doubts, 1)
    assert not hk_faults.unused()
    assert time.monotonic() - begun < 10, "a stall takes no time that anybody waits for"


async def canceled(recorded: Any) -> Any:
    """Place and cancel one order in a task."""
    async with recorded.connect_async() as venue:
        return await venue.try_cancel((await venue.create_order(*TERMS)).id)


def test_ccxts_class_is_struck_too(recording: Path, hk_faults: Faults, tmp_path: Path) -> None:
    """The class for bots that speak ccxt sends its cancels over the bot's session: the faults reach them there."""
    path = tmp_path / "class.yaml"
    with recorded_in(path, "once") as recorded:
        exchange = recorded.exchange()
        exchange.cancel_order(exchange.create_order(TERMS[0], "limit", "buy", 0.5, 1900)["id"])
    struck = hk_faults.lose("DELETE")
    with recorded_in(path) as recorded:
        exchange = recorded.exchange()
        done = exchange.cancel_order(exchange.create_order(TERMS[0], "limit", "buy", 0.5, 1900)["id"])
    assert (done["status"], struck.struck) == ("canceled", 1)


def test_a_request_that_never_arrived_is_asked_again(hk_simulator: ServedSimulator, hk_faults: Faults) -> None:
    """Without a recording too: what was lost on its way there left the order as it was."""
    with hk_simulator.connect() as venue:
        order = venue.create_order(*TERMS)
        hk_faults.lose("DELETE", acted=False)
        report = venue.try_cancel(order.id)
        assert (report.outcome, report.attempts) == (CancelOutcome.CANCELED, 2)
        hk_faults.refuse(times=99)
        with pytest.raises(NotSent):
            venue.fetch_time()


def test_what_struck_nothing_is_told(hk_faults: Faults) -> None:
    """A fault for a request that was never made would make a test that proves nothing."""
    fault = hk_faults.stall("GET", times=2)
    assert hk_faults.unused() == [fault]


def test_all_from_now_on(hk_simulator: ServedSimulator, hk_faults: Faults) -> None:
    """Without a number it strikes each that comes, and is unused only where none came."""
    with hk_simulator.connect() as venue:
        order = venue.create_order(*TERMS)
        gone, none = hk_faults.refuse("DELETE", times=None), hk_faults.lose("PUT", times=None)
        assert venue.try_cancel(order.id, timeout=1).outcome is CancelOutcome.VENUE_DOWN
        assert venue.try_cancel(order.id, timeout=1).outcome is CancelOutcome.VENUE_DOWN
    assert gone.struck > 1
    assert hk_faults.unused() == [none]


@pytest.mark.parametrize(
    ("given", "message"),
    [({"method": "DELET"}, "method must be one of GET, POST"), ({"times": 0}, "times must be at least 1")],
)
def test_what_could_strike_nothing_is_refused(hk_faults: Faults, given: dict[str, Any], message: str) -> None:
    """Its test would pass whatever the bot does."""
    with pytest.raises(ValueError, match=message):
        hk_faults.lose(**given)
    assert not hk_faults.unused()


def test_a_method_in_small_letters(hk_simulator: ServedSimulator, hk_faults: Faults) -> None:
    """It strikes as any other."""
    fault = hk_faults.refuse("post")
    with hk_simulator.connect() as venue, pytest.raises(NotSent):
        venue.create_order(*TERMS, timeout=0.5)
    assert fault.struck == 1
