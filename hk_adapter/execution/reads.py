"""Calls that only look: asked once, and once more on a measured clock where the venue refused ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hk_adapter.errors import ClockSkew, Mismatch, NotSupported, OrderNotFound, OutcomeUnknown, UnexpectedPayload
from hk_adapter.execution.agreement import contradiction, is_asked_for
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.context import Context
from hk_adapter.execution.contradictory_rows import ContradictoryRows
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.two_looks import SAID_AGAIN
from hk_adapter.execution.unread import in_words
from hk_adapter.flow.effects import Flow, Now, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    FetchOrderRequest,
    Operation,
    Order,
    ReadRows,
    UnreadRow,
)

T = TypeVar("T")

LEAST_TIME = 0.05
"""Seconds that must be left for asking once more to be worth its request."""

IN_VIEW = 600.0
"""Seconds by which an order that was placed is in every view, or not there: requests are good for a minute at most."""

CATALOGUES = frozenset({"fetch_markets", "fetch_currencies", "fetch_tickers"})
"""Of everything that a venue has, these leave out what cannot be read, as long as anything can be."""


async def read(hooks: OperationHooks, operation: Operation, kind: type[Any], element: type | None = None) -> Any:
    """Run a call whose hook gives the call's own result: a ``kind``, and a tuple only of ``element``s."""
    result = await read_once(hooks, getattr(VenueHooks, operation.name), kind, operation, operation.request)
    if element is not None and not all(isinstance(one, element) for one in result):
        raise UnexpectedPayload(f"{operation.name} gave something else than {element.__name__}s")
    unread = tuple(getattr(result, "unread", ()))
    if getattr(operation.request, "until", None) is not None:
        result = _up_to(result, operation.request.until, unread)
    if not all(isinstance(row, UnreadRow) for row in unread):
        raise UnexpectedPayload(f"{operation.name} told of rows in something else than UnreadRows")
    if unread and not _may_lack_rows(operation, result):
        raise UnexpectedPayload("the venue's list has rows that cannot be read exactly" + in_words(unread))
    return result


def _up_to(rows: Any, until: int, unread: tuple[UnreadRow, ...]) -> ReadRows[Any]:
    """Leave out what is newer. Raises NotSupported where there is nothing else: the venue did not heed the bound."""
    found = [row for row in rows if row.timestamp is None or row.timestamp <= until]
    if len(rows) > 0 and not found:
        raise NotSupported("the venue showed newer rows only; ask for those from since on, a limited number at a time")
    return ReadRows(found, unread)


def _may_lack_rows(operation: Operation, result: Any) -> bool:
    request = operation.request
    if getattr(request, "partial", False):
        return True
    return operation.name in CATALOGUES and getattr(request, "symbols", None) is None and len(result) > 0


async def read_once(
    hooks: OperationHooks, hook: Callable[..., Flow[T]], kind: type[T], operation: Operation, request: object
) -> T:
    """Ask a hook that has no effect; after a ClockSkew once more, on a measured clock."""
    deadline = operation.end((await Now()).monotonic)
    try:
        return await hooks.call(hook, kind, Attempt(deadline), request)
    except ClockSkew:
        return await hooks.call(hook, kind, Attempt(deadline), request)


async def fetch_order(hooks: OperationHooks, operation: Operation, context: Context) -> Order:
    """Run one ``fetch_order``; the answer must be about the order asked for, and not contradict itself.

    One that does is asked for once more a second later, and taken, with a warning, if it is said again. That there is
    no such order is no answer about one that this process placed, or is placing: gateways and views lag.
    """
    try:
        return await _fetched(hooks, operation, context)
    except OrderNotFound as error:
        if not _may_be_there(context.looks.known, operation.request, (await Now()).monotonic):
            raise
        missed = error
    text = (
        "the venue knows no such order, and this process placed one under this id: it may be on its way, or not in view"
    )
    raise OutcomeUnknown(text, code=missed.code, http_status=missed.http_status) from missed


def _may_be_there(known: KnownOrders, asked: FetchOrderRequest, now: float) -> bool:
    """Whether an order was placed, or is being placed, under an id just now, and its end is not known."""
    own = asked.client_order_id
    order_id = asked.order_id or (None if own is None else known.id_of(own, asked.symbol))
    if order_id is not None and known.ended_at(order_id, asked.symbol) is not None:
        return False
    placed = known.placed_at(order_id, own)
    return (placed is not None and now - placed < IN_VIEW) or (own is not None and known.is_placing(own))


async def _fetched(hooks: OperationHooks, operation: Operation, context: Context) -> Order:
    asked: FetchOrderRequest = operation.request
    operation = operation.due(operation.end((await Now()).monotonic))
    contradictory = ContradictoryRows()
    at = (await Now()).monotonic
    order = await read_once(hooks, VenueHooks.fetch_order, Order, operation, asked)
    if is_asked_for(order, asked) and contradictory.is_doubtful(order, at):
        at = await _later(operation, order)
        order = await read_once(hooks, VenueHooks.fetch_order, Order, operation, asked)
    if not is_asked_for(order, asked):
        raise UnexpectedPayload("the venue answered about another order", order=order)
    if contradictory.is_doubtful(order, at):
        raise _contradicts_itself(order)
    context.looks.known.note_seen(order.id, at, order.symbol)
    context.looks.known.note_existed(order, await Now())
    found = contradiction(order, {"symbol": asked.symbol, "client_order_id": asked.client_order_id})
    if found is not None:
        raise Mismatch(f"the order was found, but its {found}", order=order)
    return order


async def _later(operation: Operation, order: Order) -> float:
    """Wait until an order can be asked for once more; return the time. Raises UnexpectedPayload where none is left."""
    now = (await Now()).monotonic
    if now + SAID_AGAIN + LEAST_TIME > operation.end(now):
        raise _contradicts_itself(order)
    await Sleep(SAID_AGAIN)
    return (await Now()).monotonic


def _contradicts_itself(order: Order) -> UnexpectedPayload:
    return UnexpectedPayload(f"the venue says {order.status}, which its amounts contradict", order=order)
