"""Cancel one order and learn what became of it: send once, then look until the end is proven or time is short."""

from __future__ import annotations

import math

from hk_adapter.errors import (
    AdapterError,
    ConfigurationError,
    InvalidArgument,
    NotSupported,
    OrderNotFound,
    PluginError,
    RateLimited,
    RequestState,
)
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel_case import CancelCase
from hk_adapter.flow.effects import Lane, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelReport, CancelRequest, FetchOrderRequest, Operation, Order

ATTEMPT_TIMEOUT = 3.0
"""Seconds that one send or one look-up may take at most."""

LEAST_LOOK_TIME = 0.05
"""Seconds that must be left for a look-up to be worth its request."""

_PAUSES = (0.5, 0.6, 0.8, 1.0)
"""Seconds between looks; the last one repeats."""

_QUERY_ROOM = 0.55
"""Seconds that each query of a look keeps free behind it. Two queries a second is the lowest documented limit."""

_BLOCKED = 418
"""HTTP status after which nothing more is sent to a venue."""


async def resolve_cancel(hooks: VenueHooks, operation: Operation) -> CancelReport:
    """Run one ``cancel_order`` to its report.

    Raises only what the caller did wrong: InvalidArgument, ConfigurationError, NotSupported, all before a send.
    """
    started = await _clock()
    deadline = started + operation.timeout
    case = CancelCase(operation.request)
    await _send(hooks, case, deadline)
    if case.needs_look(operation.wait):
        await _look_until_settled(hooks, case, operation, deadline)
    return case.report(operation.wait, await _clock() - started)


async def _send(hooks: VenueHooks, case: CancelCase, deadline: float) -> None:
    # A send gets at most half of what is left, so that a doubt it leaves can still be looked into.
    now = await _clock()
    attempt = Attempt(now + min(ATTEMPT_TIMEOUT, (deadline - now) / 2), Lane.CANCEL)
    try:
        order = await ask(hooks.cancel_order, Order, attempt, request=case.request)
    except (InvalidArgument, ConfigurationError, NotSupported) as error:
        if attempt.sent == 0:
            raise
        case.learn_failure(attempt.sent, error)
    except AdapterError as error:
        case.learn_failure(attempt.sent, error)
    else:
        if attempt.sent == 0:
            case.learn_failure(
                0,
                PluginError(
                    "cancel_order gave an order without having sent anything", request_state=RequestState.NOT_SENT
                ),
            )
        else:
            case.learn_answer(attempt.sent, order)


async def _look_until_settled(hooks: VenueHooks, case: CancelCase, operation: Operation, deadline: float) -> None:
    pauses = iter(_PAUSES)
    pause = 0.0
    while case.needs_look(operation.wait):
        if await _clock() + pause + LEAST_LOOK_TIME > deadline:
            return
        await Sleep(pause)
        silence = await _look(hooks, case, deadline)
        pause = max(silence, next(pauses, _PAUSES[-1]) * (1 + await Random() / 4))


async def _look(hooks: VenueHooks, case: CancelCase, deadline: float) -> float:
    """Look under every id until one shows the order; return how many seconds the venue is to be left alone."""
    begun = await _clock()
    silence = 0.0
    for request in _look_requests(case):
        silence += _QUERY_ROOM
        attempt = Attempt(min(deadline, await _clock() + ATTEMPT_TIMEOUT), Lane.CONFIRM)
        try:
            order = await ask(hooks.fetch_order, Order, attempt, request=request)
        except OrderNotFound:
            continue
        except NotSupported as error:
            case.learn_look_failure(error)
            return math.inf
        except AdapterError as error:
            case.learn_look_failure(error)
            blocked = isinstance(error, RateLimited) and error.http_status == _BLOCKED
            return math.inf if blocked else max(silence, error.retry_after or 0.0)
        case.learn_look(order)
        return silence
    case.learn_miss(begun)
    return silence


def _look_requests(case: CancelCase) -> list[FetchOrderRequest]:
    asked: CancelRequest = case.request
    seen = case.last_seen
    order_id = asked.order_id or (seen.id if seen is not None else None)
    ids = []
    if order_id is not None:
        ids.append(FetchOrderRequest(order_id=order_id, symbol=asked.symbol))
    if asked.client_order_id is not None:
        ids.append(FetchOrderRequest(client_order_id=asked.client_order_id, symbol=asked.symbol))
    return ids


async def _clock() -> float:
    return (await Now()).monotonic
