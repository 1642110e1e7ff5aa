"""The core's own implementation of ``operate``: from a whole call to the flow that carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hk_adapter.errors import NotSupported, UnexpectedPayload
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.cancel import resolve_cancel
from hk_adapter.execution.cancel_case import is_asked_for
from hk_adapter.execution.create import settle_create
from hk_adapter.flow.effects import Flow, Now
from hk_adapter.hooks import VenueHooks, hookimpl
from hk_adapter.model import Operation, Order


async def _fetch_order(hooks: VenueHooks, operation: Operation) -> Order:
    attempt = Attempt((await Now()).monotonic + operation.timeout)
    order = await ask(hooks.fetch_order, Order, attempt, request=operation.request)
    if not is_asked_for(order, operation.request):
        raise UnexpectedPayload("the venue answered about another order", order=order)
    return order


async def _fetch_time(hooks: VenueHooks, operation: Operation) -> int:
    attempt = Attempt((await Now()).monotonic + operation.timeout)
    return await ask(hooks.fetch_time, int, attempt)


_OPERATIONS: dict[str, Callable[[VenueHooks, Operation], Flow[Any]]] = {
    "cancel_order": resolve_cancel,
    "create_order": settle_create,
    "fetch_order": _fetch_order,
    "fetch_time": _fetch_time,
}


class Core:
    """The one plain implementation of ``operate`` in a connection's plugin manager."""

    def __init__(self) -> None:
        self._hooks: VenueHooks | None = None

    def attach(self, hooks: VenueHooks) -> None:
        """Take the hooks of the manager that this core was joined to."""
        self._hooks = hooks

    @hookimpl
    async def operate(self, operation: Operation) -> Any:
        """Carry out a whole call on the opened venue's hooks."""
        carry_out = _OPERATIONS.get(operation.name)
        if carry_out is None or self._hooks is None:
            raise NotSupported(f"no call is named {operation.name!r}", operation=operation.name)
        return await carry_out(self._hooks, operation)
