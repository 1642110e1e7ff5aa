"""The core's own implementation of ``operate``: from a whole call to the flow that carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hk_adapter.errors import ClockSkew, Mismatch, NotSupported, UnexpectedPayload
from hk_adapter.execution.agreement import contradiction, is_asked_for, is_contradictory
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel import resolve_cancel
from hk_adapter.execution.cancel_many import Venue, resolve_cancel_all, resolve_cancels
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.create import settle_create
from hk_adapter.execution.looks import Looks
from hk_adapter.flow.effects import Now
from hk_adapter.hooks import VenueHooks, hookimpl
from hk_adapter.model import CancelRequest, FetchOrderRequest, Operation, Order


async def _fetch_order(hooks: VenueHooks, operation: Operation) -> Order:
    asked: FetchOrderRequest = operation.request
    deadline = operation.end((await Now()).monotonic)
    try:
        order = await ask(hooks.fetch_order, Order, Attempt(deadline), request=asked)
    except ClockSkew:
        await measure_clock(hooks, deadline)
        order = await ask(hooks.fetch_order, Order, Attempt(deadline), request=asked)
    if not is_asked_for(order, asked):
        raise UnexpectedPayload("the venue answered about another order", order=order)
    if is_contradictory(order):
        raise UnexpectedPayload(f"the venue says {order.status}, which its amounts contradict", order=order)
    found = contradiction(order, {"symbol": asked.symbol, "client_order_id": asked.client_order_id})
    if found is not None:
        raise Mismatch(f"the order was found, but its {found}", order=order)
    return order


async def _fetch_time(hooks: VenueHooks, operation: Operation) -> int:
    attempt = Attempt(operation.end((await Now()).monotonic))
    return await ask(hooks.fetch_time, int, attempt)


def _pass(request: CancelRequest) -> None:
    """Find nothing wrong: the venue's hooks check for themselves."""


class Core:
    """The one plain implementation of ``operate`` in a connection's plugin manager."""

    def __init__(
        self, looks: Looks, cancel_batch: int = 0, check_cancel: Callable[[CancelRequest], None] = _pass
    ) -> None:
        self._looks = looks
        self._cancel_batch = cancel_batch
        self._check_cancel = check_cancel
        self._hooks: VenueHooks | None = None

    def attach(self, hooks: VenueHooks) -> None:
        """Take the hooks of the manager that this core was joined to."""
        self._hooks = hooks

    @hookimpl
    async def operate(self, operation: Operation) -> Any:
        """Carry out a whole call on the opened venue's hooks."""
        hooks, looks = self._hooks, self._looks
        if hooks is None:
            raise TypeError("a core must be attached before it is asked")
        match operation.name:
            case "cancel_order":
                return await resolve_cancel(hooks, looks, operation)
            case "cancel_orders":
                return await resolve_cancels(self._venue(hooks), operation)
            case "cancel_all_orders":
                return await resolve_cancel_all(self._venue(hooks), operation)
            case "create_order":
                return await settle_create(hooks, looks, operation)
            case "fetch_order":
                return await _fetch_order(hooks, operation)
            case "fetch_time":
                return await _fetch_time(hooks, operation)
            case _:
                raise NotSupported(f"no call is named {operation.name!r}", operation=operation.name)

    def _venue(self, hooks: VenueHooks) -> Venue:
        return Venue(hooks, self._looks, self._cancel_batch, self._check_cancel)
