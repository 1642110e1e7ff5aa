"""Time that moves only when somebody sleeps, so that hypothesis sees the same venue each time it tries an example."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.transport.venue_clock import VenueClock
from tests.properties.open_venue import StillTime


@pytest.fixture
def still_time(monkeypatch: pytest.MonkeyPatch) -> StillTime:
    """Let nobody wait who uses the simulator in process, as ``skipped_time`` does, but on a clock of its own."""
    still = StillTime()
    monkeypatch.setattr("hk_adapter.venue.connection.VenueClock", partial(VenueClock, still.monotonic, still.time))
    monkeypatch.setattr("hk_adapter.venue.connect.BlockingRunner", partial(BlockingRunner, sleep=still.sleep))
    monkeypatch.setattr("hk_adapter.transport.in_process.time", still)
    monkeypatch.setattr("hk_adapter.transport.in_process.monotonic", still.monotonic)
    monkeypatch.setattr(asyncio, "sleep", still.sleep_async)
    return still
