"""The core's own hooks: ``operate``, from a whole call to the flow that carries it out, and ``attempt``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hk_adapter.errors import NotSupported
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.context import Context
from hk_adapter.execution.create_lookup import Naming, no_params
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operations import OPERATIONS
from hk_adapter.execution.remembered import OrderMemory, recall
from hk_adapter.flow.effects import Flow
from hk_adapter.hooks import VenueHooks, hookimpl
from hk_adapter.model import CancelRequest, CreateOrderRequest, Operation
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.ids import check_client_order_id, check_order_id

_ID_CHECKS = {"order_id": check_order_id, "client_order_id": check_client_order_id}


def _pass(request: object) -> None:
    """Find nothing wrong: the venue's hooks check for themselves."""


class Core:
    """The one plain implementation of ``operate`` and ``attempt`` in a connection's plugin manager."""

    _hooks: VenueHooks

    def __init__(
        self,
        looks: SharedLookups,
        cancel_batch: int = 0,
        check_cancel: Callable[[CancelRequest], None] = _pass,
        *,
        create_batch: int = 0,
        second_look: float | None = None,
        check_create: Callable[[CreateOrderRequest], None] = _pass,
        memories: Sequence[OrderMemory] = (),
        client_ids: ClientIds = ClientIds.SHOWN,
        look_params: Callable[[CreateOrderRequest], Mapping[str, Any]] = no_params,
    ) -> None:
        self._memories = memories
        self._check_create = check_create
        self._context = Context(
            looks=looks,
            cancel_batch=cancel_batch,
            check_cancel=check_cancel,
            create_batch=create_batch,
            second_look=second_look,
            naming=Naming(ClientIds(client_ids), look_params),
        )

    def attach(self, hooks: VenueHooks) -> None:
        """Take the hooks of the manager that this core was joined to."""
        self._hooks = hooks

    @hookimpl
    async def operate(self, operation: Operation) -> Any:
        """Carry out a whole call on the opened venue's hooks."""
        row = OPERATIONS.get(operation.name)
        if row is None or row.flow is None:
            raise NotSupported(f"no call is named {operation.name!r}", operation=operation.name)
        self._check(operation)
        if operation.name.startswith("create"):
            await recall(self._memories, self._context.looks.known, operation)
        return await row.flow(OperationHooks(self._hooks, operation), operation, self._context)

    @hookimpl
    def attempt(self, request: object, hook: str) -> Flow[Any] | None:
        """Begin one call of a hook of the opened venue; None where its plugin has no such hook."""
        arguments = {} if request is None else {"request": request}
        flow: Flow[Any] | None = getattr(self._hooks, hook)(**arguments)
        return flow

    def _check(self, operation: Operation) -> None:
        _check_ids(operation.request)
        if operation.name == "create_order":
            self._check_create(operation.request)
        if operation.name == "create_orders":
            for request in operation.request.orders:
                self._check_create(request)


def _check_ids(request: object) -> None:
    """Refuse ids that a venue could read as another, wherever they come from: a journal's rows are ids too."""
    for one in getattr(request, "orders", (request,)):
        for name, check in _ID_CHECKS.items():
            text = getattr(one, name, None)
            if text is not None:
                check(name, text)
