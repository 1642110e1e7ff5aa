"""Order events from the venue to who watches, beside ccxt.pro's class and a bare WebSocket of aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import ccxt.pro
import msgspec

import hk_adapter as hk
from benchmarks.clients import MARKET, ccxt_config
from benchmarks.rounds import Timings, timed_async
from benchmarks.served import fast_server
from benchmarks.table import Row

_ONE_BY_ONE = 50
_AT_ONCE = 500

Take = Callable[[int], Awaitable[object]]
"""Wait until so many events have come."""


def watched(rounds: int) -> Sequence[Row]:
    """Measure one event, each awaited before the next is sent; the way to ask for it is in all figures."""
    times = asyncio.run(_told(_after_another, _ONE_BY_ONE, rounds))
    return [_row("an order's event, from the venue to who watches (ccxt: ccxt.pro)", times)]


def events(rounds: int) -> Sequence[Row]:
    """Measure how many events a second one takes who watches."""
    times = asyncio.run(_told(_side_by_side, _AT_ONCE, rounds))
    second = 1e6 / times.median("ours")
    return [_row(f"each of {_AT_ONCE} order events sent at once, {second:,.0f} a second (ccxt: ccxt.pro)", times)]


def _row(what: str, times: Timings) -> Row:
    return Row(
        what=what, unit="µs", ours=times.median("ours"), ccxt=times.median("ccxt"), floor=times.median("floor"),
        held=times.ratio("ours", "ccxt"), target=1.0, of="of ccxt",
    )  # fmt: skip


async def _told(manner: Callable[..., Callable[[], Awaitable[object]]], calls: int, rounds: int) -> Timings:
    with fast_server("benchmarks.fast_streams") as url:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{url}/tell") as teller,
            _ours(url) as ours,
            _ccxt(url) as theirs,
            _bare(url, session) as floor,
        ):
            takers: Mapping[str, Take] = {"ours": ours, "ccxt": theirs, "floor": floor}
            blocks = {name: manner(teller, name, take, calls) for name, take in takers.items()}
            return await timed_async(blocks, calls=calls, rounds=rounds)


def _after_another(teller: Any, name: str, take: Take, calls: int) -> Callable[[], Awaitable[object]]:
    async def block() -> None:
        for _ in range(calls):
            waiting = asyncio.ensure_future(take(1))
            await teller.send_str(f"{name} 1")
            await waiting

    return block


def _side_by_side(teller: Any, name: str, take: Take, calls: int) -> Callable[[], Awaitable[object]]:
    async def block() -> None:
        waiting = asyncio.ensure_future(take(calls))
        await teller.send_str(f"{name} {calls}")
        await waiting

    return block


@asynccontextmanager
async def _ours(url: str) -> AsyncIterator[Take]:
    async with (
        hk.connect_async("hashkey", api_key="ours", secret="-", base_url=url, budget="unlimited") as venue,
        venue.watch_orders() as updates,
    ):

        async def take(number: int) -> None:
            for _ in range(number):
                await anext(updates)

        yield take


@asynccontextmanager
async def _ccxt(url: str) -> AsyncIterator[Take]:
    config = ccxt_config(url) | {"apiKey": "ccxt", "timeout_on_exit": 0}
    config["urls"]["api"]["ws"] = {"private": f"{url.replace('http', 'ws')}/api/v1/ws"}
    exchange = ccxt.pro.hashkey(config)
    exchange.set_markets([MARKET])

    async def take(number: int) -> None:
        seen: set[str] = set()
        while len(seen) < number:
            seen |= {order["id"] for order in await exchange.watch_orders()}

    first = asyncio.ensure_future(exchange.watch_orders())  # it connects when it is asked for the first time
    await asyncio.sleep(0)
    await exchange.client(exchange.get_private_url(await exchange.authenticate())).connected
    first.cancel()
    try:
        yield take
    finally:
        await exchange.close()


@asynccontextmanager
async def _bare(url: str, session: aiohttp.ClientSession) -> AsyncIterator[Take]:
    async with session.ws_connect(f"{url}/api/v1/ws/floor") as socket:

        async def take(number: int) -> None:
            for _ in range(number):
                msgspec.json.decode(await socket.receive_str())

        yield take
