"""The runners of the facade: each request first waits for the bot's own throttle, and is signed after that."""

from __future__ import annotations

import asyncio
from typing import Any

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.runners import AsyncRunner, BlockingRunner, Station
from hk_adapter.flow.wire import AsyncPerformer, BlockingPerformer, Response


class PacedBlockingRunner(BlockingRunner):
    """A BlockingRunner whose requests wait for ``exchange.throttle``."""

    def __init__(self, station: Station, performer: BlockingPerformer, exchange: Any) -> None:
        super().__init__(station, performer)
        self._exchange_object = exchange

    def _exchange(self, call: HttpCall) -> Response:
        exchange = self._exchange_object
        if exchange.enableRateLimit:
            exchange.throttle(call.weight)
        exchange.lastRestRequestTimestamp = exchange.milliseconds()
        return super()._exchange(call)


class PacedAsyncRunner(AsyncRunner):
    """An AsyncRunner whose requests wait for ``exchange.throttle``, but not beyond their deadline."""

    def __init__(self, station: Station, performer: AsyncPerformer, exchange: Any) -> None:
        super().__init__(station, performer)
        self._exchange_object = exchange

    async def _exchange(self, call: HttpCall) -> Response:
        exchange = self._exchange_object
        if exchange.enableRateLimit:
            await self._pace(call)
        exchange.lastRestRequestTimestamp = exchange.milliseconds()
        return await super()._exchange(call)

    async def _pace(self, call: HttpCall) -> None:
        left = None if call.deadline is None else call.deadline - self._station.now().monotonic
        try:
            async with asyncio.timeout(left):
                await self._exchange_object.throttle(call.weight)
        except TimeoutError:
            raise NotSent("the bot's throttle has no room for the request before the deadline") from None
