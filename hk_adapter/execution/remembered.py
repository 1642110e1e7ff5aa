"""Orders that a wrapper's memory, such as a journal, knows under client order ids: none of them is a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.flow.effects import Flow
from hk_adapter.model import Operation, Place


@runtime_checkable
class OrderMemory(Protocol):
    """A wrapper that remembers orders for longer than the process; the shipped journal is one."""

    def order_ids_of(self, client_order_ids: Sequence[str], place: Place) -> Flow[frozenset[str]]:
        """Return the venue's ids of the orders that were known, at a place, under any of these ids."""


async def recall(memories: Sequence[OrderMemory], known: KnownOrders, operation: Operation) -> None:
    """Before a create, note as known whatever was ever known under its client order ids.

    Raises what a memory raises that cannot be read: then nothing is sent.
    """
    requests = getattr(operation.request, "orders", (operation.request,))
    own = [one.client_order_id for one in requests if not one.fresh_id and not one.test]
    if not own or operation.place is None:
        return
    for memory in memories:
        for order_id in await memory.order_ids_of(own, operation.place):
            known.note_seen(order_id)
