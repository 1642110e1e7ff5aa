"""Whatever a library that listens beside a poll raises, nothing of it leaves its task: the watch goes on by asking."""

from __future__ import annotations

import asyncio

import pytest

from hk_adapter.hooks.hints import Wanted
from hk_adapter.venue.hinting import Listening


class Odd(BaseException):
    """None of Exception's."""


class Poll:
    """Takes hints."""

    wanted = Wanted(balance=True)

    def learn_hint(self, hint):
        """Learn nothing."""


class Ways:
    """No ways at all."""

    sockets = None


class Sockets:
    """None at all."""

    def __init__(self, hosts):
        """Learn where they might be."""

    async def close(self):
        """Close none."""


class Breaks:
    """A library that raises where it is told to."""

    stream_hosts = frozenset()

    def __init__(self, where, error):
        self._raises = {where: error}
        self._raise("make")

    def want(self, wanted):
        """Learn what is wanted."""
        self._raise("want")

    async def listen(self, tell):
        """Listen for one turn of the loop."""
        await asyncio.sleep(0)
        self._raise("listen")

    def _raise(self, where):
        if where in self._raises:
            raise self._raises[where]


@pytest.mark.parametrize("where", ["make", "want", "listen"])
@pytest.mark.parametrize("kind", [RuntimeError, SystemExit, Odd, asyncio.CancelledError])
async def test_nothing_that_it_raises_goes_further(where, kind, caplog):
    """The log says so by its kind alone, for its words may name a listen key."""
    listening = Listening(Poll(), lambda ways: Breaks(where, kind("listen key abc")), Ways(), Sockets)
    async with asyncio.timeout(20):
        while not caplog.records:
            await asyncio.sleep(0)
    await listening.end()
    assert "found by asking alone" in caplog.text
    assert "abc" not in caplog.text
