"""Our own code of one cancel, with the answer in the HTTP library's place, beside ccxt's reading of it alone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from benchmarks.answers import FIRST_ID, cancel_and_query
from benchmarks.clients import ccxt_blocking, ours_asyncio, ours_blocking
from benchmarks.rounds import Timings, repeated, timed
from benchmarks.table import Row
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.transport.aiohttp_transport import AiohttpTransport
from hk_adapter.transport.requests_transport import RequestsTransport

_NOWHERE = "http://127.0.0.1:9"
_CALLS = 200


def own_code(rounds: int) -> Sequence[Row]:
    """Measure both facades; a signed request is built, and nothing is sent."""
    body, _ = cancel_and_query()
    answer = Response(200, {"Content-Type": "application/json"}, body)

    def at_once(self: RequestsTransport, request: HttpRequest, deadline: float) -> Response:
        return answer

    async def at_once_asyncio(self: AiohttpTransport, request: HttpRequest, deadline: float) -> Response:
        return answer

    with (
        patch.object(RequestsTransport, "send", at_once),
        patch.object(AiohttpTransport, "send", at_once_asyncio),
        asyncio.Runner() as runner,
    ):
        times = _times(json.loads(body), runner, rounds)
    return [
        Row(
            what=f'own code of one cancel, `wait="ack"`, no I/O, {facade}', unit="µs", ours=times.median(facade),
            ccxt=times.median("ccxt"), held=times.ratio(facade, "ccxt"), target=1.0, of="of ccxt's `parse_order`",
        )
        for facade in ("blocking", "asyncio")
    ]  # fmt: skip


def _times(answer: dict[str, Any], runner: asyncio.Runner, rounds: int) -> Timings:
    exchange = ccxt_blocking(_NOWHERE)
    order_id = str(FIRST_ID)

    async def opened() -> Any:
        return ours_asyncio(_NOWHERE)

    async def one_after_another() -> None:
        for _ in range(_CALLS):
            await venue_asyncio.cancel_order(order_id, wait="ack")

    venue_asyncio = runner.run(opened())
    with ours_blocking(_NOWHERE) as venue:
        times = timed(
            {
                "blocking": repeated(lambda: venue.cancel_order(order_id, wait="ack"), _CALLS),
                "asyncio": lambda: runner.run(one_after_another()),
                "ccxt": repeated(lambda: exchange.parse_order(answer), _CALLS),
            },
            calls=_CALLS,
            rounds=rounds,
            clock=time.thread_time,
        )
    runner.run(venue_asyncio.close())
    return times
