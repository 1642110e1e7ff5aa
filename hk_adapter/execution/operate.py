"""The core's own hooks: ``operate``, from a whole call to the flow that carries it out, and ``attempt``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from hk_adapter.errors import NotSupported
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.many import BatchLimits, resolve_cancel_all, resolve_cancels
from hk_adapter.execution.cancel.one import resolve_cancel
from hk_adapter.execution.create import settle_create
from hk_adapter.execution.create_lookup import Naming, no_params
from hk_adapter.execution.create_many import settle_creates
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operations import ORDER_LISTS, READS
from hk_adapter.execution.paging import list_orders, list_trades
from hk_adapter.execution.reads import fetch_order, read
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
        self._looks = looks
        self._cancel_batch = cancel_batch
        self._create_batch = create_batch
        self._second_look = second_look
        self._check_cancel = check_cancel
        self._check_create = check_create
        self._naming = Naming(ClientIds(client_ids), look_params)
        self._carry_out: dict[str, Callable[[OperationHooks, Operation], Flow[Any]]] = {}

    def attach(self, hooks: VenueHooks) -> None:
        """Take the hooks of the manager that this core was joined to."""
        self._hooks = hooks
        looks, again, naming = self._looks, self._second_look, self._naming
        limits = BatchLimits(looks, self._cancel_batch, self._check_cancel, again)
        self._carry_out = {
            "cancel_order": partial(resolve_cancel, looks=looks, second_look=again),
            "cancel_orders": partial(resolve_cancels, limits=limits),
            "cancel_all_orders": partial(resolve_cancel_all, limits=limits),
            "create_order": partial(settle_create, looks=looks, naming=naming),
            "create_orders": partial(settle_creates, looks=looks, batch=self._create_batch, naming=naming),
            "fetch_order": partial(fetch_order, looks=looks),
            "fetch_my_trades": list_trades,
            **dict.fromkeys(ORDER_LISTS, partial(list_orders, looks=looks)),
            **dict.fromkeys(READS, read),
        }

    @hookimpl
    async def operate(self, operation: Operation) -> Any:
        """Carry out a whole call on the opened venue's hooks."""
        if operation.name not in self._carry_out:
            raise NotSupported(f"no call is named {operation.name!r}", operation=operation.name)
        self._check(operation)
        if operation.name.startswith("create"):
            await recall(self._memories, self._looks.known, operation)
        return await self._carry_out[operation.name](OperationHooks(self._hooks, operation), operation)

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
