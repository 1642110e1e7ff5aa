"""Orders looked up and listed: arguments checked, and on to the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.model import FetchOrderRequest, ListOrdersRequest, Order
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.base import ApiBase


class OrderCalls(ApiBase):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

    async def fetch_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
    ) -> Order:
        """Ask the venue how one order stands, once.

        ``account_id`` names a sub-account that a master key may see; None is the key's own.

        Raises OrderNotFound; OutcomeUnknown or UnexpectedPayload where no usable answer came, OutcomeUnknown also where
        the venue knows no such order, and this process placed one under that id within the last ten minutes.
        """
        order_id, client_order_id, rest = arguments.order_ids(order_id, client_order_id, params)
        request = FetchOrderRequest(
            order_id=order_id,
            client_order_id=client_order_id,
            symbol=arguments.printable_text("symbol", symbol),
            account_id=arguments.order_id("account_id", account_id),
            params=rest,
        )
        return await self.run(self.private("fetch_order", request), Order)

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
        """List the orders on the book, oldest first.

        Args:
            symbol: unified; None lists every symbol.
            since: only orders created from then on, in ms UTC; None has no such bound.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all.
            params: keys that only the venue knows; and ``partial``: True gives what can be read, as a list whose
                ``unread`` tells the other rows, each with ``reason`` and, where it has an id, ``order``.
            account_id: a sub-account that a master key may see; None is the key's own.
            until: only orders created up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no such
                bound. Without ``since``, the newest are the newest of these.

        Reads as many pages as it takes. Raises UnexpectedPayload rather than leave an order out; NotSent where the
        rate budget leaves no time for a further page; else as ``fetch_time``.
        """
        return await self._list_orders("fetch_open_orders", symbol, since, limit, params, account_id, until)

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
        """List the order history, oldest first; which orders it has, and how far it reaches, is the venue's.

        Arguments and errors as ``fetch_open_orders``; without ``since`` and ``limit`` the venue's largest page of the
        newest.
        """
        return await self._list_orders("fetch_orders", symbol, since, limit, params, account_id, until)

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
        """List the orders of the history that were filled; as ``fetch_orders``."""
        return await self._list_orders("fetch_closed_orders", symbol, since, limit, params, account_id, until)

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
        """List the orders of the history that were canceled, fills or not; as ``fetch_orders``."""
        return await self._list_orders("fetch_canceled_orders", symbol, since, limit, params, account_id, until)

    async def _list_orders(
        self,
        name: str,
        symbol: str | None,
        since: int | None,
        limit: int | None,
        params: Mapping[str, Any] | None,
        account_id: str | int | None,
        until: int | None = None,
    ) -> list[Order]:
        partial, rest = arguments.partial(params)
        begin = await arguments.since(since)
        end, rest = arguments.until(until, rest, begin)
        request = ListOrdersRequest(
            symbol=arguments.printable_text("symbol", symbol),
            since=begin,
            until=end,
            limit=arguments.limit(limit),
            account_id=arguments.order_id("account_id", account_id),
            partial=partial,
            params=rest,
        )
        return await self.run(self.private(name, request), list)
