"""What is recorded from a served simulator is played again with nothing there, by every way to a venue that we have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import freezegun
import pytest
import time_machine
from vcr.errors import CannotOverwriteExistingCassetteException

from hk_adapter import CancelOutcome
from hk_adapter.testing.cassettes.recorded import Recorded

from .recording import recorded_in

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")
MANY = 12

Story = Callable[[Recorded], Any]


def blocking(recorded: Recorded) -> list[Any]:
    """Cancel one order in a thread."""
    with recorded.connect() as venue:
        order = venue.create_order(*TERMS)
        recorded.at_venue("fill", order.id, "0.2")
        done = venue.cancel_order(order.id)
        return [(order.client_order_id, done.status, done.filled, done.last_update_timestamp)]


async def asynchronous(recorded: Recorded) -> list[Any]:
    """Cancel one order in a task."""
    async with recorded.connect_async() as venue:
        order = await venue.create_order(*TERMS)
        recorded.at_venue("fill", order.id, "0.2")
        done = await venue.cancel_order(order.id)
        return [(order.client_order_id, done.status, done.filled, done.last_update_timestamp)]


def through_ccxt(recorded: Recorded) -> list[Any]:
    """Cancel one order through the bridge."""
    with recorded.connect("ccxt:hashkey") as venue:
        order = venue.create_order(*TERMS)
        done = venue.cancel_order(order.id, TERMS[0])
        return [(order.client_order_id, done.status, done.filled)]


def balance_through_ccxt(recorded: Recorded) -> list[Any]:
    """Read what the account has, by currency."""
    with recorded.connect("ccxt:hashkey") as venue:
        venue.create_order(*TERMS)
        balances = venue.fetch_balance()
        assert balances["USD"].used > 0
        return [(code, one.free, one.used) for code, one in balances.items()]


async def through_ccxt_in_a_loop(recorded: Recorded) -> list[Any]:
    """Cancel one order through the bridge, in a task."""
    async with recorded.connect_async("ccxt:hashkey") as venue:
        order = await venue.create_order(*TERMS)
        done = await venue.cancel_order(order.id, TERMS[0])
        return [(order.client_order_id, done.status, done.filled)]


def ccxts_class(recorded: Recorded) -> list[Any]:
    """Cancel one order with the class for bots that speak ccxt."""
    exchange = recorded.exchange()
    order = exchange.create_order(TERMS[0], "limit", "buy", 0.5, 1900)
    done = exchange.cancel_order(order["id"], TERMS[0])
    return [(order["id"], done["status"], done["filled"])]


async def ccxts_class_in_a_loop(recorded: Recorded) -> list[Any]:
    """Cancel one order with the class for asyncio."""
    exchange = recorded.exchange(asyncio=True)
    try:
        order = await exchange.create_order(TERMS[0], "limit", "buy", 0.5, 1900)
        done = await exchange.cancel_order(order["id"], TERMS[0])
        return [(order["id"], done["status"], done["filled"])]
    finally:
        await exchange.close()


def two_venues(recorded: Recorded) -> list[Any]:
    """Place the same order through two connections, and then through one that is opened anew."""
    first, second = recorded.connect(), recorded.connect()
    orders = [first.create_order(*TERMS), second.create_order(*TERMS)]
    first.close()
    orders.append(recorded.connect().create_order(*TERMS))
    done = [second.cancel_order(order.id) for order in orders]
    assert len({one.client_order_id for one in done}) == len(orders)
    return [(one.client_order_id, one.status) for one in done]


def many_threads(recorded: Recorded) -> list[Any]:
    """Place and cancel several orders at once, each in a thread of its own."""
    with recorded.connect() as venue, ThreadPoolExecutor(MANY) as pool:
        orders = list(pool.map(lambda _: venue.create_order(*TERMS), range(MANY)))
        done = list(pool.map(lambda order: venue.cancel_order(order.id), orders))
        return sorted((one.client_order_id, one.status, one.filled) for one in done)


async def many_tasks(recorded: Recorded) -> list[Any]:
    """Place and cancel several orders at once, each in a task of its own."""
    async with recorded.connect_async() as venue:
        orders = await asyncio.gather(*(venue.create_order(*TERMS) for _ in range(MANY)))
        done = await asyncio.gather(*(venue.cancel_order(order.id) for order in orders))
        return sorted((one.client_order_id, one.status, one.filled) for one in done)


STORIES = (
    blocking,
    asynchronous,
    through_ccxt,
    balance_through_ccxt,
    through_ccxt_in_a_loop,
    ccxts_class,
    ccxts_class_in_a_loop,
    two_venues,
    many_threads,
    many_tasks,
)


def told(story: Story, recorded: Recorded) -> Any:
    """Run a story to its end."""
    result = story(recorded)
    return asyncio.run(_awaited(result)) if isinstance(result, Awaitable) else result


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_the_same_when_it_is_played(tmp_path: Path, story: Story) -> None:
    """Ids, ends, fills and times are those of the recording, though the venue is gone and the keys are others."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        assert recorded.recording
        first = told(story, recorded)
    for _ in range(2):
        with recorded_in(path) as recorded:
            assert not recorded.recording
            assert told(story, recorded) == first


@pytest.mark.parametrize(
    "frozen",
    [
        lambda: freezegun.freeze_time("2020-01-01"),
        lambda: freezegun.freeze_time("2020-01-01", real_asyncio=True),
        lambda: freezegun.freeze_time("2033-01-01", tick=True),
        lambda: time_machine.travel(0, tick=False),
    ],
    ids=["freezegun", "freezegun, real asyncio", "freezegun, ticking", "time-machine"],
)
@pytest.mark.parametrize("story", [blocking, asynchronous, many_threads])
def test_a_frozen_clock_changes_nothing(tmp_path: Path, story: Story, frozen: Callable[[], Any]) -> None:
    """A recording has its own time: a test that freezes the machine's, to whatever day, plays it all the same."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        first = told(story, recorded)
    with frozen(), recorded_in(path) as recorded:
        assert told(story, recorded) == first


def test_what_was_not_recorded_is_never_asked(tmp_path: Path) -> None:
    """Another order gets no recorded answer, and a cancel that was recorded once is not played twice."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        told(blocking, recorded)
    with recorded_in(path) as recorded, recorded.connect() as venue:
        with pytest.raises(CannotOverwriteExistingCassetteException):
            venue.create_order("ETH/USD", "limit", "buy", "0.5", "1899")
        order = venue.create_order(*TERMS)
        assert venue.try_cancel(order.id).outcome is CancelOutcome.PARTIALLY_CANCELED
        with pytest.raises(CannotOverwriteExistingCassetteException):
            venue.try_cancel(order.id)


def test_a_read_is_answered_after_the_end_as_it_was_last(tmp_path: Path) -> None:
    """A bot that looks once more than it did when it was recorded sees the venue stand still."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded:
        told(blocking, recorded)
    with recorded_in(path) as recorded, recorded.connect() as venue:
        order = venue.create_order(*TERMS)
        done = venue.cancel_order(order.id)
        assert [venue.fetch_order(order.id).status for _ in range(3)] == [done.status] * 3


@pytest.mark.parametrize(
    "mishap",
    [
        {"code": "-1006", "status": 400},
        {"code": "-1006", "status": 400, "acted": True},
        {"code": "-1021", "status": 400},
        {"code": "0211", "status": 400},
        {"code": "0003", "status": 429},
        {"status": 500},
    ],
    ids=lambda mishap: f"{mishap.get('code', '5xx')}{', acted' if mishap.get('acted') else ''}",
)
def test_what_a_cancel_came_to_is_the_same_when_it_is_played(tmp_path: Path, mishap: dict[str, Any]) -> None:
    """Doubts, refusals, skew and limits: outcome, evidence and sends of the recording, whatever the venue answered."""
    path, told_of = tmp_path / "story.yaml", list[Any]()
    for mode in ("once", "none"):
        with recorded_in(path, mode) as recorded, recorded.connect() as venue:
            order = venue.create_order(*TERMS)
            recorded.at_venue("fail_next", method="DELETE", **mishap)
            report = venue.try_cancel(order.id)
            seen = report.order
            ends = None if seen is None else (seen.id, seen.status, seen.filled, seen.timestamp)
            told_of.append((report.outcome, report.evidence, report.attempts, report.ambiguous_attempts, ends))
    assert told_of[0] == told_of[1]
