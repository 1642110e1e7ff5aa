"""Place orders and look them up. For asyncio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hk_adapter.model import CreateReport, Order
from hk_adapter.venue.api import Number
from hk_adapter.venue.asynchronous.base import AsyncFacade


class Orders(AsyncFacade):
    """Methods of ``AsyncVenue``."""

    async def create_order(
        self,
        symbol: str,
        type: Literal["limit", "market"],
        side: Literal["buy", "sell"],
        amount: Number | None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: Literal["GTC", "IOC", "FOK"] | None = None,
        post_only: bool = False,
        cost: Number | None = None,
        timeout: float | None = None,
        test: bool = False,
    ) -> Order:
        """Place one order; it is sent once and never again; as ``Venue.create_order``."""
        return await self._runner.run(
            self._calls.create_order(
                symbol,
                type,
                side,
                amount,
                price,
                params,
                client_order_id,
                time_in_force,
                post_only,
                cost,
                timeout,
                test,
            )
        )

    async def create_orders(
        self,
        orders: Iterable[Mapping[str, Any]],
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> list[CreateReport]:
        """Place several orders, each sent once, and report on each in the order given; as ``Venue.create_orders``."""
        return await self._runner.run(self._calls.create_orders(orders, params, timeout))

    async def fetch_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
    ) -> Order:
        """Ask the venue how one order stands, once; as ``Venue.fetch_order``."""
        return await self._runner.run(self._calls.fetch_order(order_id, symbol, params, client_order_id, account_id))

    async def fetch_open_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the orders on the book, oldest first; as ``Venue.fetch_open_orders``."""
        return await self._runner.run(
            self._calls.list_orders("fetch_open_orders", symbol, since, limit, params, account_id, until)
        )

    async def fetch_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the order history; as ``Venue.fetch_orders``."""
        return await self._runner.run(
            self._calls.list_orders("fetch_orders", symbol, since, limit, params, account_id, until)
        )

    async def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the orders of the history that were filled; as ``Venue.fetch_closed_orders``."""
        return await self._runner.run(
            self._calls.list_orders("fetch_closed_orders", symbol, since, limit, params, account_id, until)
        )

    async def fetch_canceled_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the orders of the history that were canceled, fills or not; as ``Venue.fetch_canceled_orders``."""
        return await self._runner.run(
            self._calls.list_orders("fetch_canceled_orders", symbol, since, limit, params, account_id, until)
        )
