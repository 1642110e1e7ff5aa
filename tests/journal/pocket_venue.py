"""A venue in memory that can do what the simulator does not do yet: lists, batches and cancels of everything."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from hk_adapter import (
    CancelRequest,
    FetchOrderRequest,
    Foreign,
    HttpRequest,
    Order,
    OrderNotFound,
    OrderStatus,
    VenueSettings,
    hookimpl,
)
from hk_adapter.model import CancelAllRequest, CancelOrdersAnswer, CancelOrdersRequest, ListOrdersRequest, OrderPage


class PocketVenue:
    """The plugin and the opened venue in one. ``batch`` is how many ids a cancel takes; 0 takes them one by one."""

    hosts = frozenset({"https://pocket.invalid"})
    request_lifetime = 5000

    def __init__(self, *, batch: int = 0) -> None:
        self.cancel_batch = batch
        self.page_size = 100
        self.is_cut_off = False
        self.limits: dict[str, Any] = {}
        self.book: dict[str, OrderStatus] = {}
        self.times: dict[str, int | None] = {}
        self.terms: dict[str, dict[str, Any]] = {}
        self.before_send: Callable[[], None] = lambda: None
        self.after_send: Callable[[], None] = lambda: None

    @hookimpl
    def open_venue(self, settings: VenueSettings) -> PocketVenue:
        """Be opened."""
        return self

    def sign(self, call: Any, credentials: Any, timestamp: int) -> HttpRequest:
        """Never needed."""
        raise NotImplementedError

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel one."""
        await self._send(lambda: self._cancel([request.order_id]))
        return self._order(str(request.order_id), OrderStatus.PENDING_CANCEL)

    @hookimpl
    async def cancel_orders(self, request: CancelOrdersRequest) -> CancelOrdersAnswer:
        """Cancel some."""
        await self._send(lambda: self._cancel(request.order_ids))
        return CancelOrdersAnswer(refused={})

    @hookimpl
    async def cancel_all_orders(self, request: CancelAllRequest) -> bool:
        """Cancel all."""
        await self._send(lambda: self._cancel(list(self.book)))
        return True

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Show one."""
        await self._perform(lambda: None)
        if request.order_id not in self.book:
            raise OrderNotFound("no such order")
        return self._order(request.order_id)

    @hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """Show what is open."""
        await self._perform(lambda: None)
        ids = list(self.book)
        if request.before_id is not None:
            ids = ids[ids.index(request.before_id) + 1 :]
        found = [one for one in ids if not self.book[one].final]
        if self.is_cut_off and len(found) >= self.page_size:
            return replace(self._page(found[: self.page_size]), complete=False)
        return self._page(found[: self.page_size], found[self.page_size - 1] if found[self.page_size :] else None)

    @hookimpl
    async def fetch_orders(self, request: ListOrdersRequest) -> OrderPage:
        """Show everything."""
        await self._perform(lambda: None)
        return self._page(list(self.book))

    async def _send(self, act: Callable[[], None]) -> None:
        def acted() -> None:
            self.before_send()
            act()
            self.after_send()

        await self._perform(acted)

    async def _perform(self, act: Callable[[], None]) -> None:
        async def acted() -> None:
            act()

        await Foreign(act, acted)

    def _cancel(self, ids: Any) -> None:
        self.book |= dict.fromkeys(ids, OrderStatus.CANCELED)

    def _page(self, ids: list[str], next_before_id: str | None = None) -> OrderPage:
        orders = tuple(self._order(one) for one in ids)
        return OrderPage(orders=orders, complete=next_before_id is None, next_before_id=next_before_id)

    def _order(self, order_id: str, status: OrderStatus | None = None) -> Order:
        return Order(
            id=order_id,
            symbol="ETH/USD",
            amount=Decimal(1),
            filled=Decimal(0),
            timestamp=self.times.get(order_id, 1_600_000_000_000),
            status=status or self.book[order_id],
            **self.terms.get(order_id, {}),
        )
