"""The runner for asyncio."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.awaited import awaited, awaited_in_time
from hk_adapter.flow.bell_in_loop import heard
from hk_adapter.flow.blocking_runner import LIBRARY, Step, step_or_error, travelling
from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.driver import START, Answer, Done, abandon, step
from hk_adapter.flow.effects import AT_ONCE, Effect, Flow, Foreign, Gather, HttpCall, Sleep
from hk_adapter.flow.http import AsyncTransport, Response
from hk_adapter.flow.loop_time import sleep
from hk_adapter.flow.runtime import HttpExchange, Runtime
from hk_adapter.flow.streams import CloseStream, Listen, OpenStream, Receive, SendFrame, StreamTransport

T = TypeVar("T")


class AsyncRunner:
    """Drives flows in an asyncio task of the running loop."""

    def __init__(self, runtime: Runtime, transport: AsyncTransport, streams: StreamTransport | None = None) -> None:
        self._runtime = runtime
        self._transport = transport
        self._streams = streams

    async def run(self, flow: Flow[T]) -> T:
        """As BlockingRunner.run; a canceled task closes the flow.

        Raises ConfigurationError, with nothing sent, where no asyncio loop runs, as under trio.
        """
        before = calling.get()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            flow.close()
            raise ConfigurationError(
                "this call needs a running asyncio loop; under trio or without a loop, use connect() in a thread"
            ) from None
        calling.set(own := Caller(loop=loop))
        try:
            result: T = await self._drive(flow, step)
            return result
        finally:
            own.over, own.handled = True, None
            calling.set(before)

    async def _drive(self, flow: Flow[Any], step: Step) -> Any:
        answer = START
        try:
            while True:
                moved = step(flow, answer)
                if isinstance(moved, Done):
                    return moved.value
                answer = self._runtime.answer(moved) if isinstance(moved, AT_ONCE) else await self._answer(moved)
        except BaseException as reason:
            abandon(flow, reason)
            raise

    async def _answer(self, effect: Effect[Any]) -> Answer:
        try:
            if type(effect) is HttpCall:  # as nearly all are
                return Answer(await self._exchange(effect))
            return Answer(await self._perform(effect))
        except Exception as error:  # noqa: BLE001 - told apart in travelling
            return travelling(effect, error)

    async def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case HttpCall():
                return await self._exchange(effect)
            case Sleep():
                await sleep(self._runtime.time_to_sleep(effect))
                return self._runtime.wake(effect)
            case Gather(flows):
                return await self._side_by_side(flows)
            case Foreign():
                return await self._by_library(effect)
            case _:
                return await self._of_stream(effect)

    async def _of_stream(self, effect: Effect[Any]) -> Any:
        match effect:
            case OpenStream(url, deadline) if self._streams is not None:
                return await self._streams.open_stream(url, deadline)
            case Receive(link, until):
                return await link.receive(until)
            case SendFrame(link, text):
                return await link.send(text)
            case CloseStream(link):
                return await link.close()
            case Listen(bell, until):
                return await heard(bell, self._left(until))
            case _:
                raise TypeError(f"no runner performs {type(effect).__name__}")

    def _left(self, until: float | None) -> float | None:
        return None if until is None else max(0.0, until - self._runtime.now().monotonic)

    async def _by_library(self, effect: Foreign[T]) -> T:
        if not effect.places_orders:
            return await self._in_time(effect)
        with HttpExchange(self._runtime, effect.turn) as exchange:
            while (seconds := exchange.wait()) > 0:
                await sleep(seconds)
            return await self._in_time(effect)

    async def _in_time(self, effect: Foreign[T]) -> T:
        if effect.deadline is None:
            return await awaited(effect.asyncio, LIBRARY)
        left = effect.deadline - self._runtime.now().monotonic
        return await awaited_in_time(effect.asyncio, LIBRARY, left)

    async def _exchange(self, call: HttpCall) -> Response:
        with HttpExchange(self._runtime, call) as exchange:
            while (seconds := exchange.wait()) > 0:
                await sleep(seconds)
            return exchange.answered(await self._transport.send(*exchange.request()))

    async def _side_by_side(self, flows: tuple[Flow[Any], ...]) -> list[Any]:
        tasks = [asyncio.ensure_future(self._drive(flow, step_or_error)) for flow in flows]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException as reason:
            # gather leaves the others running when one of them ends in its own cancellation.
            for task in tasks:
                task.cancel()
            try:
                await asyncio.gather(*tasks, return_exceptions=True)  # ends when all have, even if canceled again
            finally:
                for flow in flows:
                    abandon(flow, reason)
            raise
