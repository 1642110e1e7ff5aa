"""Block the creates of many accounts, here and by their file, before anything is canceled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from hk_adapter.fleet.fan_out import Abandoned, in_threads
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.plugins.risk.block_reason import block_reason
from hk_adapter.record import Record

LONGEST_WRITE = 2.0
"""Seconds to wait for a file, whose disk may hang: no cancel waits longer for it."""


class BlockedCreates(Record, frozen=True, kw_only=True):
    """What came of it. ``error``: why other processes may not know; None where they do, or where there is no file."""

    wanted: bool = True
    error: str | None = None


def block_all(blocks: Sequence[CreateBlock], reason: str) -> BlockedCreates:
    """Block all of them in this process, at once, and then put up their files."""
    _block_here(blocks, reason)
    return _put_up(blocks, reason)


async def block_all_async(blocks: Sequence[CreateBlock], reason: str) -> BlockedCreates:
    """Do as ``block_all``; while the files are written, the loop goes on."""
    _block_here(blocks, reason)
    if all(block.file is None for block in blocks):
        return BlockedCreates()
    try:
        return await asyncio.to_thread(_put_up, blocks, reason)
    except RuntimeError:  # the system gives no more threads
        return _put_up(blocks, reason)


def _block_here(blocks: Sequence[CreateBlock], reason: str) -> None:
    for block in blocks:
        block.block_creates(reason)


def _put_up(blocks: Sequence[CreateBlock], reason: str) -> BlockedCreates:
    files = {block.file.name: block.file for block in blocks if block.file is not None}
    work = {path: partial(file.put_up, block_reason(reason)) for path, file in files.items()}
    results = in_threads(work, Abandoned(), LONGEST_WRITE) if work else {}
    faults = {path: results.get(path, TimeoutError("it was not written in time")) for path in files}
    told = [f"{path}: {getattr(fault, 'strerror', None) or fault}" for path, fault in faults.items() if fault]
    return BlockedCreates(error="; ".join(told) or None)
