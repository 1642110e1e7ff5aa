"""Orders whose creation is in doubt: looked for by client order id until the deadline. Not finding proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    DuplicateClientOrderId,
    InvalidArgument,
    Mismatch,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RequestState,
    VenueError,
)
from hk_adapter.execution.agreement import contradiction, is_contradictory, terms_of
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.contradictory_rows import ContradictoryRows
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.execution.lookups import LookupResult, SharedLookups, Shown, unread_in
from hk_adapter.execution.older_orders import older_ones
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.execution.two_looks import OtherTerms
from hk_adapter.flow.effects import Moment, Now, Random, rest
from hk_adapter.model import (
    CreateOrderRequest,
    FetchOrderRequest,
    Order,
    OrderStatus,
    OrderType,
    TimeInForce,
)
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.order import order_of
from hk_adapter.record import Record

LEAST_TIME = 0.05
"""Seconds that must be left for a look-up to be worth its request."""
PAUSE = 0.6
"""Seconds between look-ups; two queries a second is the lowest documented limit."""


def no_params(request: CreateOrderRequest) -> Mapping[str, Any]:
    """Look orders up with nothing but their ids and symbols: what venues take that say nothing else."""
    return {}


class Naming(Record, frozen=True):
    """How an order that was placed is found at its venue.

    Attributes:
        client_ids: what the venue makes of the client's ids.
        look_params: gives what of an order's terms its look-ups have to say, as of a conditional one.
    """

    client_ids: ClientIds = ClientIds.SHOWN
    look_params: Callable[[CreateOrderRequest], Mapping[str, Any]] = no_params

    def names(self, requests: Iterable[CreateOrderRequest]) -> dict[str, FetchOrderRequest]:
        """Return the look-ups of orders, by client order ids."""
        return {
            one.client_order_id: FetchOrderRequest(
                client_order_id=one.client_order_id, symbol=one.symbol, params=self.look_params(one)
            )
            for one in requests
        }


async def find_created(
    hooks: OperationHooks,
    looks: SharedLookups,
    requests: Sequence[CreateOrderRequest],
    named: Mapping[str, FetchOrderRequest],
    begun: Moment,
    deadline: float,
    doubtful: dict[str, Order] | None = None,
) -> list[Order | None]:
    """Look for each order until the deadline; None where it was not found. ``named`` are their look-ups.

    An order that had its client order id before this call began, or was known before it, is another one. ``begun`` is
    what the clocks said then, ``deadline`` in seconds of the monotonic one. ``doubtful`` takes, by client order ids,
    orders that were shown but are no proof. Ends early where every look-up still wanted is refused for good.
    """
    found: dict[str, Order] = {}
    doubtful = {} if doubtful is None else doubtful
    contradictory = ContradictoryRows()
    others: dict[str, OtherTerms] = {}
    wanted = {request.client_order_id: request for request in requests}
    measured, pause = False, 0.0
    while wanted and (await Now()).monotonic + pause + LEAST_TIME <= deadline:
        await rest(pause)
        names = [(named[own],) for own in wanted]
        only_ones = all(one.fresh_id for one in wanted.values())
        sights = dict(zip(wanted, await looks.look(hooks, names, deadline, only_ones=only_ones), strict=True))
        orders = {own: sight.order for own, sight in sights.items() if isinstance(sight, Shown)}
        older = await older_ones(hooks, orders, wanted, begun, deadline, measure=not measured)
        measured = measured or bool(older)
        for own, sight in sights.items():
            shown = sight.order if isinstance(sight, Shown) else unread_in(sight)
            if shown is None or not _may_be(shown, own, looks.known, begun.monotonic):
                pass
            elif not isinstance(sight, Shown) or own in older:
                doubtful.setdefault(own, shown)
            elif contradictory.is_doubtful(shown, sight.at) or is_other(shown, wanted[own], others, sight.at):
                doubtful[own] = shown
            elif shown.client_order_id == own:
                found[own] = shown
            if own in found or is_hopeless(sight):
                del wanted[own]
        waits = [sight.retry_after or 0.0 for sight in sights.values() if isinstance(sight, AdapterError)]
        pause = max(PAUSE * (1 + await Random() / 4), *waits, 0.0)
    return [found.get(request.client_order_id) for request in requests]


def _may_be(shown: Order, own: str, known: KnownOrders, begun: float) -> bool:
    """Whether an order that was shown, or named by what cannot be read, may be the one that was placed.

    One that was known before is another one, but an id may be that of one order in each market.
    """
    named = shown.id is not None and shown.client_order_id in {None, own}
    return named and not known.was_seen(str(shown.id), begun, shown.symbol)


def has_other_terms(order: Order, request: CreateOrderRequest) -> bool:
    """Whether an order contradicts what was asked for."""
    return contradiction(order, _wanted(order, request)) is not None


def is_other(shown: Order, asked: CreateOrderRequest, others: dict[str, OtherTerms], at: float) -> bool:
    """Whether an order has other terms than those asked for, and so may be another one, unless that is said again.

    ``others`` are those that were said once; ``at`` is when the look began, in seconds of the monotonic clock.
    """
    if not has_other_terms(shown, asked):
        return False
    terms = terms_of(shown)
    first = others.get(asked.client_order_id)
    if first is None or first.terms != terms:
        others[asked.client_order_id] = OtherTerms(at, terms)
        return True
    return not first.are_proven_by(terms, at)


def as_asked(order: Order, request: CreateOrderRequest) -> Order:
    """Return an order that exists, if its terms are those asked for, and the venue did not reject it.

    Raises Mismatch or OrderRejected.
    """
    found = contradiction(order, _wanted(order, request))
    if found is not None:
        raise Mismatch(f"the order exists, but its {found}", operation="create_order", order=order)
    if order.status is OrderStatus.REJECTED:
        raise OrderRejected("the venue took the order and then rejected it", operation="create_order", order=order)
    return order


def _wanted(order: Order, request: CreateOrderRequest) -> dict[str, Any]:
    """Return the terms asked for, as far as the venue's words for an order can be held against them."""
    return {
        "symbol": request.symbol,
        "type": str(request.type) if order.type in set(OrderType) else None,
        "side": request.side,
        "amount": request.amount,
        "price": request.price,
        "time_in_force": request.time_in_force if order.time_in_force in set(TimeInForce) else None,
        "post_only": request.post_only or None,
    }


def is_proof(
    order: Order,
    request: CreateOrderRequest,
    known: KnownOrders,
    begun: float,
    client_ids: ClientIds = ClientIds.SHOWN,
) -> bool:
    """Whether a create's own answer shows the order: of its client id, not known before, not contradictory.

    Where the venue does not show the client's id as it was given, the request tells whose answer it is.
    """
    named = order.client_order_id == request.client_order_id
    if not (named or (client_ids is not ClientIds.SHOWN and order.id is not None)) or is_contradictory(order):
        return False
    return not known.was_seen(str(order.id), begun)


def is_certain(error: AdapterError, attempt: Attempt) -> bool:
    """Whether a create that failed so has made no order.

    A hook sends once, after what it had to ask: of two requests, a refusal of the second says nothing of the first,
    unless that one only asked. An id that is taken may have been taken by this call, and was, if it was made for this
    call.
    """
    if attempt.sent == 0:
        return True
    if attempt.sent == attempt.asked_first and error.request_state is RequestState.NOT_SENT:
        return True
    if isinstance(error, DuplicateClientOrderId):
        return False  # somebody may have delivered this call's request twice
    return (attempt.sent == 1 or attempt.sent - attempt.asked_first == 1) and isinstance(error, VenueError)


def as_requested(request: CreateOrderRequest) -> Order:
    """Return the order that was asked for, of which the venue has shown nothing."""
    return request.acknowledged(None)


def not_found(
    request: CreateOrderRequest, doubt: AdapterError, shown: Order | None = None, *, named: bool = True
) -> OutcomeUnknown:
    """Report that an order may exist, because of ``doubt``; its order has the venue's id that any answer showed.

    ``shown`` is what a look-up showed; without it, what the doubt carries. ``named``: whether the venue was told the
    client order id.
    """
    hint = f"look for it by client order id {request.client_order_id!r}"
    if not named:
        hint = "the venue was not told its client order id: look for it by its terms among open and ended orders"
    shown = shown or order_of(doubt)
    told = "" if shown is None or shown.id is None else f"; an answer showed the order id {shown.id}"
    if shown is not None and shown.client_order_id not in {None, request.client_order_id}:
        told += f" with client order id {shown.client_order_id!r}"
    order = replace(as_requested(request), id=None if shown is None else shown.id)
    return create_in_doubt(f"the order may or may not exist; {hint}{told}", doubt, order)


def create_in_doubt(message: str, because: AdapterError, order: Order) -> OutcomeUnknown:
    """Report that it is not known what a create did, with what the venue said in the error that this is because of."""
    error = OutcomeUnknown(
        message,
        operation="create_order",
        venue=because.venue,
        code=because.code,
        http_status=because.http_status,
        order=order,
    )
    error.__cause__ = because
    return error


def is_hopeless(sight: LookupResult) -> bool:
    """Whether a look-up was refused for a reason that asking again does not change."""
    if isinstance(sight, NotSupported | InvalidArgument):
        return True
    return isinstance(sight, AdapterError) and is_block(sight)
