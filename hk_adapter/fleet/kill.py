"""The kill switch: one decision for many accounts. Creates are blocked first; then each is stopped by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Literal

from hk_adapter.errors import AdapterError, InvalidArgument, OutcomeUnknown, shown
from hk_adapter.fleet.async_pool import AsyncVenuePool
from hk_adapter.fleet.block_all import BlockedCreates, block_all, block_all_async
from hk_adapter.fleet.fan_out import Abandoned, in_threads
from hk_adapter.fleet.kill_report import AccountStop, KillReport, StopProgress
from hk_adapter.fleet.kill_scope import KillScope, read_scope
from hk_adapter.fleet.known_open import KnownOpen, OpenMemory
from hk_adapter.fleet.member import PoolAccount, chosen
from hk_adapter.fleet.pool import VenuePool, unexpected
from hk_adapter.fleet.progress import Teller, telling
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.fleet.stop_account import AccountRun
from hk_adapter.fleet.stopped import Stopped
from hk_adapter.flow.driver import watched
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.real_time import monotonic
from hk_adapter.model import OrderSide
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from hk_adapter.venue.api import arguments
from hk_adapter.venue.connection import Connection

GRACE = 5.0
"""Seconds beyond its time after which an account is given up that has not come back: a library held its thread."""


def kill_switch(
    pool: VenuePool,
    *,
    accounts: Iterable[str] | None = None,
    venues: Iterable[str] | None = None,
    symbol: str | None = None,
    side: OrderSide | Literal["buy", "sell"] | None = None,
    client_id_prefix: str | None = None,
    timeout: float | None = None,
    block_creates: bool = True,
    reason: str = "by the kill switch",
    dry_run: bool = False,
    progress: Callable[[StopProgress], None] | None = None,
) -> KillReport:
    """Cancel everything that is open on many accounts at once, and prove it, order by order.

    First no new order of these accounts leaves any more. Then each account is listed and canceled until a list that was
    begun after whatever had left was over shows nothing, and the end of every order is proven. Each account has a
    thread, a deadline and a rate budget of its own: none waits for another.

    Args:
        pool: accounts that are not open yet are opened, each beside the others; the pool stays open.
        accounts: names of the pool; None is all of them.
        venues: venue ids, such as ``hashkey``; None is every one.
        symbol: unified; None cancels orders of every symbol.
        side: only orders of this side; None means both.
        client_id_prefix: only orders whose client order id begins so.
        timeout: seconds for each account; None is 120.
        block_creates: whether to place nothing new from now on, of any symbol and side, on the accounts that are
            picked, and in other processes by the pool's file and by the Redis of the accounts' budgets. It stays so
            after the call, until ``allow_creates``, and until the file and the key are removed. False: orders that are
            placed meanwhile are canceled as far as they are seen.
        reason: what denied creates, and the file, say after "new orders are blocked", such as "by the desk".
        dry_run: cancel and block nothing; list what would be canceled. Sends only reads.
        progress: called at each step of an account, from a thread of its own: however long it takes, nothing waits for
            it but the end, for a second. What it raises first is logged.

    Returns a report; ``complete`` only where every order of every account is proven off the book. Raises
    InvalidArgument before anything is done, and nothing for what venues, network or plugins do.
    """
    _check_pool(pool, VenuePool)
    _check_how(block_creates=block_creates, dry_run=dry_run, progress=progress)
    scope = read_scope(symbol, side, client_id_prefix, timeout)
    names = chosen(pool.members, accounts, venues)
    blocked = BlockedCreates(wanted=False)
    if block_creates and not dry_run:
        blocked = block_all([pool.blocks[name] for name in names], reason, _flags(pool.members, names))
    began, abandoned = monotonic(), Abandoned()
    with telling(progress) as tell_later:
        runs = _runs(pool.members, names, scope, tell_later)

        def one(name: str) -> AccountStop:
            with pool.beside(name) as (venue, connection):
                account = _stopped(name, connection, pool.blocks[name], pool.seen[name], pool.members[name])
                flow = runs[name].preview(account) if dry_run else runs[name].stop(account, blocked=blocked.wanted)
                return venue._runner.run(_watched(flow, abandoned))

        results = in_threads({name: partial(one, name) for name in names}, abandoned, scope.timeout + GRACE)
        abandoned.is_so = True  # for those that are not back
        stops = tuple(_told(runs[name], results.get(name)) for name in names)
    return _report(stops, blocked, dry_run=dry_run, elapsed=monotonic() - began)


async def kill_switch_async(
    pool: AsyncVenuePool,
    *,
    accounts: Iterable[str] | None = None,
    venues: Iterable[str] | None = None,
    symbol: str | None = None,
    side: OrderSide | Literal["buy", "sell"] | None = None,
    client_id_prefix: str | None = None,
    timeout: float | None = None,
    block_creates: bool = True,
    reason: str = "by the kill switch",
    dry_run: bool = False,
    progress: Callable[[StopProgress], None] | None = None,
) -> KillReport:
    """Do as ``kill_switch``, in a task for each account. A caller who is canceled leaves nothing running.

    ``progress`` is called in the loop, and must not hold it.
    """
    _check_pool(pool, AsyncVenuePool)
    _check_how(block_creates=block_creates, dry_run=dry_run, progress=progress)
    scope = read_scope(symbol, side, client_id_prefix, timeout)
    names = chosen(pool.members, accounts, venues)
    blocked = BlockedCreates(wanted=False)
    if block_creates and not dry_run:
        blocked = await block_all_async([pool.blocks[name] for name in names], reason, _flags(pool.members, names))
    began = monotonic()
    runs = _runs(pool.members, names, scope, Teller(progress))

    async def one(name: str) -> AccountStop:
        async with pool.beside(name) as (venue, connection):
            account = _stopped(name, connection, pool.blocks[name], pool.seen[name], pool.members[name])
            flow = runs[name].preview(account) if dry_run else runs[name].stop(account, blocked=blocked.wanted)
            return await venue._runner.run(flow)

    results = await _in_tasks({name: partial(one, name) for name in names}, scope.timeout + GRACE)
    stops = tuple(_told(runs[name], results.get(name)) for name in names)
    return _report(stops, blocked, dry_run=dry_run, elapsed=monotonic() - began)


def _check_pool(pool: object, wanted: type[VenuePool] | type[AsyncVenuePool]) -> None:
    """Refuse what is no pool, and the other kind: each of its accounts would break, and nothing would be canceled."""
    if isinstance(pool, wanted):
        return
    call, other = "kill_switch", "kill_switch_async"
    taken = "a VenuePool"
    if wanted is AsyncVenuePool:
        call, other, taken = other, call, "an AsyncVenuePool"
    if isinstance(pool, VenuePool | AsyncVenuePool):
        raise InvalidArgument(f"{call} takes {taken}: {other} stops {shown(pool)}")
    raise InvalidArgument(f"{call} takes {taken} of the accounts, not {shown(pool)}")


def _check_how(*, block_creates: object, dry_run: object, progress: object) -> None:
    arguments.flag("block_creates", block_creates)
    arguments.flag("dry_run", dry_run)
    if progress is not None and not callable(progress):
        raise InvalidArgument(f"progress must be a function, not {shown(progress)}")


async def _in_tasks(work: Mapping[str, Callable[[], Any]], seconds: float) -> dict[str, Any]:
    tasks = {name: asyncio.ensure_future(begin()) for name, begin in work.items()}
    try:
        await asyncio.wait(tasks.values(), timeout=seconds)
        results: dict[str, Any] = {}
        for name, task in tasks.items():
            if task.done() and not task.cancelled():
                results[name] = task.exception() or task.result()
        return results
    finally:
        left = [task for task in tasks.values() if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=GRACE)


def _flags(members: Mapping[str, PoolAccount], names: list[str]) -> list[BlockFlag]:
    found = (members[name].block_flag for name in names)
    return [flag for flag in found if flag is not None]


def _runs(
    members: Mapping[str, PoolAccount],
    names: list[str],
    scope: KillScope,
    told: Callable[[StopProgress], None],
) -> dict[str, AccountRun]:
    return {name: AccountRun(name, members[name].venue_id, scope, told) for name in names}


def _stopped(name: str, connection: Connection, block: CreateBlock, seen: SeenOpen, member: PoolAccount) -> Stopped:
    recovery = None if connection.simulator is not None else connection.calls.recovery  # in process: a world of its own
    memories = () if recovery is None else tuple(one for one in recovery.sources if isinstance(one, OpenMemory))
    looks, place = connection.shared.looks, connection.calls.place
    known = KnownOpen(seen=seen, looks=looks, memories=memories, place=place)
    return Stopped(
        name=name,
        venue_id=connection.calls.venue_id,
        calls=connection.calls,
        orders=looks.known,
        seen=seen,
        known=known,
        client_ids=connection.client_ids,
        market_type=connection.market_type,
        may_arrive=connection.request_lifetime,
        others_place=block.file is not None or member.block_flag is not None,
    )


async def _watched(flow: Flow[AccountStop], abandoned: Abandoned) -> AccountStop:
    return await watched(flow, abandoned)


def _told(run: AccountRun, result: AccountStop | BaseException | None) -> AccountStop:
    if isinstance(result, AccountStop):
        return result
    if result is None:
        return run.told(OutcomeUnknown("it did not come back in time; what it sent since is unknown"), over=True)
    if isinstance(result, AdapterError):
        return run.told(result, over=True)
    if isinstance(result, Exception):
        return run.told(unexpected(result), over=True)
    raise result


def _report(stops: tuple[AccountStop, ...], blocked: BlockedCreates, *, dry_run: bool, elapsed: float) -> KillReport:
    return KillReport(
        accounts=stops,
        dry_run=dry_run,
        creates_blocked=blocked.wanted and blocked.error is None,
        block_error=blocked.error,
        elapsed=elapsed,
    )
