"""The runner for threads, and what it shares with the one for asyncio: both drive the same flows.

Everything that performs is handed in.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from hk_adapter.errors import AdapterError
from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.contained import contained
from hk_adapter.flow.driver import START, Answer, Done, abandon, step
from hk_adapter.flow.effects import (
    AT_ONCE,
    Effect,
    Flow,
    Foreign,
    Gather,
    HttpCall,
    Sleep,
)
from hk_adapter.flow.http import BlockingTransport, Response
from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.flow.runtime import HttpExchange, Runtime
from hk_adapter.flow.streams import Listen

T = TypeVar("T")

LIBRARY = "a library that a plugin called"

Step = Callable[[Flow[Any], Answer], Effect[Any] | Done[Any]]
"""How a flow is moved on: by ``step``, or by ``step_or_error``."""


class BlockingRunner:
    """Drives flows in the calling thread. May be used from many threads at once."""

    def __init__(
        self, runtime: Runtime, transport: BlockingTransport, *, sleep: Callable[[float], None] | None = None
    ) -> None:
        self._runtime = runtime
        self._transport = transport
        self._sleep = sleep or time.sleep  # looked up late: gevent may have replaced it by now

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result, or raise what it raises.

        When the call is abandoned (KeyboardInterrupt, SystemExit) the flow is closed and sends nothing more.
        """
        before = calling.get()
        calling.set(own := Caller(frame=sys._getframe()))
        try:
            result: T = self._drive(flow, step)
            return result
        finally:
            own.over = True
            own.frame = own.handled = None  # which have it, and would be kept by it
            calling.set(before)

    def _drive(self, flow: Flow[Any], step: Step) -> Any:
        answer = START
        try:
            while True:
                moved = step(flow, answer)
                if isinstance(moved, Done):
                    return moved.value
                answer = self._runtime.answer(moved) if isinstance(moved, AT_ONCE) else self._answer(moved)
        except BaseException as reason:
            abandon(flow, reason)
            raise

    def _answer(self, effect: Effect[Any]) -> Answer:
        try:
            if type(effect) is HttpCall:  # as nearly all are
                return Answer(self._exchange(effect))
            return Answer(self._perform(effect))
        except Exception as error:  # noqa: BLE001 - told apart in travelling
            return travelling(effect, error)

    def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case HttpCall():
                return self._exchange(effect)
            case Sleep():
                self._sleep(self._runtime.time_to_sleep(effect))
                return self._runtime.wake(effect)
            case Gather(flows):
                return self._one_after_another(flows)
            case Foreign():
                return self._by_library(effect)
            case Listen(bell, until):
                return bell.wait(None if until is None else max(0.0, until - self._runtime.now().monotonic))
            case _:
                raise TypeError(f"no runner performs {type(effect).__name__}")

    def _by_library(self, effect: Foreign[T]) -> T:
        if not effect.places_orders:
            return contained(effect.blocking, LIBRARY)
        with HttpExchange(self._runtime, effect.turn) as exchange:
            while (seconds := exchange.wait()) > 0:
                self._sleep(seconds)
            return contained(effect.blocking, LIBRARY)

    def _exchange(self, call: HttpCall) -> Response:
        with HttpExchange(self._runtime, call) as exchange:
            while (seconds := exchange.wait()) > 0:
                self._sleep(seconds)
            return exchange.answered(self._transport.send(*exchange.request()))

    def _one_after_another(self, flows: tuple[Flow[Any], ...]) -> list[Any]:
        try:
            return [self._drive(flow, step_or_error) for flow in flows]
        except BaseException as reason:
            for flow in flows:
                abandon(flow, reason)
            raise


def step_or_error(flow: Flow[Any], answer: Answer) -> Effect[Any] | Done[Any]:
    """As ``step``, with what the flow raises as its result: for the flows of a Gather."""
    try:
        return step(flow, answer)
    except Exception as error:  # noqa: BLE001 - Gather gives errors as values
        return Done(error)


def travelling(effect: Effect[Any], error: Exception) -> Answer:
    """Let an error travel into the flow, unless it is neither the network's nor ours.

    A transport turns all that a network can do into our errors. Anything else is a test tool's (no such cassette,
    network blocked) or a bug, and must reach the caller whatever flows and wrappers catch. What comes out of a
    Gather, where errors are values, can be nothing else.
    """
    if not isinstance(error, AdapterError):
        raise_struck(error)
        if isinstance(effect, HttpCall | Gather):
            raise error
    return Answer(error=error)
