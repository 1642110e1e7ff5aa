"""The runners of the facade: each request first waits for the bot's own throttle, and is signed after that."""

from __future__ import annotations

from typing import Any

from hk_adapter.ccxt_facade.throttle_line import wait_first
from hk_adapter.errors import NotSent
from hk_adapter.flow.async_runner import AsyncRunner
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.cost_by_age import dearest
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import AsyncTransport, BlockingTransport, Response
from hk_adapter.flow.loop_time import time_limit
from hk_adapter.flow.runtime import Runtime

_NO_ROOM = "the bot's throttle has no room for the request before the deadline"


class PacedBlockingRunner(BlockingRunner):
    """A BlockingRunner whose requests wait for ``exchange.throttle``, but not beyond their deadline.

    There is no line before that throttle: each thread sleeps by itself, whatever others wait for.
    """

    def __init__(self, runtime: Runtime, transport: BlockingTransport, exchange: Any) -> None:
        super().__init__(runtime, transport)
        self._exchange_object = exchange

    def _exchange(self, call: HttpCall) -> Response:
        exchange = self._exchange_object
        if exchange.enableRateLimit:
            self._pace(call)
        exchange.lastRestRequestTimestamp = exchange.milliseconds()
        return super()._exchange(call)

    def _pace(self, call: HttpCall) -> None:
        exchange = self._exchange_object
        # What ccxt's own throttle is about to sleep; nobody could wake it.
        passed = exchange.milliseconds() - exchange.lastRestRequestTimestamp
        wait = max(0, exchange.rateLimit * dearest(call.weight) - passed) / 1000
        if call.deadline is not None and self._runtime.now().monotonic + wait >= call.deadline:
            raise NotSent(_NO_ROOM)
        exchange.throttle(dearest(call.weight))


class PacedAsyncRunner(AsyncRunner):
    """An AsyncRunner whose requests wait for ``exchange.throttle``, first of all, and not beyond their deadline."""

    def __init__(self, runtime: Runtime, transport: AsyncTransport, exchange: Any) -> None:
        super().__init__(runtime, transport)
        self._exchange_object = exchange

    async def _exchange(self, call: HttpCall) -> Response:
        exchange = self._exchange_object
        if exchange.enableRateLimit:
            await self._pace(call)
        exchange.lastRestRequestTimestamp = exchange.milliseconds()
        return await super()._exchange(call)

    async def _pace(self, call: HttpCall) -> None:
        left = None if call.deadline is None else call.deadline - self._runtime.now().monotonic
        try:
            async with time_limit(left):
                await wait_first(self._exchange_object, dearest(call.weight))
        except TimeoutError:
            raise NotSent(_NO_ROOM) from None
