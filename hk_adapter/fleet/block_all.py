"""Block the creates of many accounts, here, by their file and in Redis, before anything is canceled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

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


class Shared(Protocol):
    """What other processes see of a block: a file, or a key in Redis."""

    name: str

    def put_up(self, reason: str) -> None:
        """Write it to the file. Raises OSError."""


def block_all(blocks: Sequence[CreateBlock], reason: str, flags: Sequence[Shared] = ()) -> BlockedCreates:
    """Block all of them in this process, at once, and then put up their files, and ``flags``."""
    _block_here(blocks, reason)
    return _put_up(_shared(blocks, flags), reason)


async def block_all_async(blocks: Sequence[CreateBlock], reason: str, flags: Sequence[Shared] = ()) -> BlockedCreates:
    """Block as ``block_all`` does; while the files are written, the loop goes on."""
    _block_here(blocks, reason)
    shared = _shared(blocks, flags)
    if not shared:
        return BlockedCreates()
    try:
        return await asyncio.to_thread(_put_up, shared, reason)
    except RuntimeError:  # the system gives no more threads
        return _put_up(shared, reason)


def _block_here(blocks: Sequence[CreateBlock], reason: str) -> None:
    for block in blocks:
        block.block_creates(reason)


def _shared(blocks: Sequence[CreateBlock], flags: Sequence[Shared]) -> dict[str, Shared]:
    files = (block.file for block in blocks if block.file is not None)
    return {one.name: one for one in (*files, *flags)}


def _put_up(shared: Mapping[str, Shared], reason: str) -> BlockedCreates:
    work = {name: partial(one.put_up, block_reason(reason)) for name, one in shared.items()}
    results = in_threads(work, Abandoned(), LONGEST_WRITE) if work else {}
    faults = {name: results.get(name, TimeoutError("it was not written in time")) for name in shared}
    told = [f"{name}: {getattr(fault, 'strerror', None) or fault}" for name, fault in faults.items() if fault]
    return BlockedCreates(error="; ".join(told) or None)
