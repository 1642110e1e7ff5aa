"""Place one order and learn whether it exists: sent once, never twice; a doubt is looked into."""

from __future__ import annotations

from hk_adapter.errors import (
    AdapterError,
    ClockSkew,
    DuplicateClientOrderId,
    UnexpectedPayload,
)
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.cancel.duplicate import find_duplicate
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.context import Context
from hk_adapter.execution.create_lookup import as_asked, find_created, is_certain, is_proof, not_found
from hk_adapter.execution.older_orders import older_ones
from hk_adapter.flow.effects import Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CreateOrderRequest, Operation, Order
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.order import order_of

SEND_SHARE = 0.5
"""Share of the time that a create may take, so that a doubt it leaves can still be looked into."""


async def settle_create(hooks: OperationHooks, operation: Operation, context: Context) -> Order:
    """Run one ``create_order`` and return the order as the venue shows it.

    Raises what the venue refused it for; Mismatch where the order that exists has other terms; OutcomeUnknown,
    carrying an order with its ``client_order_id``, where neither an answer nor a look-up by that id settled it before
    the deadline. Not finding it proves nothing: the request may still be travelling.
    """
    request: CreateOrderRequest = operation.request
    own = request.client_order_id
    begun = (await Now()).monotonic
    looks, naming = context.looks, context.naming
    names = naming.names([request])
    deadline = operation.end(begun)
    attempt = Attempt(deadline, share=SEND_SHARE)
    try:
        order = await hooks.call(VenueHooks.create_order, Order, attempt, request)
    except AdapterError as error:
        if isinstance(error, ClockSkew):
            await measure_clock(hooks, deadline)
        if is_certain(error, attempt) or request.test:
            raise
        doubt = error
    else:
        if request.test:
            return order
        shown_is_new = is_proof(order, request, looks.known, begun, naming.client_ids) and not await older_ones(
            hooks, {own: order}, {own: request}, begun, deadline
        )
        if shown_is_new:
            looks.known.note_placed(order.id, own, begun)
            return as_asked(order, request)
        doubt = UnexpectedPayload("the venue's answer does not show this order, but perhaps an older one", order=order)
    if isinstance(doubt, DuplicateClientOrderId) and not request.fresh_id and attempt.sent == 1:
        made = await find_duplicate(hooks, looks, request, doubt, begun, deadline, names[own])
        looks.known.note_placed(made.id, own, begun)
        return as_asked(made, request)
    looks.known.note_placed(None, own, begun)
    named_in_doubt = order_of(doubt)
    doubtful = {} if named_in_doubt is None or named_in_doubt.id is None else {own: named_in_doubt}
    named = naming.client_ids is not ClientIds.NOT_SENT  # else no look-up by it would show the order
    looked = await find_created(hooks, looks, [request] if named else [], names, begun, deadline, doubtful)
    found = looked[0] if looked else None
    if found is None:
        raise not_found(request, doubt, doubtful.get(own), named=named)
    looks.known.note_placed(found.id, own, begun)
    return as_asked(found, request)
