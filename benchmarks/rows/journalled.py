"""What a journal adds to a cancel: commits that wait for the disk, and time beside them."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.answers import fresh_id
from benchmarks.clients import ours_blocking
from benchmarks.rounds import repeated, timed
from benchmarks.served import fast_server
from benchmarks.table import Row
from hk_adapter.plugins.journal import Journal
from hk_adapter.plugins.journal.file import JournalFile

_CALLS = 20
_MEMORY = Path("/dev/shm")


def journalled(rounds: int) -> Sequence[Row]:
    """Measure beside a plain cancel; the file lies in memory where there is such a place, so no disk is timed."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder, fast_server() as url:
        journal = Journal(f"{folder}/journal.sqlite")
        with ours_blocking(url) as plain, ours_blocking(url, (journal,)) as written:
            contenders = {
                "plain": lambda: plain.cancel_order(fresh_id(), wait="ack"),
                "journalled": lambda: written.cancel_order(fresh_id(), wait="ack"),
            }
            blocks = {name: repeated(call, _CALLS) for name, call in contenders.items()}
            times = timed(blocks, calls=_CALLS, rounds=rounds, clock=time.process_time)
            waited = timed(blocks, calls=_CALLS, rounds=rounds).difference("journalled", "plain")
            durable = _durable_commits(contenders["journalled"])
    what = f"journalled cancel, processor time beside a plain one (on the clock: {waited:.0f} µs more)"
    return [
        Row(
            what="journalled cancel, commits that wait for the disk", unit="", ours=durable, floor=1, held=durable,
            target=1, of="a cancel",
        ),
        Row(
            what=what, unit="µs", ours=times.median("journalled"),
            floor=times.median("plain"), held=times.difference("journalled", "plain"), target=100, of="µs more",
        ),
    ]  # fmt: skip


def _durable_commits(call: Any) -> int:
    """Count what is to be on the disk before the call goes on: in WAL mode SQLite syncs once for each such commit."""
    durable = 0
    perform = JournalFile.perform

    def counted(self: JournalFile, job: Any, **how: Any) -> Any:
        nonlocal durable
        durable += bool(how.get("durable"))
        return perform(self, job, **how)

    with patch.object(JournalFile, "perform", counted):
        call()
    return durable
