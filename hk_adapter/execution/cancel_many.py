"""Cancel many orders by the venue's best request, and learn what became of each: one report per order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hk_adapter.errors import (
    AdapterError,
    InvalidArgument,
    NotSupported,
    OutcomeUnknown,
    PluginError,
    RateLimited,
    RequestState,
    VenueError,
)
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel import SEND_SHARE, Pursuit, learn_sight, look_requests, next_step, send
from hk_adapter.execution.cancel_case import CancelCase
from hk_adapter.execution.cancel_moves import Look, Measure, Move, Send, Stop
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.heed import heed, is_block
from hk_adapter.execution.looks import Looks
from hk_adapter.execution.open_orders import list_open_orders
from hk_adapter.flow.effects import Gather, Lane, Now, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelAllRequest,
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelReport,
    CancelRequest,
    Operation,
    Order,
)

T = TypeVar("T")

TOGETHER = 0.5
"""Seconds: repeats that are due this close to each other go out together."""
MASS_ROUNDS = 10
"""Mass cancels of one call; a venue takes a limited number of orders at a time (HashKey: 200)."""


@dataclass(frozen=True, slots=True)
class Venue:
    """What cancelling many orders needs of a venue.

    Attributes:
        batch: how many ids one ``cancel_orders`` of it takes; below 2, orders are canceled one by one.
        check: raises InvalidArgument for a cancel that it could not send.
    """

    hooks: VenueHooks
    looks: Looks
    batch: int
    check: Callable[[CancelRequest], None]


async def resolve_cancels(venue: Venue, operation: Operation) -> list[CancelReport]:
    """Run one ``cancel_orders`` to its reports, in the order of its request."""
    for request in operation.request.orders:
        venue.check(request)
    pursuits = await _pursuits(venue, operation, operation.request.orders)
    await _settle(venue, pursuits)
    return await _reports(pursuits, operation)


async def resolve_cancel_all(venue: Venue, operation: Operation) -> list[CancelReport]:
    """Run one ``cancel_all_orders`` to its reports: one for each order that was open when it was listed.

    Raises the listing's error where the open orders could not be listed in time: then nothing was sent.
    """
    asked: CancelAllRequest = operation.request
    venue.check(CancelRequest(symbol=asked.symbol, params=asked.params))
    deadline = operation.end((await Now()).monotonic)
    listed = [order for order in await list_open_orders(venue.hooks, asked.symbol, deadline) if _in_scope(order, asked)]
    requests = [
        CancelRequest(order_id=order.id, symbol=order.symbol or asked.symbol, params=asked.params) for order in listed
    ]
    pursuits = await _pursuits(venue, operation, requests)
    for pursuit, order in zip(pursuits, listed, strict=True):
        pursuit.case.last_seen = order
    if asked.client_id_prefix is None and len(pursuits) > max(1, venue.batch):
        await _cancel_by_scope(venue, pursuits, asked, deadline)
    await _settle(venue, pursuits)
    return await _reports(pursuits, operation)


async def _pursuits(venue: Venue, operation: Operation, requests: Sequence[CancelRequest]) -> list[Pursuit]:
    started = (await Now()).monotonic
    deadline = operation.end(started)
    return [
        Pursuit(venue.hooks, venue.looks, replace(operation, request=request), CancelCase(request), started, deadline)
        for request in requests
    ]


async def _reports(pursuits: list[Pursuit], operation: Operation) -> list[CancelReport]:
    now = (await Now()).monotonic
    return [pursuit.case.report(operation.wait, now - pursuit.started) for pursuit in pursuits]


def _in_scope(order: Order, asked: CancelAllRequest) -> bool:
    if asked.side is not None and order.side is not asked.side:
        return False
    return asked.client_id_prefix is None or (order.client_order_id or "").startswith(asked.client_id_prefix)


async def _settle(venue: Venue, pursuits: list[Pursuit]) -> None:
    """Move all of them on together until nothing more can be learned of any."""
    plans: dict[int, _Plan] = {}
    waiting = [number for number, _ in enumerate(pursuits)]
    while waiting:
        now = (await Now()).monotonic
        for number in waiting:
            if number not in plans:
                plans[number] = _planned(await next_step(pursuits[number]), now)
        waiting = [number for number in waiting if not isinstance(plans[number].move, Stop)]
        due = _due(plans, waiting)
        chosen = [pursuits[number] for number in due]
        if not due:
            return
        kind = type(plans[due[0]].move)
        await Sleep(max(0.0, plans[due[0]].at - now))
        plans = {number: plan for number, plan in plans.items() if number not in due}
        if kind is Measure:
            await _measure([pursuits[number] for number in waiting])
            plans = {}
        elif kind is Send:
            await _send_all(venue, chosen)
        else:
            await _look_at_all(venue, chosen)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A move and when it is due, in seconds of the monotonic clock."""

    move: Move
    at: float


def _planned(move: Move, now: float) -> _Plan:
    return _Plan(move, now + move.pause if isinstance(move, Send | Look) else now)


def _due(plans: dict[int, _Plan], waiting: list[int]) -> list[int]:
    """Give those whose next move is due first, and all of its kind that are due about then."""
    order = sorted(waiting, key=lambda number: (plans[number].at, isinstance(plans[number].move, Look), number))
    if not order:
        return []
    first = plans[order[0]]
    near = [number for number in order if plans[number].at <= first.at + TOGETHER]
    return [number for number in near if type(plans[number].move) is type(first.move)]


async def _measure(waiting: list[Pursuit]) -> None:
    for pursuit in waiting:
        pursuit.measured = True
    if await measure_clock(waiting[0].hooks, waiting[0].deadline):
        for pursuit in waiting:
            pursuit.case.blocked = True


async def _look_at_all(venue: Venue, pursuits: list[Pursuit]) -> None:
    names = [look_requests(pursuit.case) for pursuit in pursuits]
    sights = await venue.looks.look(venue.hooks, names, pursuits[0].deadline)
    for pursuit, sight in zip(pursuits, sights, strict=True):
        learn_sight(pursuit.case, sight)


async def _send_all(venue: Venue, pursuits: list[Pursuit]) -> None:
    together = [pursuit for pursuit in pursuits if pursuit.case.order_id is not None and venue.batch > 1]
    if len(together) < 2:
        together = []
    alone = [pursuit for pursuit in pursuits if pursuit not in together]
    flows = [_send_batch(batch) for batch in _batches(together, venue.batch)]
    results = await Gather((*flows, *(send(pursuit) for pursuit in alone)))
    failures = [result for result in results if isinstance(result, Exception)]
    for failure in failures:
        if not isinstance(failure, AdapterError):
            raise failure
    if failures and all(pursuit.case.sends == 0 for pursuit in pursuits):
        raise failures[0]
    _hold_back(pursuits, failures)


def _hold_back(pursuits: list[Pursuit], failures: list[Exception]) -> None:
    for pursuit in pursuits:
        if pursuit.case.sends == 0 and pursuit.case.last_error is None:
            error = next((one for one in failures if isinstance(one, AdapterError)), None)
            pursuit.case.learn_failure(0, error or PluginError("the cancel was not sent"))


async def _send_batch(pursuits: list[Pursuit]) -> None:
    attempt = Attempt(pursuits[0].deadline, Lane.CANCEL, share=SEND_SHARE)
    ids = {str(pursuit.case.order_id): pursuit for pursuit in pursuits}
    asked = pursuits[0].case.request  # all of one call have the same symbol and params
    request = CancelOrdersRequest(order_ids=tuple(ids), symbol=asked.symbol, params=asked.params)
    try:
        answer = await ask(pursuits[0].hooks.cancel_orders, CancelOrdersAnswer, attempt, request=request)
    except AdapterError as error:
        if attempt.sent == 0 and isinstance(error, InvalidArgument | NotSupported):
            raise
        for pursuit in pursuits:
            pursuit.case.learn_failure(attempt.sent, error)
        await heed(error, attempt)
        return
    for order_id, pursuit in ids.items():
        refusal = answer.refused.get(order_id)
        if attempt.sent == 0:
            silent = "cancel_orders answered without having sent anything"
            refusal = PluginError(silent, request_state=RequestState.NOT_SENT)
        if refusal is None:
            pursuit.case.learn_acceptance(attempt.sent)
        else:
            pursuit.case.learn_failure(attempt.sent, refusal)


async def _cancel_by_scope(venue: Venue, pursuits: list[Pursuit], asked: CancelAllRequest, deadline: float) -> None:
    """Ask for the whole scope at once, until the book no longer has its orders.

    The answers name no order, so each order has one send in doubt, however often the scope was asked for; what
    is still open is then canceled by its id.
    """
    open_ids = {pursuit.case.order_id for pursuit in pursuits}
    in_doubt = False
    for _ in range(MASS_ROUNDS):
        attempt = Attempt(deadline, Lane.CANCEL, share=SEND_SHARE)
        try:
            await ask(venue.hooks.cancel_all_orders, bool, attempt, request=asked)
        except (NotSupported, VenueError) as error:
            await heed(error, attempt)
            if isinstance(error, RateLimited):  # of the very limit that cancels by id count against
                for pursuit in pursuits:
                    pursuit.case.learn_failure(attempt.sent, error)
            break
        except AdapterError as error:
            await heed(error, attempt)
            for pursuit in pursuits:
                pursuit.case.blocked = pursuit.case.blocked or is_block(error)
            in_doubt = in_doubt or attempt.sent > 0
            break
        in_doubt = True
        left = open_ids & await _still_open(venue, asked, deadline)
        if not left or left == open_ids:
            break
        open_ids = left
    if in_doubt:
        for pursuit in pursuits:
            pursuit.case.learn_failure(1, OutcomeUnknown("a mass cancel was accepted, which names no orders"))


async def _still_open(venue: Venue, asked: CancelAllRequest, deadline: float) -> set[str | None]:
    try:
        return {order.id for order in await list_open_orders(venue.hooks, asked.symbol, deadline)}
    except AdapterError:
        return set()


def _batches(items: list[T], size: int) -> list[list[T]]:
    return [items[start : start + size] for start in range(0, len(items), max(1, size))]
