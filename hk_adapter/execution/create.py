"""Place one order and learn whether it exists: sent once, never twice; a doubt is looked into."""

from __future__ import annotations

from hk_adapter.errors import (
    AdapterError,
    ClockSkew,
    InvalidArgument,
    Mismatch,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    PluginError,
    RequestState,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.execution.agreement import contradiction, is_contradictory
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.heed import heed, is_block
from hk_adapter.execution.looks import Looks, Shown
from hk_adapter.flow.effects import Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CreateOrderRequest, FetchOrderRequest, Operation, Order, OrderStatus

SEND_SHARE = 0.5
"""Share of the time that the create may take, so that a doubt it leaves can still be looked into."""
LEAST_TIME = 0.05
"""Seconds that must be left for a look-up to be worth its request."""
PAUSE = 0.6
"""Seconds between look-ups; two queries a second is the lowest documented limit."""


async def settle_create(hooks: VenueHooks, looks: Looks, operation: Operation) -> Order:
    """Run one ``create_order`` and return the order as the venue shows it.

    Raises what the venue refused it for; Mismatch where the order that exists has other terms; OutcomeUnknown,
    carrying an order with its ``client_order_id``, where neither an answer nor a look-up by that id settled it before
    the deadline. Not finding it proves nothing: the request may still be travelling.
    """
    request: CreateOrderRequest = operation.request
    deadline = operation.end((await Now()).monotonic)
    attempt = Attempt(deadline, share=SEND_SHARE)
    try:
        order = await ask(hooks.create_order, Order, attempt, request=request)
        if attempt.sent == 0:
            message = "create_order gave an order without having sent anything"
            raise PluginError(message, request_state=RequestState.NOT_SENT)
        if order.client_order_id == request.client_order_id and not is_contradictory(order):
            return _as_asked(order, request)
        doubt: AdapterError = UnexpectedPayload("the venue's answer does not show this order", order=order)
    except (OrderRejected, Mismatch):
        raise
    except AdapterError as error:
        await heed(error, attempt)
        if isinstance(error, ClockSkew):
            await measure_clock(hooks, deadline)
        # A hook sends once. Were it to send twice, a refusal of the second would say nothing of the first.
        if attempt.sent == 0 or (attempt.sent == 1 and isinstance(error, VenueError)):
            raise
        doubt = error
    return await _found(hooks, looks, request, deadline, doubt)


async def _found(
    hooks: VenueHooks, looks: Looks, request: CreateOrderRequest, deadline: float, doubt: AdapterError
) -> Order:
    names = (FetchOrderRequest(client_order_id=request.client_order_id, symbol=request.symbol),)
    pause = 0.0
    while (await Now()).monotonic + pause + LEAST_TIME <= deadline:
        await Sleep(pause)
        (sight,) = await looks.look(hooks, [names], deadline)
        if isinstance(sight, Shown) and sight.order.client_order_id == request.client_order_id:
            if not is_contradictory(sight.order):
                return _as_asked(sight.order, request)
        elif isinstance(sight, NotSupported | InvalidArgument) or (isinstance(sight, AdapterError) and is_block(sight)):
            break
        asked = sight.retry_after if isinstance(sight, AdapterError) else None
        pause = max(PAUSE * (1 + await Random() / 4), asked or 0.0)
    raise OutcomeUnknown(
        f"the order may or may not exist; look for it by client order id {request.client_order_id!r}",
        operation="create_order",
        venue=doubt.venue,
        code=doubt.code,
        http_status=doubt.http_status,
        order=_as_requested(request),
    ) from doubt


def _as_asked(order: Order, request: CreateOrderRequest) -> Order:
    """Give the order if its terms are those asked for, and the venue did not reject it."""
    wanted = {"symbol": request.symbol, "side": request.side, "amount": request.amount, "price": request.price}
    found = contradiction(order, wanted)
    if found is not None:
        raise Mismatch(f"the order exists, but its {found}", operation="create_order", order=order)
    if order.status is OrderStatus.REJECTED:
        raise OrderRejected("the venue took the order and then rejected it", operation="create_order", order=order)
    return order


def _as_requested(request: CreateOrderRequest) -> Order:
    return Order(
        id=None,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        type=str(request.type),
        side=request.side,
        time_in_force=request.time_in_force,
        post_only=request.post_only,
        price=request.price,
        amount=request.amount,
    )
