"""Cancels by asyncio's facade over loopback, beside ccxt and a signed call on bare aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from benchmarks.answers import fresh_id
from benchmarks.bare import HEADERS, ORDER_PATH, cancel_url, signed
from benchmarks.clients import ccxt_asyncio, ours_asyncio
from benchmarks.rounds import Timings, timed_async
from benchmarks.served import fast_server
from benchmarks.table import Row

_CALLS = 20
_IN_FLIGHT = 100

Call = Callable[[], Awaitable[Any]]


def one_by_one(rounds: int) -> Sequence[Row]:
    """Measure one DELETE, each awaited before the next."""
    times = asyncio.run(_acknowledged(_after_another, _CALLS, rounds))
    return [_row('asyncio cancel, `wait="ack"`, one by one', times, 0.65)]


def in_flight(rounds: int) -> Sequence[Row]:
    """Measure one DELETE, a hundred of them at a time."""
    times = asyncio.run(_acknowledged(_side_by_side, _IN_FLIGHT, rounds))
    return [_row('asyncio cancels, `wait="ack"`, 100 in flight', times, 0.60)]


def asyncio_final(rounds: int) -> Sequence[Row]:
    """Measure a DELETE and the GET that proves it; with ccxt that is two calls."""
    times = asyncio.run(_proven(rounds))
    return [_row('asyncio cancel, `wait="final"` (ccxt: cancel and fetch)', times, 0.65)]


def _row(what: str, times: Timings, target: float) -> Row:
    return Row(
        what=what, unit="µs", ours=times.median("ours"), ccxt=times.median("ccxt"), floor=times.median("floor"),
        held=times.ratio("ours", "ccxt"), target=target, of="of ccxt",
    )  # fmt: skip


async def _acknowledged(
    manner: Callable[[Call, int], Callable[[], Awaitable[object]]], calls: int, rounds: int
) -> Timings:
    with fast_server() as url:
        async with ours_asyncio(url) as venue, aiohttp.ClientSession() as session:
            exchange = ccxt_asyncio(url)
            contenders: Mapping[str, Call] = {
                "ours": lambda: venue.cancel_order(fresh_id(), wait="ack"),
                "ccxt": lambda: exchange.cancel_order(fresh_id()),
                "floor": lambda: _bare(session, "DELETE", url + cancel_url(fresh_id())),
            }
            blocks = {name: manner(call, calls) for name, call in contenders.items()}
            try:
                return await timed_async(blocks, calls=calls, rounds=rounds)
            finally:
                await exchange.close()


async def _proven(rounds: int) -> Timings:
    with fast_server() as url:
        async with ours_asyncio(url) as venue, aiohttp.ClientSession() as session:
            exchange = ccxt_asyncio(url)

            async def theirs() -> None:
                order_id = fresh_id()
                await exchange.cancel_order(order_id)
                await exchange.fetch_order(order_id)

            async def bare() -> None:
                order_id = fresh_id()
                await _bare(session, "DELETE", url + cancel_url(order_id))
                await _bare(session, "GET", f"{url}{ORDER_PATH}?{signed({'orderId': order_id})}")

            contenders: Mapping[str, Call] = {
                "ours": lambda: venue.cancel_order(fresh_id()),
                "ccxt": theirs,
                "floor": bare,
            }
            blocks = {name: _after_another(call, _CALLS) for name, call in contenders.items()}
            try:
                return await timed_async(blocks, calls=_CALLS, rounds=rounds)
            finally:
                await exchange.close()


async def _bare(session: aiohttp.ClientSession, method: str, url: str) -> None:
    async with session.request(method, URL(url, encoded=True), headers=HEADERS) as answer:
        msgspec.json.decode(await answer.read())


def _after_another(call: Call, calls: int) -> Callable[[], Awaitable[object]]:
    async def block() -> None:
        for _ in range(calls):
            await call()

    return block


def _side_by_side(call: Call, calls: int) -> Callable[[], Awaitable[object]]:
    async def block() -> None:
        await asyncio.gather(*(call() for _ in range(calls)))

    return block
