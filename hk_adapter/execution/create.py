"""Place one order and learn whether it exists: sent once, never twice; a doubt is looked into."""

from __future__ import annotations

from hk_adapter.errors import (
    AdapterError,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    PluginError,
    RequestState,
    UnexpectedPayload,
    VenueError,
)
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel import ATTEMPT_TIMEOUT, LEAST_LOOK_TIME
from hk_adapter.flow.effects import Lane, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CreateOrderRequest, FetchOrderRequest, Operation, Order

_PAUSE = 0.6
"""Seconds between look-ups; two queries a second is the lowest documented limit."""


async def settle_create(hooks: VenueHooks, operation: Operation) -> Order:
    """Run one ``create_order`` and return the order as the venue shows it.

    Raises what the venue refused it for; OutcomeUnknown, carrying an order with its ``client_order_id``, where
    neither an answer nor a look-up by that id settled it before the deadline. Not finding it proves nothing: the
    request may still be travelling.
    """
    request: CreateOrderRequest = operation.request
    now = (await Now()).monotonic
    deadline = now + operation.timeout
    attempt = Attempt(now + min(ATTEMPT_TIMEOUT, operation.timeout / 2))
    try:
        order = await ask(hooks.create_order, Order, attempt, request=request)
        if attempt.sent == 0:
            message = "create_order gave an order without having sent anything"
            raise PluginError(message, request_state=RequestState.NOT_SENT)
        if order.client_order_id == request.client_order_id:
            return order
        doubt: AdapterError = UnexpectedPayload("the venue answered about another order", order=order)
    except AdapterError as error:
        # A hook sends once. Were it to send twice, a refusal of the second would say nothing of the first.
        if attempt.sent == 0 or (attempt.sent == 1 and isinstance(error, VenueError)):
            raise
        doubt = error
    return await _find(hooks, request, deadline, doubt)


async def _find(hooks: VenueHooks, request: CreateOrderRequest, deadline: float, doubt: AdapterError) -> Order:
    wanted = FetchOrderRequest(client_order_id=request.client_order_id, symbol=request.symbol)
    pause = 0.0
    while (now := (await Now()).monotonic) + pause + LEAST_LOOK_TIME <= deadline:
        await Sleep(pause)
        attempt = Attempt(min(deadline, now + pause + ATTEMPT_TIMEOUT), Lane.CONFIRM)
        pause = _PAUSE * (1 + await Random() / 4)
        try:
            order = await ask(hooks.fetch_order, Order, attempt, request=wanted)
        except (OrderNotFound, OutcomeUnknown, UnexpectedPayload, NotSent):
            continue
        except AdapterError as error:
            pause = max(pause, error.retry_after or 0.0)
            continue
        if order.client_order_id == request.client_order_id:
            return order
    raise OutcomeUnknown(
        f"the order may or may not exist; look for it by client order id {request.client_order_id!r}",
        operation="create_order",
        venue=doubt.venue,
        order=_as_requested(request),
    ) from doubt


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
