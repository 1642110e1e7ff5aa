"""A watch that asks for lists is played as it was recorded, in the recording's time; and whatever it waits for ends."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.testing.cassettes.recorded import Recorded
from hk_adapter.testing.cassettes.replay_time import RecordingEnded
from hk_adapter.venues.ccxt_bridge import parse

from .recording import recorded_in

TERMS = ("ETH/USD", "limit", "buy", "0.5", "1900")
SYMBOL = TERMS[0]
VENUE = "ccxt:hashkey"
EVERY: dict[str, Any] = {"poll_every": 0.1, "rateLimit": 1}
"""How soon a list is asked for again, in seconds; and no pace of ccxt's that a recording would have to wait for."""

Story = Callable[[Recorded], Any]


def placed_in_a_watch(recorded: Recorded) -> Any:
    """Place within the watch, and get what it tells."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_orders(SYMBOL) as updates:
        order = venue.create_order(*TERMS)
        update = updates.get(timeout=30)
        assert update is not None
        return order.id, update.order.id, update.order.status


def looped_to_the_end(recorded: Recorded) -> Any:
    """Place and cancel within the watch, and iterate up to the end."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_orders(SYMBOL) as updates:
        order = venue.create_order(*TERMS)
        assert next(updates).order.id == order.id
        venue.cancel_order(order.id, SYMBOL)
        return next(update.order.status for update in updates if update.order.status.final)


def filled_at_the_venue(recorded: Recorded) -> Any:
    """Wait for what nobody here did."""
    venue = recorded.connect(VENUE, **EVERY)
    order = venue.create_order(*TERMS)
    with venue.watch_orders(SYMBOL) as updates:
        recorded.at_venue("fill", order.id, "0.2")
        return next(update.order.filled for update in updates if update.order.filled)


def fills(recorded: Recorded) -> Any:
    """Watch the fills themselves, and then the orders in a watch of its own."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_my_trades(SYMBOL) as updates:
        order = venue.create_order(*TERMS)
        recorded.at_venue("fill", order.id, "0.2")
        told = next(updates).trade
    with venue.watch_orders(SYMBOL) as updates_of_orders:
        return told.order_id == order.id, told.amount, next(updates_of_orders).order.filled


def balances(recorded: Recorded) -> Any:
    """Watch what an order keeps back."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_balance() as updates:
        assert next(updates).balances["USD"].used == 0
        venue.create_order(*TERMS)
        return next(update.balances["USD"].used for update in updates if update.balances["USD"].used)


def nothing(recorded: Recorded) -> Any:
    """Wait in vain, for some lists' time, and go on."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_orders(SYMBOL) as updates:
        for seconds in (0, 0.05, 0.35):
            with pytest.raises(TimeoutError):
                updates.get(timeout=seconds)
        venue.create_order(*TERMS)
        return next(updates).order.status


def placed_by_another_thread(recorded: Recorded) -> Any:
    """Wait while another thread thinks before it places the order."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_orders(SYMBOL) as updates:
        later = threading.Timer(0.4, venue.create_order, TERMS)
        later.start()
        try:
            return next(updates).order.amount
        finally:
            later.join()


def closed_by_another_thread(recorded: Recorded) -> Any:
    """Wait until another thread closes the venue."""
    venue = recorded.connect(VENUE, **EVERY)
    with venue.watch_orders(SYMBOL) as updates:
        threading.Timer(0.4, venue.close).start()
        return list(updates)


def in_a_loop(recorded: Recorded) -> Any:
    """Place and cancel in one task, and watch in another."""

    async def story() -> Any:
        async with recorded.connect_async(VENUE, **EVERY) as venue:
            told = list[Any]()

            async def listen() -> None:
                async for update in updates:
                    told.append(update.order.status)
                    placed.set()
                    if update.order.status.final:
                        break

            async with venue.watch_orders(SYMBOL) as updates:
                placed, listening = asyncio.Event(), asyncio.create_task(listen())
                order = await venue.create_order(*TERMS)
                await placed.wait()
                await venue.cancel_order(order.id, SYMBOL)
                await listening
            return told

    return asyncio.run(story())


def in_vain_in_a_loop(recorded: Recorded) -> Any:
    """Wait in vain for so many seconds of the loop's own, and go on."""

    async def story() -> Any:
        async with (
            recorded.connect_async(VENUE, **EVERY) as venue,
            venue.watch_orders(SYMBOL) as updates,
        ):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(updates), 0.4)
            order = await venue.create_order(*TERMS)
            told = await asyncio.wait_for(anext(updates), 30)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(updates), 0.4)
            return told.order.id == order.id, told.order.status

    return asyncio.run(story())


STORIES = (
    placed_in_a_watch,
    looped_to_the_end,
    filled_at_the_venue,
    fills,
    balances,
    nothing,
    placed_by_another_thread,
    closed_by_another_thread,
    in_a_loop,
    in_vain_in_a_loop,
)


def told_in(path: Path, mode: str, story: Story) -> Any:
    """Run a story in a thread of its own, so that one which never ends fails."""
    told: Future[Any] = Future()

    def run() -> None:
        try:
            with recorded_in(path, mode) as recorded:
                told.set_result(story(recorded))
        except BaseException as error:  # noqa: BLE001 - it is raised below
            told.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    result = told.result(timeout=60)
    thread.join()
    return result


@pytest.mark.parametrize("story", STORIES)
def test_a_watch_is_the_same_when_it_is_played(tmp_path: Path, story: Story) -> None:
    """What a watch tells, and when it tells nothing, is as it was recorded, in both facades."""
    path = tmp_path / "story.yaml"
    first = told_in(path, "once", story)
    for _ in range(2):
        assert told_in(path, "none", story) == first


def test_a_create_that_overlaps_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that was asked for before a create was answered waits until the call knows what it has placed.

    Else it shows an order that nobody placed, and more is asked for than was recorded.
    """
    path = tmp_path / "story.yaml"
    first = told_in(path, "once", placed_by_another_thread)
    text = path.read_text()
    answered = re.compile(r"answered_at: (\d+)").search(text, text.index("method: POST"))
    assert answered
    path.write_text(f"{text[: answered.start(1)]}{int(answered[1]) + 300}{text[answered.end(1) :]}")
    read = parse.exactly

    def read_late(*arguments: Any) -> Any:
        if isinstance(threading.current_thread(), threading.Timer):
            threading.Event().wait(0.2)  # as on a busy machine
        return read(*arguments)

    monkeypatch.setattr(parse, "exactly", read_late)
    assert told_in(path, "none", placed_by_another_thread) == first


def one_update(recorded: Recorded) -> Any:
    """Have one order before the watch, which is told."""
    venue = recorded.connect(VENUE, **EVERY)
    venue.create_order(*TERMS)
    with venue.watch_orders(SYMBOL) as updates:
        return next(updates).order.filled


def test_seconds_of_a_get_are_the_recordings(tmp_path: Path) -> None:
    """An hour that is waited in vain passes at once, though nothing more is recorded."""
    told_in(tmp_path / "story.yaml", "once", one_update)

    def patient(recorded: Recorded) -> Any:
        venue = recorded.connect(VENUE, **EVERY)
        venue.create_order(*TERMS)
        with venue.watch_orders(SYMBOL) as updates:
            assert next(updates).order.filled == 0
            with pytest.raises(TimeoutError, match="3600 s"):
                updates.get(timeout=3600)
            return True

    assert told_in(tmp_path / "story.yaml", "none", patient)


def one_more(recorded: Recorded) -> Any:
    """Wait for one more update than was recorded, for as long as it takes."""
    venue = recorded.connect(VENUE, **EVERY)
    venue.create_order(*TERMS)
    with venue.watch_orders(SYMBOL) as updates:
        assert next(updates).order.filled == Decimal(0)
        return next(updates)


def one_more_at_last(recorded: Recorded) -> Any:
    """As ``one_more``, some seconds at a time."""
    venue = recorded.connect(VENUE, **EVERY)
    venue.create_order(*TERMS)
    with venue.watch_orders(SYMBOL) as updates:
        assert next(updates).order.filled == Decimal(0)
        while True:
            with suppress(TimeoutError):
                return updates.get(timeout=10)


def one_more_in_a_loop(recorded: Recorded) -> Any:
    """As ``one_more``, in a task."""

    async def story() -> Any:
        async with recorded.connect_async(VENUE, **EVERY) as venue:
            await venue.create_order(*TERMS)
            async with venue.watch_orders(SYMBOL) as updates:
                assert (await anext(updates)).order.filled == Decimal(0)
                return await anext(updates)

    return asyncio.run(story())


@pytest.mark.parametrize("story", [one_more, one_more_at_last, one_more_in_a_loop])
def test_what_can_come_no_more_is_an_error(tmp_path: Path, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that waits for more than was recorded ends, and says in which file, and what to do."""
    path = tmp_path / "story.yaml"
    assert told_in(path, "once", one_update) == 0
    monkeypatch.setattr("hk_adapter.testing.cassettes.replay_time._GRACE", 0.1)  # nobody else is there to do anything
    with pytest.raises(
        RecordingEnded, match=r"waits for an update that is not in .*story\.yaml.*--record-mode=rewrite"
    ):
        told_in(path, "none", story)
