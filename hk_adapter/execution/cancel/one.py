"""Cancel one order and learn what became of it: send, look, measure, until its state is proven or time is short."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    ConfigurationError,
    InvalidArgument,
    NotSupported,
)
from hk_adapter.execution import contradictory_rows
from hk_adapter.execution.agreement import is_contradictory
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.policy import (
    LAST_PART,
    LEAST_TIME,
    MOST_SENDS,
    Look,
    Send,
    Situation,
    Step,
    Stop,
    next_step,
)
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.cancel.whose_row import is_made_since
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.context import Context
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import Gone, LookupResult, Missed, SharedLookups, Shown, unread_in
from hk_adapter.flow.effects import Lane, Moment, Now, Sleep, rest
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelReport, CancelRequest, FetchOrderRequest, Operation, Order

SEND_SHARE = 0.5
"""Share of the time left that one send may take, so that a doubt it leaves can still be looked into."""
TIME_TO_LOOK = 3.0
"""Seconds of a call for many that are kept for looks; the last part of its time, if that is less."""


class CancelRun(Struct, eq=False):
    """One cancel under way. Times in seconds of the monotonic clock.

    Attributes:
        alone: whether it is the only one of its call.
        measured: whether the venue's clock was measured for it.
    """

    hooks: OperationHooks
    looks: SharedLookups
    operation: Operation
    case: CancelCase
    started: float
    deadline: float
    alone: bool = True
    measured: bool = False


async def resolve_cancel(hooks: OperationHooks, operation: Operation, context: Context) -> CancelReport:
    """Run one ``cancel_order`` to its report.

    Raises only what the caller did wrong: InvalidArgument, ConfigurationError, NotSupported, all before a send.
    """
    deadline = operation.deadline  # of which a host has told it already
    if deadline is None:
        deadline = operation.end((await Now()).monotonic)
    started = deadline - operation.timeout
    case = case_for(operation.request, context.looks.known, context.second_look)
    call = CancelRun(hooks, context.looks, operation, case, started, deadline)
    step, now = await decide_next(call)
    while not isinstance(step, Stop):
        await make_step(call, step, now)
        step, now = await decide_next(call)
    return report_of(call, now.monotonic)


def case_for(request: CancelRequest, known: KnownOrders, second_look: float | None = None) -> CancelCase:
    """Return a new case with what is known of its order."""
    own = request.client_order_id
    case = CancelCase(request, meant_id=None if own is None or request.order_id else known.id_of(own, request.symbol))
    case.placed_at, case.made = known.placed(case.meant_id, own, request.symbol)
    case.placed = case.placed_at is not None or (own is not None and known.is_placing(own))
    case.second_look = second_look
    return case


def report_of(call: CancelRun, now: float) -> CancelReport:
    """Return what one cancel came to, and record its order's end; ``now`` in seconds of the monotonic clock."""
    case, known = call.case, call.looks.known
    end = case.end(call.operation.wait)
    if end is not None and end.id is not None:
        symbol = end.symbol or case.request.symbol  # some venues count ids by it
        ended = known.ended_at(end.id, symbol)
        case.ended_before = ended is not None and ended < call.started and not is_made_since(end, case.times, ended)
        known.note_ended(end.id, symbol, now, proven=end is case.proven_end)
    return verdict(case, call.operation.wait, now - call.started)


async def make_step(call: CancelRun, step: Step, decided: Moment | None = None) -> None:
    """Make one step of a cancel under way, decided just now, and record what it came to.

    Raises only what the caller did wrong, as ``send`` does.
    """
    match step:
        case Send(pause):
            if pause > 0:
                await Sleep(pause)
                decided = None
            await send(call, decided)
        case Look(pause):
            await rest(pause)
            names = [look_requests(call.case)]
            (result,) = await call.looks.look(call.hooks, names, call.deadline, by_stream=call.case.hears)
            learn_result(call.case, result)
        case _:
            await measure([call])


async def measure(calls: Sequence[CancelRun]) -> None:
    """Measure the venue's clock for cancels of one call."""
    blocked = await measure_clock(calls[0].hooks, calls[0].deadline)
    after = await Now()
    for call in calls:
        call.measured = True
        call.case.blocked = call.case.blocked or blocked
        call.case.note_clock(after)


async def decide_next(call: CancelRun) -> tuple[Step, Moment]:
    """Decide the next step of one cancel under way, and tell what the clocks said."""
    now = await Now(lucky=True)
    call.case.time_anew(now)
    situation = Situation(
        left=call.deadline - now.monotonic,
        whole=call.operation.timeout,
        silence=now.silence,
        jitter=now.luck,
        measured=call.measured,
        until_proof=call.case.until_proof(now.monotonic),
    )
    return next_step(call.case, call.operation.wait, situation), now


async def send(call: CancelRun, now: Moment | None = None) -> None:
    """Send one cancel, once, and record what it came to; ``now`` is what the clocks say, where that is known.

    Raises only what the caller did wrong: InvalidArgument, ConfigurationError, NotSupported, before any send.
    """
    case = call.case
    now = now or await Now()
    attempt = send_attempt([call], now)
    if case.sends and case.last_seen is not None:
        call.looks.known.note_existed(case.last_seen, now)
    request = case.request if case.sends == 0 else replace(case.request, order_id=case.order_id, symbol=case.symbol)
    try:
        order = await call.hooks.call(VenueHooks.cancel_order, Order, attempt, request)
    except (InvalidArgument, ConfigurationError, NotSupported) as error:
        if case.sends == attempt.sent == 0:
            raise
        case.learn_failure(attempt.sent, error)
    except AdapterError as error:
        case.learn_failure(attempt.sent, error)
    else:
        case.learn_answer(attempt.sent, order)


def send_attempt(calls: Sequence[CancelRun], now: Moment) -> Attempt:
    """Return the bounds of one send for cancels of one call; each records when it leaves.

    No repeat goes out in the last part of the time, however long it waited for the rate budget.
    """
    call, sends = calls[0], max([call.case.sends for call in calls])
    deadline = call.deadline
    if sends:
        deadline -= LAST_PART * call.operation.timeout
    elif not call.alone:
        deadline = last_first_send(call)
    for one in calls:
        one.case.note_sending(now)
    left = max(deadline - now.monotonic, LEAST_TIME)
    share = min(1.0, SEND_SHARE * (call.deadline - now.monotonic) / left)
    return Attempt(deadline, Lane.CANCEL, share=share, most=MOST_SENDS - sends)


def last_first_send(call: CancelRun) -> float:
    """Return by when the first sends of a call for many must be over, so that stalls leave time to look them up."""
    return call.deadline - min(LAST_PART * call.operation.timeout, TIME_TO_LOOK)


def learn_result(case: CancelCase, result: LookupResult) -> None:
    """Record in a case what a look-up came to."""
    if (unread := unread_in(result)) is not None:
        case.learn_unread(unread)
    match result:
        case Shown(order, at, beside, by_stream):
            if beside is not None:
                case.learn_row(beside)
            case.learn_look(order, at)
            if by_stream:
                case.learn_heard(order)
            if case.proven_end is order and is_contradictory(order):
                contradictory_rows.warn_of(order)
        case Missed(at=at, gone=gone, as_of=as_of):
            case.learn_miss(at, gone=gone, as_of=as_of)
        case Gone(as_of=as_of):
            case.learn_gone(as_of)
        case error:
            case.learn_look_failure(error)


def look_requests(case: CancelCase) -> tuple[FetchOrderRequest, ...]:
    """Return what names the order in a look-up: by the venue's id if shown, by the client's, by the id that is meant.

    It is asked with the cancel's own params: where a venue keeps some orders apart, they tell where to look.
    """
    asked, meant = case.request, case.meant_id
    order = FetchOrderRequest(symbol=asked.symbol if asked.order_id else case.symbol, params=asked.params)
    shown = case.order_id or (meant if case.shown_another else None)
    by_id = () if shown is None else (replace(order, order_id=shown),)
    if asked.client_order_id is None:
        return by_id
    by_client = replace(order, client_order_id=asked.client_order_id)
    by_meant = () if meant in {None, shown} else (replace(order, order_id=meant),)
    return (*by_id, by_client, *by_meant)
