"""Cancel one order and learn what became of it: send, look, measure, until its state is proven or time is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hk_adapter.errors import (
    AdapterError,
    ConfigurationError,
    InvalidArgument,
    NotSupported,
    PluginError,
    RequestState,
)
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel_case import CancelCase
from hk_adapter.execution.cancel_moves import (
    LAST_PART,
    LEAST_TIME,
    MOST_SENDS,
    Look,
    Move,
    Send,
    Situation,
    Stop,
    next_move,
)
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.heed import heed
from hk_adapter.execution.looks import Gone, Looks, Missed, Shown, Sight
from hk_adapter.flow.effects import Lane, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelReport, FetchOrderRequest, Operation, Order

SEND_SHARE = 0.5
"""Share of the time left that one send may take, so that a doubt it leaves can still be looked into."""
TIME_TO_LOOK = 3.0
"""Seconds of a call for many that are kept for looks; the last part of its time, if that is less."""


@dataclass(slots=True)
class Pursuit:
    """One cancel under way. Times in seconds of the monotonic clock.

    Attributes:
        alone: whether it is the only one of its call.
        measured: whether the venue's clock was measured for it.
    """

    hooks: VenueHooks
    looks: Looks
    operation: Operation
    case: CancelCase
    started: float
    deadline: float
    alone: bool = True
    measured: bool = False


async def resolve_cancel(hooks: VenueHooks, looks: Looks, operation: Operation) -> CancelReport:
    """Run one ``cancel_order`` to its report.

    Raises only what the caller did wrong: InvalidArgument, ConfigurationError, NotSupported, all before a send.
    """
    deadline = operation.end((await Now()).monotonic)
    started = deadline - operation.timeout
    case = CancelCase(operation.request)
    call = Pursuit(hooks, looks, operation, case, started, deadline)
    while not isinstance(move := await next_step(call), Stop):
        await make(call, move)
    return case.report(operation.wait, (await Now()).monotonic - started)


async def make(call: Pursuit, move: Move) -> None:
    """Make one move of a cancel under way, and learn from what it came to.

    Raises only what the caller did wrong, as ``send`` does.
    """
    match move:
        case Send(pause):
            await Sleep(pause)
            await send(call)
        case Look(pause):
            await Sleep(pause)
            (sight,) = await call.looks.look(call.hooks, [look_requests(call.case)], call.deadline)
            learn_sight(call.case, sight)
        case _:
            call.measured = True
            call.case.blocked = await measure_clock(call.hooks, call.deadline)


async def next_step(call: Pursuit) -> Move:
    """Decide the next move of one cancel under way."""
    now = await Now()
    situation = Situation(
        left=call.deadline - now.monotonic,
        whole=call.operation.timeout,
        silence=now.silence,
        luck=await Random(),
        measured=call.measured,
    )
    return next_move(call.case, call.operation.wait, situation)


async def send(call: Pursuit) -> None:
    """Send one cancel, once, and learn from what it came to.

    Raises only what the caller did wrong: InvalidArgument, ConfigurationError, NotSupported, before any send.
    """
    case = call.case
    attempt = send_attempt([call], (await Now()).monotonic)
    request = case.request if case.sends == 0 else replace(case.request, order_id=case.order_id)
    try:
        order = await ask(call.hooks.cancel_order, Order, attempt, request=request)
    except (InvalidArgument, ConfigurationError, NotSupported) as error:
        if case.sends == attempt.sent == 0:
            raise
        case.learn_failure(attempt.sent, error)
    except AdapterError as error:
        case.learn_failure(attempt.sent, error)
        await heed(error, attempt)
    else:
        if attempt.sent == 0:
            silent = "cancel_order gave an order without having sent anything"
            case.learn_failure(0, PluginError(silent, request_state=RequestState.NOT_SENT))
        else:
            case.learn_answer(attempt.sent, order)


def send_attempt(calls: Sequence[Pursuit], now: float) -> Attempt:
    """Bound one send for cancels of one call: in time, and in how often each may be sent.

    No repeat goes out in the last part of the time, however long it waited for the rate budget.
    """
    call, sends = calls[0], max(call.case.sends for call in calls)
    deadline = call.deadline
    if sends:
        deadline -= LAST_PART * call.operation.timeout
    elif not call.alone:
        deadline = last_first_send(call)
    left = max(deadline - now, LEAST_TIME)
    share = min(1.0, SEND_SHARE * (call.deadline - now) / left)
    return Attempt(deadline, Lane.CANCEL, share=share, most=MOST_SENDS - sends)


def last_first_send(call: Pursuit) -> float:
    """Say by when the first sends of a call for many must be over, so that their stalls leave time to look them up."""
    return call.deadline - min(LAST_PART * call.operation.timeout, TIME_TO_LOOK)


def learn_sight(case: CancelCase, sight: Sight) -> None:
    """Tell a case what a look-up came to."""
    match sight:
        case Shown(order):
            case.learn_look(order)
        case Missed(at, gone):
            case.learn_miss(at, gone=gone)
        case Gone():
            case.learn_gone()
        case error:
            case.learn_look_failure(error)


def look_requests(case: CancelCase) -> tuple[FetchOrderRequest, ...]:
    """Name the order for a look-up: by the venue's id if known, then by the client's."""
    asked = case.request
    by_id = () if case.order_id is None else (FetchOrderRequest(order_id=case.order_id, symbol=asked.symbol),)
    if asked.client_order_id is None:
        return by_id
    return (*by_id, FetchOrderRequest(client_order_id=asked.client_order_id, symbol=asked.symbol))
