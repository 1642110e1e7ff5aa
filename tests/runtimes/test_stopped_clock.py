"""A test that stops Python's clocks stops no limit of ours: whoever waits in a loop waits in real seconds."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hk_adapter.ccxt_facade.throttled_runners import PacedAsyncRunner
from hk_adapter.errors import NotSent, OutcomeUnknown, PluginError
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.real_time import monotonic
from hk_adapter.plugins.journal.file import JournalFile
from hk_adapter.transport.in_process import AsyncInProcess

PATIENCE = 0.05
GIVEN_UP = 0.5
"""Seconds after which a wait that has no end is ended by the test."""


@pytest.fixture(autouse=True)
def _stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock that loops go by."""
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)


def run(waiting: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a loop, and cancel it if it does not end by itself."""

    async def bounded() -> Any:
        task = asyncio.ensure_future(waiting)
        timer = threading.Timer(GIVEN_UP, asyncio.get_running_loop().call_soon_threadsafe, [task.cancel])
        timer.start()
        try:
            return await task
        finally:
            timer.cancel()

    return asyncio.run(bounded())


def test_a_file_that_another_process_holds(tmp_path: Path) -> None:
    """A call waits for the journal for its patience."""
    file = JournalFile(tmp_path / "journal.sqlite")
    run(file.perform(lambda connection: None, patience=GIVEN_UP).asyncio())
    holder = sqlite3.connect(file.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(PluginError, match="took longer"):
            run(file.perform(lambda connection: None, patience=PATIENCE).asyncio())
    finally:
        holder.close()
        file.release()


def test_a_simulated_venue_that_stalls() -> None:
    """A request's time is over when its deadline has come."""
    stalls = SimpleNamespace(network="stall")
    venue = AsyncInProcess(SimpleNamespace(answer=lambda *_: stalls, control=None))
    with pytest.raises(OutcomeUnknown):
        run(venue.send(HttpRequest("GET", "http://venue/", {}, None), monotonic() + PATIENCE))


def test_a_turn_after_the_deadline_at_ccxts_throttle_sends_nothing() -> None:
    """A request whose turn does not come by its deadline is not sent."""

    async def never(cost: float) -> None:
        await asyncio.Event().wait()

    async def flow() -> None:
        await HttpCall("GET", "/", deadline=monotonic() + PATIENCE)

    exchange = SimpleNamespace(enableRateLimit=True, throttler=None, throttle=never)
    runtime = SimpleNamespace(now=lambda: SimpleNamespace(monotonic=monotonic()))
    runner: Any = PacedAsyncRunner(runtime, None, exchange)  # type: ignore[arg-type]
    with pytest.raises(NotSent):
        run(runner.run(flow()))
