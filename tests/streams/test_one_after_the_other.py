"""Streams of one venue follow each other: none is opened, and none closed for good, before the one before has ended."""

from __future__ import annotations

import asyncio

import pytest

from hk_adapter.errors import AdapterError, VenueUnavailable
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.execution.streams.feed import Feed
from hk_adapter.venue.loop_streams import LoopStreams


class Streams:
    """Makes streams that take a key and are a while about giving it back; notes when each does so."""

    def __init__(self, *ends: AdapterError | None) -> None:
        self.noted: list[str] = []
        self._ends = list(ends)
        self._made = 0

    def __call__(self) -> Stream:
        """Make the next stream, which ends with its error, or never."""
        self._made += 1
        return Stream(self._made, self.noted, self._ends.pop(0) if self._ends else None)

    async def run(self, flow):
        """Run a flow, as a runner does."""
        return await flow


class Stream:
    """One of them."""

    is_live = False

    def __init__(self, number: int, noted: list[str], end: AdapterError | None) -> None:
        self.feed = Feed(lambda: None)
        self._number = number
        self._noted = noted
        self._end = end
        self._has_key = False

    async def run(self) -> None:
        """Take a key."""
        self._has_key = True
        self._noted.append(f"open {self._number}")
        await asyncio.sleep(0)
        if self._end is not None:
            raise self._end
        await asyncio.Event().wait()

    async def finish(self) -> None:
        """Give the key back, where there is one."""
        if self._has_key:
            await turns(20)
            self._noted.append(f"closed {self._number}")


async def turns(number: int) -> None:
    """Let the loop go round."""
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture
def lost() -> Streams:
    """Streams of which the first ends by itself."""
    return Streams(VenueUnavailable("lost"))


async def test_one_that_ended_by_itself_gives_its_key_back_before_another_takes_one(lost):
    """A venue may give out the same key again, and the first stream would take it away from the second."""
    streams = LoopStreams(lost, lost)
    streams.join(first := Consumer())
    while not first.has_ended:
        await asyncio.sleep(0)
    streams.join(Consumer())
    await turns(50)
    assert lost.noted == ["open 1", "closed 1", "open 2"]
    await streams.close()


async def test_closing_a_venue_waits_for_one_that_ended_by_itself(lost):
    """Its key is given back while the connection is there to do so."""
    streams = LoopStreams(lost, lost)
    streams.join(first := Consumer())
    while not first.has_ended:
        await asyncio.sleep(0)
    await streams.close()
    assert lost.noted == ["open 1", "closed 1"]


@pytest.mark.parametrize("is_closed", [False, True])
async def test_one_that_was_left_before_it_began_hides_none_that_still_ends(is_closed):
    """Who comes third, or closes the venue, waits for the first."""
    made = Streams()
    streams = LoopStreams(made, made)
    for _ in range(2):
        streams.join(one := Consumer())
        await turns(3)
        streams.leave(one)
        await turns(3)
    if not is_closed:
        streams.join(Consumer())
        await turns(50)
    await streams.close()
    assert made.noted == (["open 1", "closed 1"] if is_closed else ["open 1", "closed 1", "open 3", "closed 3"])
