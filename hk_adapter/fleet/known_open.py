"""What is known to be open of an account that cannot be listed: by this process, by its streams, by its journals."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from hk_adapter.errors import AdapterError
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.remembered import OrderMemory
from hk_adapter.fleet.kill_report import KnownBy
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.log_line import write
from hk_adapter.model import Order, Place
from hk_adapter.record import Record

_LOG = logging.getLogger("hk_adapter")


@runtime_checkable
class OpenMemory(Protocol):
    """A wrapper that remembers what was placed for longer than the process; the shipped journal is one."""

    def still_open(self, place: Place) -> Flow[list[Order]]:
        """Return the orders of a place whose end it was never told; without an ``id`` where no answer showed it."""


@runtime_checkable
class CreateMemory(Protocol):
    """A wrapper that remembers which creates were never answered; the shipped journal is one."""

    def last_unanswered(self, place: Place) -> Flow[float | None]:
        """Return how many seconds ago such a create of a place may have left at the latest; None without one."""


class KnownOpen(Record, frozen=True, kw_only=True):
    """Where it is known, for one account.

    Attributes:
        seen: what lists of this process have shown.
        looks: have the streams, and what this process placed with the key.
        memories: such as journals; ``place`` is what they call the account, None where they cannot know it.
    """

    seen: SeenOpen
    looks: SharedLookups
    memories: Sequence[OpenMemory] = ()
    place: Place | None = None

    def here(self, market_type: str | None = None) -> Iterator[tuple[KnownBy, Order]]:
        """Yield what this process knows, from any thread; the best word on an order comes first.

        With a ``market_type`` only what was placed where lists of that type of market may have it.
        """
        placed = self.looks.known.still_open(market_type)
        yield from ((KnownBy.STREAM, order) for order in self.looks.told_open())
        yield from ((KnownBy.PLACED, order) for order, _ in placed)
        yield from ((KnownBy.SEEN, order) for order in self.seen.still_open())

    async def written(self) -> list[tuple[KnownBy, Order]]:
        """Return what the memories know; one that cannot be read is logged, and keeps nothing from being canceled."""
        found: list[tuple[KnownBy, Order]] = []
        if self.place is None:
            return found
        for memory in self.memories:
            try:
                found += [(KnownBy.JOURNAL, order) for order in await self._told_by(memory, self.place)]
            except AdapterError as error:
                write(_LOG, logging.ERROR, "what may be open could not be read from a journal: %s", error)
        return found

    async def last_unanswered(self) -> float | None:
        """Return how many seconds ago a create that nobody was answered may have left at the latest; None without one.

        Of a memory that cannot be read nobody knows: one may have left just now.
        """
        found: list[float] = []
        for memory in self.memories:
            if self.place is not None and isinstance(memory, CreateMemory):
                try:
                    ago = await memory.last_unanswered(self.place)
                except AdapterError as error:
                    write(_LOG, logging.ERROR, "what may yet arrive could not be read from a journal: %s", error)
                    ago = 0.0
                found += [] if ago is None else [ago]
        return min(found, default=None)

    async def _told_by(self, memory: OpenMemory, place: Place) -> list[Order]:
        """Read a memory, but for a create without an id whose order is known here: no earlier one of its client id."""
        orders = await memory.still_open(place)
        here: dict[str | None, set[str]] = {}
        for _, order in self.here():
            if order.id is not None and order.client_order_id is not None:
                here.setdefault(order.client_order_id, set()).add(order.id)
        unanswered = [order.client_order_id for order in orders if order.id is None]
        shared = [own for own in unanswered if own is not None and own in here]
        if not shared or not isinstance(memory, OrderMemory):
            return orders
        try:
            earlier = await memory.order_ids_of(shared, place)
        except AdapterError:  # one order told twice is better than none
            return orders
        return [one for one in orders if one.id is not None or not here.get(one.client_order_id, set()) - earlier]
