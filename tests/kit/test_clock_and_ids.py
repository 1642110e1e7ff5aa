"""``hk_clock`` and ``hk_client_ids``: what may stand in a request that has to be the same when it is played."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from vcr.serializers import yamlserializer

from hk_adapter import CancelOutcome
from hk_adapter.testing.cassettes.clock import RecordedClock
from hk_adapter.testing.cassettes.ids import ReplayedIds
from hk_adapter.testing.cassettes.replay_time import ReplayTime

from .recording import recorded_in

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")
DAY = 1_600_000_000_000


def test_since_is_never_in_the_future(tmp_path: Path) -> None:
    """A list that is asked for since the recording began is played, with the orders that were made since."""
    clock, path = RecordedClock(), tmp_path / "story.yaml"
    for mode in ("once", "none"):
        with recorded_in(path, mode) as recorded, recorded.connect() as venue:
            order = venue.create_order(*TERMS)
            listed = venue.fetch_open_orders(since=clock.began - 60_000)
            assert [one.id for one in listed] == [order.id]
            assert clock.began <= order.timestamp <= clock.ms() + 1


def test_a_recording_that_tells_no_time_begins_with_its_first_order(tmp_path: Path) -> None:
    """A cassette that was made without this kit shows the day of its first create: no order of it looks older."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded, recorded.connect() as venue:
        placed = venue.create_order(*TERMS, client_order_id="mine")
    kept = yamlserializer.deserialize(path.read_text())
    del kept["hk_adapter"]
    for one in kept["interactions"]:
        del one["response"]["answered_at"], one["response"]["asked_at"]
    day = str(placed.timestamp - 30 * 24 * 3_600_000)
    path.write_text(yamlserializer.serialize(kept).replace(str(placed.timestamp), day))
    with recorded_in(path) as recorded, recorded.connect() as venue:
        assert venue.create_order(*TERMS, client_order_id="mine").timestamp == int(day)
        assert 0 <= RecordedClock().began - int(day) < 1000


def test_a_typed_recording_is_told_its_day(tmp_path: Path) -> None:
    """A cassette that does not say when it began is played at the moment that a test names."""
    clock, path = RecordedClock(), tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded, recorded.connect() as venue:
        with pytest.raises(RuntimeError, match="played"):
            clock.begin_at(DAY)
        venue.fetch_time()
    with recorded_in(path):
        clock.begin_at(DAY)
        assert DAY <= clock.ms() < DAY + 60_000
    assert abs(clock.time() - time.time()) < 60


def test_a_bots_own_ids_are_the_same_again() -> None:
    """In the order of asking; those of a word are counted by themselves, whoever else asks meanwhile."""
    first, again = ReplayedIds("seed"), ReplayedIds("seed")
    assert [first(), first("eth"), first()] == [again(), *[again(), again("eth")][::-1]]
    assert len({ReplayedIds(seed)() for seed in ("seed", "other")}) == 2


def test_the_fixture_gives_ids(hk_client_ids: ReplayedIds, hk_clock: RecordedClock) -> None:
    """Without a recording they are the test's own, and the time is the machine's."""
    assert len(hk_client_ids()) == 24
    assert abs(hk_clock.ms() / 1000 - time.time()) < 60


def test_nobody_waits_while_a_recording_is_played() -> None:
    """What is slept passes at once, and who wakes first wakes first: an hour in threads and in tasks takes no time."""
    begun = time.monotonic()
    shown = ReplayTime(DAY)
    woken: list[int] = []
    all_there = Barrier(4)

    def sleeper(seconds: int) -> None:
        with shown.running():
            all_there.wait()
            shown.sleep(seconds)
            woken.append(seconds)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sleeper, (3600, 1200, 2400, 600)))
    assert set(woken) == {600, 1200, 2400, 3600}
    assert DAY + 3_600_000 <= shown.ms() < DAY + 3_600_000 + 10_000

    async def side_by_side() -> None:
        await asyncio.gather(*(shown.sleep_async(seconds) for seconds in (3600, 60, 0)))

    asyncio.run(side_by_side())
    assert DAY + 7_200_000 <= shown.ms() < DAY + 7_200_000 + 20_000
    assert time.monotonic() - begun < 10


def test_a_slow_machine_makes_no_order_older(tmp_path: Path) -> None:
    """Orders placed at once are played one after the other: each is as new as it was, whatever passes between."""
    path = tmp_path / "story.yaml"
    with recorded_in(path, "once") as recorded, recorded.connect() as venue:
        placed = [venue.create_order(*TERMS, client_order_id=f"mine-{number}") for number in range(2)]
        venue.cancel_order(placed[0].id)
    later = {"answered_at": lambda at, number: at + 9_000 * number, "asked_at": lambda at, _: at}
    kept = yamlserializer.deserialize(path.read_text())
    for number, one in enumerate(kept["interactions"]):
        one["response"] |= {name: change(one["response"][name], number % 2 == 0) for name, change in later.items()}
    path.write_text(yamlserializer.serialize(kept))
    with recorded_in(path) as recorded, recorded.connect() as venue:
        again = [venue.create_order(*TERMS, client_order_id=f"mine-{number}") for number in range(2)]
        assert [one.timestamp for one in again] == [one.timestamp for one in placed]
        assert venue.try_cancel(again[0].id).outcome is CancelOutcome.CANCELED


def test_a_bot_thinks_between_its_calls(tmp_path: Path) -> None:
    """What ended while it did nothing had ended before its cancel, also when it is played."""
    path = tmp_path / "story.yaml"
    for mode in ("once", "none"):
        with recorded_in(path, mode) as recorded, recorded.connect() as venue:
            order = venue.create_order(*TERMS)
            recorded.at_venue("cancel", order.id)
            if recorded.recording:
                time.sleep(0.05)
            assert venue.try_cancel(order.id).outcome is CancelOutcome.ALREADY_CANCELED


def test_an_answer_brings_its_own_time() -> None:
    """It is never earlier than when the played answer came, and never goes back."""
    shown = ReplayTime(DAY)
    shown.reach(DAY + 5_000)
    shown.reach(DAY + 1_000)
    assert DAY + 5_000 <= shown.ms() < DAY + 15_000
    before = shown.monotonic()
    shown.pass_by(7)
    assert shown.monotonic() - before >= 7
