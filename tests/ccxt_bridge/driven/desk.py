"""One exchange, played in virtual time: each method of ccxt's is answered by a function, through the whole core."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import Operation
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.asking import plain

LISTS = ("fetch_open_orders", "fetch_orders", "fetch_closed_orders", "fetch_canceled_orders")
METHODS = (
    "create_order",
    "create_market_buy_order_with_cost",
    "create_market_order_with_cost",
    "cancel_order",
    "fetch_order",
    "fetch_canceled_and_closed_orders",
    "fetch_my_trades",
    *LISTS,
)
METHOD = "x-method-of-ccxt"
Answers = Callable[[str, HttpRequest], "Response | None"]
"""What a request of one of ccxt's methods is answered; None is an answer that never comes."""

_running: ContextVar[str | None] = ContextVar("method of ccxt", default=None)


def tag(exchange: Any) -> None:
    """Let each request tell which of ccxt's methods it is of: the outermost that was called."""
    for name in METHODS:
        if hasattr(exchange, name):
            setattr(exchange, name, _named(name, getattr(exchange, name)))
    fetch = exchange.fetch

    async def tagged(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        return await fetch(url, method, {**(headers or {}), METHOD: _running.get() or "other"}, body)

    exchange.fetch = tagged


def call(
    venue: Any, name: str, request: Any, answers: Answers, time: VirtualTime, timeout: float = 10.0
) -> tuple[Any, list[str]]:
    """Run one whole call; give what it came to, errors as values, and the methods whose requests left."""
    time.jump(time.now + 60)  # nobody is waited for
    core = Core(
        SharedLookups(), client_ids=venue.client_ids, check_cancel=venue.check_cancel, check_create=venue.check_create
    )
    core.attach(plain(venue))
    runtime = Runtime(
        prepare=lambda call: call.request,
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    net = _Net(time, answers)
    try:
        found = VirtualRunner(runtime, net, time).run(
            core.operate(Operation(name=name, request=request, timeout=timeout))
        )
    except Exception as error:  # noqa: BLE001 - what it may be is what is tried
        found = error
    return found, net.sent


def ok(body: Any) -> Response:
    """A good answer."""
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())


class _Net:
    def __init__(self, time: VirtualTime, answers: Answers) -> None:
        self.time, self.answers = time, answers
        self.sent: list[str] = []

    def send(self, request: HttpRequest, deadline: float) -> Iterator[float]:
        """Tell the story of one exchange."""
        method = request.headers.get(METHOD, "other")
        self.sent.append(method)
        yield self.time.now + 0.05
        answer = self.answers(method, request)
        if answer is None:
            raise hk.OutcomeUnknown("no answer came")
        return answer


def _named(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    async def named(*arguments: Any, **keywords: Any) -> Any:
        if _running.get() is not None:
            return await method(*arguments, **keywords)
        token = _running.set(name)
        try:
            return await method(*arguments, **keywords)
        finally:
            _running.reset(token)

    return named
